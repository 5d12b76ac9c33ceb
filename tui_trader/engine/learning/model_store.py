"""Trained models on disk: a folder a version, which one serves, and which one shadows it.

Law: a version is complete or not there (written aside, renamed into place); what does not match its
manifest is refused by name, and whoever asked goes quiet.
"""

import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.learning.calibration import Calibration
from tui_trader.engine.learning.ensemble import Ensemble, Member
from tui_trader.engine.learning.libraries import refuse_other_libraries
from tui_trader.engine.learning.manifest import Manifest, decode, encode
from tui_trader.engine.learning.model_file import Contents, pack, served, unpack
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import ConfigError, StoreError

MANIFEST = "manifest.json"
MODEL = "model.skops"
STANDING = "standing.json"
MANIFEST_BYTES_MAX = 1 << 20
MODEL_BYTES_MAX = 1 << 29
VERSIONS_MAX = 20
"""Of a pair and interval; the oldest that neither serves nor shadows makes room."""
PAIR = re.compile(r"[A-Z0-9]{1,15}/[A-Z0-9]{1,15}")
VERSION_DIGITS = 4
READ_CHUNK = 1 << 20


class Key(NamedTuple):
    """What a model is for."""

    pair: str
    interval: Interval

    def __str__(self) -> str:
        return f"{self.pair} {self.interval.value}"

    @property
    def folder(self) -> str:
        """Name of its folder.

        Raises:
            ConfigError: the pair is not written BASE/QUOTE.
        """
        if not PAIR.fullmatch(self.pair):
            message = f"{self.pair!r} is no pair; write it as BTC/USD"
            raise ConfigError(message)
        return f"{self.pair.replace('/', '-')}_{self.interval.value}"


class Standing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which version serves, which one shadows it, and how much was tried.

    Args:
        champion: Serves; None while none does.
        challenger: Shadows it and is scored beside it.
        former: Champions before this one, the newest last; a rollback returns to it.
        variants: Models and settings tried in all trainings: each makes a lucky one likelier.
    """

    champion: int | None = None
    challenger: int | None = None
    former: tuple[int, ...] = ()
    variants: int = 0


class Stored(NamedTuple):
    """A model that was read, what it may claim, and its forecasts of the walk-forward by name."""

    manifest: Manifest
    ensemble: Ensemble
    reference: FloatArray
    forward: dict[str, FloatArray]


Traces = tuple[tuple[int, int, int], ...]
"""What changes when somebody touches a file: time, size and place of each."""


class ModelStore:
    """Models below one folder of the home.

    Args:
        root: That folder; made when something is saved.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def keys(self) -> tuple[Key, ...]:
        """What there are models for, by name."""
        found = []
        for folder in sorted(self._root.glob("*_*")):
            pair, _, interval = folder.name.rpartition("_")
            key = _key_of(pair, interval)
            if key is not None and self.versions(key):
                found.append(key)
        return tuple(found)

    def versions(self, key: Key) -> tuple[int, ...]:
        """Numbers of the stored versions, oldest first."""
        folder = self._root / key.folder
        names = (path.name for path in folder.glob("[0-9]*") if path.is_dir())
        return tuple(sorted(int(name) for name in names if name.isdigit()))

    def standing(self, key: Key) -> Standing:
        """Which version serves.

        Raises:
            StoreError: the file that says so is broken.
        """
        path = self._root / key.folder / STANDING
        if not path.is_file():
            return Standing()
        try:
            return msgspec.json.decode(_read(path, MANIFEST_BYTES_MAX), type=Standing)
        except msgspec.MsgspecError as fault:
            message = f"{path} is broken ({fault}); `models rollback` or train again"
            raise StoreError(message) from fault

    def save(self, key: Key, manifest: Manifest, contents: Contents) -> Manifest:
        """Store a new version; the first one serves, a later one shadows the one that does.

        Args:
            key: What it is for.
            manifest: Its version, digest and seal are filled in here.
            contents: Models.

        Returns:
            The manifest as it was written.

        Raises:
            StoreError: it could not be written; nothing of it is left.
        """
        folder = self._root / key.folder
        packed = pack(contents)
        standing = self.standing(key)
        version = max(self.versions(key), default=0) + 1
        written = msgspec.structs.replace(
            manifest,
            pair=key.pair,
            interval=key.interval.value,
            version=version,
            model_sha256=hashlib.sha256(packed).hexdigest(),
            model_bytes=len(packed),
        ).sealed()
        aside = folder / f".new-{os.getpid()}"
        try:
            aside.mkdir(parents=True, exist_ok=True)
            _write(aside / MODEL, packed)
            _write(aside / MANIFEST, encode(written))
            aside.rename(folder / _name(version))
            _sync(folder)
        except OSError as fault:
            shutil.rmtree(aside, ignore_errors=True)
            message = f"the model of {key} could not be stored in {folder}: {fault}"
            raise StoreError(message) from fault
        is_first = standing.champion is None
        self._stand(
            key,
            msgspec.structs.replace(
                standing,
                champion=version if is_first else standing.champion,
                challenger=None if is_first else version,
                variants=manifest.variants,
            ),
        )
        self._make_room(key)
        return written

    def count(self, key: Key, variants: int) -> None:
        """Remember how much was tried, where nothing of it is stored.

        Raises:
            StoreError: it could not be written.
        """
        (self._root / key.folder).mkdir(parents=True, exist_ok=True)
        self._stand(key, msgspec.structs.replace(self.standing(key), variants=variants))

    def manifest(self, key: Key, version: int | None = None) -> Manifest:
        """The manifest of a version, of the one that serves if none is named.

        Raises:
            ConfigError: there is no such version.
            StoreError: it is broken, or belongs to another model.
        """
        number = self._number(key, version)
        path = self._root / key.folder / _name(number) / MANIFEST
        found = decode(_read(path, MANIFEST_BYTES_MAX), source=str(path))
        if (found.pair, found.interval, found.version) != (key.pair, key.interval.value, number):
            message = (
                f"{path} belongs to {found.pair} {found.interval} version {found.version}; it was "
                "moved here: delete it"
            )
            raise StoreError(message)
        return found

    def load(self, key: Key, version: int | None = None) -> Stored:
        """A version, of the one that serves if none is named.

        Raises:
            ConfigError: there is no such version.
            StoreError: it is broken, changed, or of another version of scikit-learn.
        """
        manifest = self.manifest(key, version)
        path = self._root / key.folder / _name(manifest.version) / MODEL
        refuse_other_libraries(manifest, str(path))
        packed = _read(path, MODEL_BYTES_MAX)
        if hashlib.sha256(packed).hexdigest() != manifest.model_sha256:
            message = f"{path} is not the file that was stored; train again or roll back"
            raise StoreError(message)
        contents = unpack(packed, source=str(path))
        return Stored(
            manifest,
            _rebuilt(manifest, contents, str(path)),
            contents.reference,
            contents.forward,
        )

    def traces(self, key: Key, version: int) -> Traces:
        """What tells that the files of a version were touched; empty where there are none."""
        folder = self._root / key.folder / _name(version)
        try:
            found = [(folder / name).stat() for name in (MANIFEST, MODEL)]
        except OSError:
            return ()
        return tuple((file.st_mtime_ns, file.st_size, file.st_ino) for file in found)

    def folder(self, key: Key) -> Path:
        """Where everything of a pair and interval lies; it may not be there yet."""
        return self._root / key.folder

    def delete(self, key: Key, version: int) -> None:
        """Take a version away; what served it then serves nothing.

        Raises:
            ConfigError: there is no such version.
        """
        number = self._number(key, version)
        standing = self.standing(key)
        # First nobody may ask for it, then it goes: a crash in between leaves a stray, not a hole.
        self._stand(
            key,
            msgspec.structs.replace(
                standing,
                champion=None if standing.champion == number else standing.champion,
                challenger=None if standing.challenger == number else standing.challenger,
                former=tuple(other for other in standing.former if other != number),
            ),
        )
        shutil.rmtree(self._root / key.folder / _name(number))

    def promote(self, key: Key, version: int) -> Standing:
        """Let a version serve.

        Raises:
            ConfigError: there is no such version.
            StoreError: it cannot be read: what is broken never serves.
        """
        number = self.load(key, version).manifest.version
        standing = self.standing(key)
        if standing.champion == number:
            return standing
        former = [*standing.former, *([standing.champion] if standing.champion else [])]
        changed = msgspec.structs.replace(
            standing,
            champion=number,
            challenger=None if standing.challenger == number else standing.challenger,
            former=tuple(former[-VERSIONS_MAX:]),
        )
        self._stand(key, changed)
        return changed

    def rollback(self, key: Key) -> Standing:
        """Let the champion before this one serve again.

        Raises:
            ConfigError: there was none.
            StoreError: it cannot be read.
        """
        standing = self.standing(key)
        left = [number for number in standing.former if number in self.versions(key)]
        if not left:
            message = f"{key} has no earlier champion to return to"
            raise ConfigError(message)
        self.load(key, left[-1])
        changed = msgspec.structs.replace(
            standing, champion=left[-1], challenger=standing.champion, former=tuple(left[:-1])
        )
        self._stand(key, changed)
        return changed

    def _stand(self, key: Key, standing: Standing) -> None:
        folder = self._root / key.folder
        aside = folder / f".{STANDING}-{os.getpid()}"
        try:
            _write(aside, msgspec.json.encode(standing))
            aside.replace(folder / STANDING)
            _sync(folder)
        except OSError as fault:
            message = f"which model of {key} serves could not be written: {fault}"
            raise StoreError(message) from fault

    def _number(self, key: Key, version: int | None) -> int:
        versions = self.versions(key)
        number = self.standing(key).champion if version is None else version
        if not versions or number is None:
            message = f"there is no model for {key}; `tui-trader train` makes one"
            raise ConfigError(message)
        if number not in versions:
            listed = ", ".join(str(known) for known in versions)
            message = f"{key} has no version {number}; there are: {listed}"
            raise ConfigError(message)
        return number

    def _make_room(self, key: Key) -> None:
        standing = self.standing(key)
        kept = {standing.champion, standing.challenger}
        versions = self.versions(key)
        surplus = [number for number in versions if number not in kept]
        for number in surplus[: max(len(versions) - VERSIONS_MAX, 0)]:
            self.delete(key, number)


def _rebuilt(manifest: Manifest, contents: Contents, source: str) -> Ensemble:
    members = []
    for facts in manifest.members:
        if facts.name not in contents.fitted or max(facts.columns) >= len(manifest.features):
            message = f"{source}: the model {facts.name} is missing or asks for too many features"
            raise StoreError(message)
        fitted = contents.fitted[facts.name]
        form = served(facts.name, fitted, columns=len(facts.columns), source=source)
        columns = np.array(facts.columns, dtype=np.int64)
        calibration = Calibration(*facts.calibration)
        members.append(Member(facts.name, fitted, form, columns, calibration, facts.weight))
    return Ensemble(tuple(members), Calibration(*manifest.calibration))


def _key_of(pair: str, interval: str) -> Key | None:
    named = pair.replace("-", "/")
    intervals = {member.value: member for member in Interval}
    if not PAIR.fullmatch(named) or interval not in intervals:
        return None
    return Key(named, intervals[interval])


def _name(version: int) -> str:
    return f"{version:0{VERSION_DIGITS}d}"


def _read(path: Path, bytes_max: int) -> bytes:
    try:
        if path.stat().st_size > bytes_max:
            message = f"{path} is larger than a model may be ({bytes_max:,} bytes)"
            raise StoreError(message)
        return path.read_bytes()
    except OSError as fault:
        message = f"{path} cannot be read: {fault.strerror or fault}; train again or roll back"
        raise StoreError(message) from fault


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
