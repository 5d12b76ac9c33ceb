"""The model store: what was written is read, everything else is refused, and nothing of it runs."""

import hashlib
import io
import os
import pickle
import zipfile

import msgspec
import numpy as np
import pytest
import skops.io

from tests.engine.learning.made_training import KEY, made
from tui_trader.engine.learning.manifest import decode, encode
from tui_trader.engine.learning.model_file import Contents, unpack
from tui_trader.engine.learning.model_store import VERSIONS_MAX, Key, ModelStore
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import ConfigError, StoreError


@pytest.fixture
def store(tmp_path):
    return ModelStore(tmp_path / "models")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "models" / "BTC-USD_1h" / "0001"


def save(store, *, key=KEY, contents=None, manifest=None):
    return store.save(key, manifest or made().manifest, contents or made().contents)


def reseal(folder, packed: bytes) -> None:
    """What somebody would do who may write to the home and knows how it is made."""
    path = folder / "manifest.json"
    manifest = decode(path.read_bytes(), source="")
    digest = hashlib.sha256(packed).hexdigest()
    changed = msgspec.structs.replace(manifest, model_sha256=digest, model_bytes=len(packed))
    path.write_bytes(encode(changed.sealed()))
    (folder / "model.skops").write_bytes(packed)


class Canary:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


def test_a_stored_model_forecasts_what_the_trained_one_does(store):
    save(store)
    stored, trained = store.load(KEY), made().trained
    rows = trained.dataset.rows
    for name, vote in trained.ensemble.votes(rows).items():
        assert np.array_equal(stored.ensemble.votes(rows)[name], vote), name
    assert stored.manifest.features == trained.dataset.names
    assert stored.reference.shape[1] == len(trained.dataset.names)


def test_the_manifest_tells_where_a_model_comes_from(store):
    manifest = save(store)
    assert (manifest.pair, manifest.interval, manifest.version) == ("BTC/USD", "1h", 1)
    assert manifest.candles.count == 1_900
    assert len(manifest.candles.sha256) == 64
    assert set(manifest.scores) == {"logistic", "boosting", "ensemble"}
    assert store.manifest(KEY) == manifest


def test_the_first_serves_and_the_next_shadows_it(store):
    save(store)
    save(store)
    standing = store.standing(KEY)
    assert (standing.champion, standing.challenger) == (1, 2)
    assert store.load(KEY).manifest.version == 1


def test_a_promotion_can_be_rolled_back(store):
    save(store)
    save(store)
    assert store.promote(KEY, 2).champion == 2
    assert store.load(KEY).manifest.version == 2
    assert store.rollback(KEY).champion == 1
    with pytest.raises(ConfigError, match="no earlier champion"):
        store.rollback(KEY)


def test_what_is_broken_is_not_promoted(store, folder):
    save(store)
    save(store)
    (folder.parent / "0002" / "model.skops").write_bytes(b"")
    with pytest.raises(StoreError, match="not the file that was stored"):
        store.promote(KEY, 2)
    assert store.standing(KEY).champion == 1


def test_what_served_and_is_deleted_serves_no_more(store):
    save(store)
    store.delete(KEY, 1)
    assert store.standing(KEY).champion is None
    with pytest.raises(ConfigError, match="no model for BTC/USD 1h"):
        store.load(KEY)


def test_the_store_keeps_so_many_and_never_drops_what_serves(store):
    for _ in range(VERSIONS_MAX + 3):
        save(store)
    versions = store.versions(KEY)
    assert len(versions) == VERSIONS_MAX
    assert versions[0] == 1
    assert versions[-1] == VERSIONS_MAX + 3
    assert store.keys() == (KEY,)


def test_tried_variants_are_counted_from_training_to_training(store):
    save(store)
    assert store.standing(KEY).variants == made().manifest.variants == 3


@pytest.mark.parametrize("pair", ["../BTC/USD", "BTC", "BTC/USD/..", "btc/usd", "/", "BTC/U D"])
def test_a_pair_is_no_path(store, pair):
    with pytest.raises(ConfigError, match="is no pair"):
        store.versions(Key(pair, Interval.H1))


def flip(path, place) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("place", [0, 1_000, -1])
def test_a_tampered_model_is_refused(store, folder, place):
    save(store)
    flip(folder / "model.skops", place)
    with pytest.raises(StoreError, match="not the file that was stored"):
        store.load(KEY)


def test_a_truncated_model_is_refused(store, folder):
    save(store)
    path = folder / "model.skops"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(StoreError, match="not the file that was stored"):
        store.load(KEY)


def test_a_truncated_manifest_is_refused(store, folder):
    save(store)
    path = folder / "manifest.json"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(StoreError, match="is no manifest of a model"):
        store.load(KEY)


def test_a_manifest_with_a_better_score_is_refused(store, folder):
    save(store)
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"edge": false', '"edge": true', 1))
    with pytest.raises(StoreError, match="was changed after it was written"):
        store.manifest(KEY)


def test_a_model_swapped_for_that_of_another_version_is_refused(store, folder):
    save(store)
    rows = made().contents.reference * 2
    save(store, contents=Contents(made().contents.fitted, rows, {}))
    other = (folder.parent / "0002" / "model.skops").read_bytes()
    (folder / "model.skops").write_bytes(other)
    with pytest.raises(StoreError, match="not the file that was stored"):
        store.load(KEY, 1)


def test_a_whole_version_moved_from_another_pair_is_refused(store, folder):
    save(store)
    save(store, key=Key("ETH/USD", Interval.H1))
    eth = folder.parent.parent / "ETH-USD_1h" / "0001"
    for name in ("manifest.json", "model.skops"):
        (folder / name).write_bytes((eth / name).read_bytes())
    with pytest.raises(StoreError, match="belongs to ETH/USD 1h version 1"):
        store.load(KEY)


def test_a_pickle_is_refused_before_it_is_opened(store, folder, tmp_path):
    save(store)
    canary = tmp_path / "canary"
    (folder / "model.skops").write_bytes(pickle.dumps(Canary(canary)))
    with pytest.raises(StoreError, match="not the file that was stored"):
        store.load(KEY)
    assert not canary.exists()


def test_a_pickle_with_a_seal_of_its_own_is_refused_and_runs_nothing(store, folder, tmp_path):
    save(store)
    canary = tmp_path / "canary"
    reseal(folder, pickle.dumps(Canary(canary)))
    with pytest.raises(StoreError, match="is no model file"):
        store.load(KEY)
    assert not canary.exists()


def test_the_canary_sings_when_it_is_unpickled(tmp_path):
    canary = tmp_path / "canary"
    pickle.loads(pickle.dumps(Canary(canary)))
    assert canary.exists()


def test_a_type_that_is_not_on_the_list_is_refused_and_runs_nothing(store, folder, tmp_path):
    save(store)
    canary = tmp_path / "canary"
    hidden = {"fitted": {"logistic": Canary(canary)}, "reference": np.zeros((1, 6))}
    reseal(folder, skops.io.dumps(hidden))
    with pytest.raises(StoreError, match="types that a model never has"):
        store.load(KEY)
    assert not canary.exists()


def test_a_pickle_hidden_inside_the_archive_runs_nothing(store, folder, tmp_path):
    save(store)
    canary = tmp_path / "canary"
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(folder / "model.skops") as old,
        zipfile.ZipFile(packed, "w") as new,
    ):
        for name in old.namelist():
            is_array = name.endswith(".npy")
            content = pickle.dumps(Canary(canary)) if is_array else old.read(name)
            new.writestr(name, content)
    reseal(folder, packed.getvalue())
    with pytest.raises(StoreError):
        store.load(KEY)
    assert not canary.exists()


@pytest.mark.parametrize(
    "hidden", [[], {"fitted": {}}, {"fitted": {"logistic": "text"}, "reference": np.zeros((1, 6))}]
)
def test_an_archive_of_something_else_is_refused(store, folder, hidden):
    save(store)
    reseal(folder, skops.io.dumps(hidden))
    with pytest.raises(StoreError):
        store.load(KEY)


def test_trees_that_lead_nowhere_are_refused(store, folder):
    save(store)
    fitted = unpack((folder / "model.skops").read_bytes(), source="").fitted
    nodes = fitted["boosting"]._predictors[0][0].nodes
    nodes["left"][0] = 10_000
    reseal(folder, skops.io.dumps(Contents(fitted, np.zeros((1, 6)), {})._asdict()))
    with pytest.raises(StoreError, match="the model boosting is broken"):
        store.load(KEY)


def test_a_model_of_another_scikit_learn_is_refused(store):
    libraries = made().manifest.libraries | {"scikit-learn": "0.1"}
    save(store, manifest=msgspec.structs.replace(made().manifest, libraries=libraries))
    with pytest.raises(StoreError, match=r"trained with scikit-learn 0\.1"):
        store.load(KEY)


def test_a_write_that_fails_leaves_nothing_behind(store, folder, monkeypatch):
    save(store)

    def full(_number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        save(store)
    assert [path.name for path in folder.parent.iterdir()] == ["0001", "standing.json"]
    assert store.standing(KEY).champion == 1


def test_a_broken_standing_says_so(store, folder):
    save(store)
    (folder.parent / "standing.json").write_text("{")
    with pytest.raises(StoreError, match="is broken"):
        store.load(KEY)
