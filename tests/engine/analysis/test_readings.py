"""The catalogue that follows a pair, and what it says in words."""

import numpy as np
import pytest
from msgspec.structs import replace

from tests.engine.analysis.made_candles import candle_at, columns, lively, walk
from tui_trader.engine.analysis.catalogue import all_indicators, indicator_named
from tui_trader.engine.analysis.compute import compute, stances
from tui_trader.engine.analysis.declaration import Group
from tui_trader.engine.analysis.patterns import find_patterns
from tui_trader.engine.analysis.push import open_stream
from tui_trader.engine.analysis.readings import Readings
from tui_trader.engine.analysis.recent import GROWTH
from tui_trader.engine.analysis.summary import read_summary, summarised
from tui_trader.engine.registry import INDICATORS
from tui_trader.engine.values.errors import ConfigError

CANDLES = walk(900)
SOME = [(indicator_named(name), {}) for name in ("sma", "rsi", "squeeze", "atr", "vwap")]


def of(summary, name):
    return next(reading for reading in summary.readings if reading.name == name)


def test_patterns_appear_where_a_look_at_all_candles_finds_them():
    candles = lively(1_200, seed=3)
    readings = Readings(candles[:200], picks=[])
    found = []
    for row in range(200, len(candles)):
        before = readings.snapshot
        shown = readings.peek(*candle_at(candles, row))
        assert readings.snapshot is before
        assert readings.push(*candle_at(candles, row)) == shown
        found.extend(readings.snapshot.sightings)
    expected = [sighting for sighting in find_patterns(candles) if sighting.row >= 200]
    assert len(expected) > 1_000
    assert key(found) == key(expected)


def key(sightings):
    return sorted((s.row, s.pattern.function, s.direction, s.strength) for s in sightings)


def test_patterns_appear_from_the_first_candle_on():
    candles = lively(60, seed=4)
    readings, found = Readings(candles[:0], picks=[]), []
    for row in range(len(candles)):
        found.extend(readings.push(*candle_at(candles, row)).sightings)
    assert key(found) == key(find_patterns(candles))


def test_the_kept_candles_are_bounded_and_right_after_a_thousand():
    candles = walk(1_500)
    readings = Readings(candles[:50], picks=SOME, patterns=())
    for row in range(50, len(candles)):
        readings.push(*candle_at(candles, row))
    kept = readings._recent
    assert all(len(column) <= kept._keep + 1 + GROWTH for column in kept._columns.values())
    for (indicator, _), values in zip(SOME, readings.snapshot.values, strict=True):
        expected = [column[-1] for column in compute(candles, indicator).values()]
        assert np.allclose(values, expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"open_time_ms": 0}, "is not after the newest one"),
        ({"high": 1.0}, "high is below open or close"),
        ({"low": 0.0}, "low is not above 0"),
        ({"close": float("nan")}, "not a finite number"),
        ({"volume_base": -1.0}, "volume is below 0"),
    ],
)
def test_what_is_no_new_candle_is_refused_and_changes_nothing(change, words):
    readings = Readings(CANDLES[:-1], picks=SOME)
    candle, flow = candle_at(CANDLES, len(CANDLES) - 1)
    for act in (readings.push, readings.peek):
        before = readings.snapshot
        with pytest.raises(ConfigError, match=words):
            act(replace(candle, **change), flow)
        assert readings.snapshot is before
    assert readings.push(candle, flow).count == len(CANDLES)


def test_flow_that_cannot_be_is_refused():
    stream = open_stream(CANDLES[:-1], indicator_named("rsi"))
    candle, flow = candle_at(CANDLES, len(CANDLES) - 1)
    with pytest.raises(ConfigError, match="buy_volume is not from 0 to the volume"):
        stream.push(candle, replace(flow, buy_volume=candle.volume_base * 2))
    with pytest.raises(ConfigError, match="book_imbalance is not from -1 to 1"):
        stream.push(candle, replace(flow, book_imbalance=1.5))


def test_summary_holds_values_units_and_sides_of_the_whole_catalogue():
    summary = read_summary(CANDLES)
    assert len(summary.readings) == len(INDICATORS)
    assert (summary.open_time_ms, summary.close, summary.count) == (
        CANDLES.open_time_ms[-1],
        CANDLES.close[-1],
        len(CANDLES),
    )
    for indicator in all_indicators():
        values = compute(CANDLES, indicator)
        reading = of(summary, indicator.name)
        if indicator.needs:
            continue
        for output, column in zip(reading.outputs, values.values(), strict=True):
            assert output.value == pytest.approx(column[-1], rel=1e-9, abs=1e-9)
        if reading.takes_sides:
            assert reading.stance == stances(CANDLES, indicator, values)[-1]
        else:
            assert reading.stance is None
        assert reading.meaning


def test_totals_count_every_indicator_once():
    summary = read_summary(CANDLES[:60])
    for totals in (*summary.groups, summary.total):
        group = [r for r in summary.readings if totals.group in {r.group, "all"}]
        counts = (totals.bullish, totals.bearish, totals.neutral, totals.sideless, totals.unknown)
        assert sum(counts) == len(group)
    assert [totals.group for totals in summary.groups] == [group.value for group in Group]
    assert summary.total.unknown > 0


def test_the_warm_up_says_how_many_candles_are_missing():
    sma = of(read_summary(CANDLES[:25], picks=[(indicator_named("sma"), {})]), "sma")
    assert (sma.missing_bars, sma.stance, sma.is_known) == (5, None, False)
    assert sma.meaning == "unknown: needs 5 more candles"
    assert sma.outputs[0].value is None


def test_no_candles_are_all_unknown():
    summary = read_summary(CANDLES[:0])
    assert (summary.open_time_ms, summary.close, summary.count) == (None, None, 0)
    assert summary.total.unknown == len(INDICATORS)


@pytest.mark.parametrize("period", [14, 2])
def test_a_side_comes_with_its_reason(period):
    falling = np.linspace(100.0, 90.0, 200)
    reading = of(
        read_summary(columns(falling), picks=[(indicator_named("rsi"), {"period": period})]), "rsi"
    )
    assert (reading.stance, reading.meaning, reading.label) == (
        1,
        "rsi is below 30",
        f"rsi({period})",
    )


def test_a_forming_candle_has_a_summary_too():
    readings = Readings(CANDLES[:-1], picks=SOME)
    forming = summarised(readings.peek(*candle_at(CANDLES, len(CANDLES) - 1)), readings.followers)
    closed = summarised(readings.push(*candle_at(CANDLES, len(CANDLES) - 1)), readings.followers)
    assert forming == closed
