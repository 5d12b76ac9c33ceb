"""Laws of every entry of the registry in motion: push is compute, and a look changes nothing."""

import numpy as np
import pytest
from msgspec.structs import replace

from tests.engine.analysis.made_candles import candle_at, columns, constant, gaps, walk
from tui_trader.engine.analysis.catalogue import indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.push import open_stream
from tui_trader.engine.analysis.talib_source import TaLib
from tui_trader.engine.registry import INDICATORS

PROMISE = 1e-9
EVERY = [pytest.param(indicator_named(name), id=name) for name in INDICATORS]
SERIES = {
    "walk": walk(700),
    "gaps": gaps(700),
    "nothing happens, nothing trades": constant(300),
    "nothing happens, but it trades": constant(300, volume=3.0),
    "straight up": columns(100 * 1.001 ** np.arange(300)),
    "one jump": columns(np.repeat([100.0, 250.0], 150)),
}


def agree(pushed, whole, row) -> bool:
    for name, column in whole.items():
        size = max(np.nanmax(np.abs(column), initial=0.0), 1e-12)
        if np.isnan(pushed[name]) != np.isnan(column[row]):
            return False
        if abs(pushed[name] - column[row]) > PROMISE * size:
            return False
    return True


@pytest.mark.parametrize("indicator", EVERY)
def test_pushed_candle_by_candle_is_all_at_once(indicator):
    warm_up = indicator.warm_up_bars(indicator.checked({}))
    for series, candles in SERIES.items():
        whole = compute(candles, indicator)
        for start in (0, max(0, warm_up - 3), len(candles) - 60):
            stream = open_stream(candles[:start], indicator)
            for row in range(start, min(len(candles), start + warm_up + 60)):
                pushed = stream.push(*candle_at(candles, row))
                assert agree(pushed, whole, row), (series, start, row)
                assert stream.values == pytest.approx(pushed, nan_ok=True, abs=0, rel=0)


@pytest.mark.parametrize("indicator", EVERY)
def test_a_look_at_a_forming_candle_changes_nothing(indicator):
    candles, other = SERIES["gaps"], gaps(700, seed=12)
    warm_up = indicator.warm_up_bars(indicator.checked({}))
    for start in (0, max(0, warm_up - 2), 640):
        looked, plain = (open_stream(candles[:start], indicator) for _ in range(2))
        for row in range(start, min(len(candles), start + 40)):
            before = looked.values
            looked.peek(*at_time(other, row, candles.open_time_ms[row]))
            shown = looked.peek(*candle_at(candles, row))
            assert same(looked.values, before)
            assert same(shown, looked.push(*candle_at(candles, row)))
            plain.push(*candle_at(candles, row))
            assert same(plain.values, looked.values)


def at_time(candles, row, time_ms):
    candle, flow = candle_at(candles, row)
    return replace(candle, open_time_ms=int(time_ms)), flow


def same(mine, theirs) -> bool:
    return all(np.array_equal(mine[name], theirs[name], equal_nan=True) for name in (mine | theirs))


@pytest.mark.parametrize("indicator", [e for e in EVERY if isinstance(e.values[0].source, TaLib)])
def test_what_talib_computes_is_the_same_to_the_last_bit(indicator):
    candles = SERIES["gaps"]
    whole = compute(candles, indicator)
    stream = open_stream(candles[:400], indicator)
    for row in range(400, len(candles)):
        pushed = stream.push(*candle_at(candles, row))
        assert same(pushed, {name: column[row] for name, column in whole.items()})


@pytest.mark.parametrize("indicator", [e for e in EVERY if e.values[0].anchor is None])
def test_a_stream_opened_on_the_memory_alone_says_the_same(indicator):
    memory = indicator.memory_bars(indicator.checked({}))
    candles = walk(memory + 40)
    whole = compute(candles, indicator)
    stream = open_stream(candles[40 - 20 : -20], indicator)
    for row in range(len(candles) - 20, len(candles)):
        assert agree(stream.push(*candle_at(candles, row)), whole, row)
