"""The analysis for notebooks: the same values as everywhere, and mistakes said in one sentence."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.engine.analysis.made_candles import gaps, lively, walk
from tui_trader.engine import frames
from tui_trader.engine.analysis.catalogue import all_indicators, indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.pattern_table import PATTERNS
from tui_trader.engine.analysis.patterns import find_patterns
from tui_trader.engine.analysis.structure import structure
from tui_trader.engine.values.errors import ConfigError

CANDLES = walk(400)


def frame(candles, *names) -> pd.DataFrame:
    columns = ("open", "high", "low", "close", "volume", *names)
    index = pd.to_datetime(candles.open_time_ms, unit="ms", utc=True)
    return pd.DataFrame({name: np.array(candles.column(name)) for name in columns}, index=index)


def test_the_whole_catalogue_has_a_column_a_line():
    candles = frame(CANDLES, "buy_volume", "book_imbalance")
    found = frames.indicators(candles)
    assert found.index.equals(candles.index)
    assert found.shape[1] == sum(len(entry.outputs) for entry in all_indicators())
    for name, column in compute(CANDLES, indicator_named("macd")).items():
        assert np.array_equal(found[f"macd_12_26_9.{name}"], column, equal_nan=True)
    (cvd,) = compute(CANDLES, indicator_named("cvd")).values()
    assert np.array_equal(found["cvd"], cvd)


@pytest.mark.parametrize("only", ["rsi(7), ema(period=50)", ["rsi(7)", "ema(50)"]])
def test_chosen_ones(only):
    found = frames.indicators(frame(CANDLES), only)
    assert list(found) == ["rsi_7", "ema_50"]
    rsi = compute(CANDLES, indicator_named("rsi"), period=7)["rsi"]
    assert np.array_equal(found["rsi_7"], rsi, equal_nan=True)


def test_what_candles_do_not_tell_is_unknown():
    assert frames.indicators(frame(CANDLES), "cvd")["cvd"].isna().all()


def test_patterns_as_columns_and_as_rows():
    candles = lively(600, seed=5)
    table, rows = frames.patterns(frame(candles)), frames.sightings(frame(candles))
    expected = find_patterns(candles)
    assert table.shape == (600, len(PATTERNS))
    assert int((table != 0).to_numpy().sum()) == len(rows) == len(expected) > 100
    assert str(rows["open_time"].dt.tz) == "UTC"
    assert (rows["confirmed_time"] > rows["open_time"]).all()
    assert rows["confirmed_time"].is_monotonic_increasing


@pytest.mark.parametrize("make", [walk, gaps])
def test_structure_as_tables(make):
    candles = make(900)
    seen, told = structure(candles), frames.structure(frame(candles))
    assert (told.trend, told.trend_words) == (seen.trend, seen.trend_words)
    for name in ("swings", "levels", "events", "divergences"):
        assert len(getattr(told, name)) == len(getattr(seen, name)) > 0
    assert told.events["happening"].isin(["breakout", "retest held", "retest failed"]).all()
    times = pd.DatetimeIndex(told.swings["open_time"]).as_unit("ms").asi8
    assert times.tolist() == [swing.open_time_ms for swing in seen.swings]


def test_a_quiet_market_has_empty_tables_with_their_columns():
    told = frames.structure(frame(CANDLES[:5]))
    assert told.trend is None
    assert len(told.levels) == 0
    assert "price" in told.levels


def test_another_time_zone_is_the_same_moment():
    candles = frame(CANDLES)
    there = frames.indicators(candles.tz_convert("Asia/Tokyo"), "vwap")
    assert np.array_equal(there["vwap"], frames.indicators(candles, "vwap")["vwap"])


def test_the_length_is_told_by_the_distances_despite_gaps():
    candles = gaps(300)
    found = frames.indicators(frame(candles), "realised_volatility")
    expected = compute(candles, indicator_named("realised_volatility"))["realised_volatility"]
    assert np.array_equal(found.iloc[:, 0], expected, equal_nan=True)


def test_candles_are_not_changed():
    candles = frame(CANDLES)
    before = candles.copy()
    frames.indicators(candles)
    frames.patterns(candles)
    frames.structure(candles)
    pd.testing.assert_frame_equal(candles, before)


def changed(act):
    candles = frame(CANDLES)
    return act(candles)


def with_text(candles):
    return candles.astype({"close": object}).assign(close="many")


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (
            lambda c: c.tz_localize(None),
            "names no time zone; if it is UTC, say so with `candles.tz",
        ),
        (lambda c: c.reset_index(drop=True), "the index of the candles holds int64, not times"),
        (lambda c: c.drop(columns=["volume"]), "candles have no column volume"),
        (lambda c: c.iloc[::-1], "row 1 of the candles .* sort them"),
        (lambda c: pd.concat([c, c.iloc[-1:]]), "row 400 of the candles .* keep each time once"),
        (lambda c: c.assign(close=-1.0), "candle 0 .*: close is not above 0"),
        (lambda c: c.assign(close=np.nan), "close is not a finite number"),
        (with_text, "column close of the candles holds something that is no number"),
        (lambda c: pd.concat([c, c[["close"]]], axis=1), "several columns close"),
        (lambda c: c.iloc[:1], "too few candles to tell their length"),
        (lambda c: c.iloc[::7], "105 minutes apart, which is no length of candles"),
        (lambda c: c.set_axis([pd.NaT, *c.index[1:]]), "a row without a time"),
    ],
)
def test_a_mistake_is_said_in_one_sentence(act, words):
    for read in (frames.indicators, frames.patterns, frames.sightings, frames.structure):
        with pytest.raises(ConfigError, match=words):
            read(changed(act))


def test_what_is_no_table_is_not_read():
    for read in (frames.indicators, frames.patterns, frames.sightings, frames.structure):
        for given in (None, [1, 2], "candles.csv", frame(CANDLES)["close"]):
            with pytest.raises(ConfigError, match=rf"candles are a {type(given).__name__}, not a"):
                read(given)


def test_the_length_can_be_said():
    candles = frame(CANDLES).iloc[::7]
    assert len(frames.indicators(candles, "rsi", interval="1h")) == len(candles)
    with pytest.raises(ConfigError, match="interval '2h' is no length"):
        frames.indicators(candles, interval="2h")


def test_an_unknown_indicator_comes_with_a_guess():
    with pytest.raises(ConfigError, match="did you mean `rsi`"):
        frames.indicators(frame(CANDLES), "rsx(14)")


def test_what_the_guide_shows_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    guide = Path(__file__).resolve().parents[2] / "docs" / "notebooks.md"
    code, *_ = re.findall(r"```python\n(.*?)```", guide.read_text(), re.DOTALL)
    table = frame(CANDLES).assign(open_time_ms=CANDLES.open_time_ms)
    table.to_csv("candles.csv", index=False)
    names: dict[str, object] = {}
    exec(compile(code, str(guide), "exec"), names)
    assert len(names["built"].swings) > 0
