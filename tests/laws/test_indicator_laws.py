"""Laws of every entry of the registry: what its declaration says is so.

Values are compared to 1e-9 of the largest value of the series, or of the unit's own size where the
series is nearly nothing (rounding of a price is not a momentum).
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.analysis.made_candles import columns, constant, gaps, scaled, walk
from tui_trader.engine.analysis.candles import COLUMNS, FLOW, Candles
from tui_trader.engine.analysis.catalogue import indicator_named
from tui_trader.engine.analysis.compute import compute, stances
from tui_trader.engine.analysis.declaration import Anchor, Unit
from tui_trader.engine.registry import INDICATORS
from tui_trader.engine.values.time import MS_PER_DAY

PROMISE = 1e-9
EVERY = [pytest.param(indicator_named(name), id=name) for name in INDICATORS]
SERIES = {
    "walk": walk(900),
    "gaps": gaps(900),
    "nothing happens, nothing trades": constant(900),
    "nothing happens, but it trades": constant(900, volume=3.0),
    "straight up": columns(100 * 1.001 ** np.arange(900)),
    "tiny price": walk(900, price=1e-7),
    "one jump": columns(np.repeat([100.0, 250.0], 450)),
}


def declared(indicator) -> tuple[int, int | None]:
    defaults = indicator.checked({})
    return indicator.warm_up_bars(defaults), indicator.memory_bars(defaults)


def size(unit: Unit, candles: Candles) -> float:
    """What counts as 1 in this unit."""
    volume = max(float(candles.volume.mean()), 1e-300)
    return float(candles.close.mean()) ** unit.price_power * volume**unit.volume_power


def furthest_apart(mine, theirs, unit: Unit, candles: Candles) -> float:
    """Largest difference, as a share of the largest value or of the unit's size."""
    assert np.array_equal(np.isnan(mine), np.isnan(theirs))
    if np.isnan(mine).all():
        return 0.0
    largest = max(np.nanmax(np.abs(theirs)), size(unit, candles))
    return float(np.nanmax(np.abs(mine - theirs)) / largest)


def same(mine, theirs) -> bool:
    return all(np.array_equal(mine[name], theirs[name], equal_nan=True) for name in theirs)


@pytest.mark.parametrize("indicator", EVERY)
def test_unknown_in_the_warm_up_and_nowhere_else(indicator):
    warm_up, _ = declared(indicator)
    for series, candles in SERIES.items():
        values = compute(candles, indicator)
        assert list(values) == [output.name for output in indicator.outputs]
        for column in values.values():
            assert column.shape == (len(candles),), series
            assert np.isnan(column[:warm_up]).all(), series
            assert np.isfinite(column[warm_up:]).all(), series
        assert (stances(candles, indicator, values)[:warm_up] == 0).all(), series


@pytest.mark.parametrize("indicator", EVERY)
def test_too_few_candles_are_all_unknown(indicator):
    warm_up, _ = declared(indicator)
    for count in {0, 1, warm_up // 2, warm_up}:
        values = compute(walk(900)[: min(count, warm_up)], indicator)
        assert all(np.isnan(column).all() for column in values.values())


@pytest.mark.parametrize("indicator", EVERY)
def test_candle_by_candle_is_all_at_once(indicator):
    warm_up, _ = declared(indicator)
    for series, candles in SERIES.items():
        whole = compute(candles, indicator)
        for count in (warm_up + 1, warm_up + 2, len(candles) // 2, len(candles) - 1):
            first = compute(candles[:count], indicator)
            expected = {name: column[:count] for name, column in whole.items()}
            assert same(first, expected), (series, count)


@given(
    name=st.sampled_from(list(INDICATORS)), seed=st.integers(0, 10_000), count=st.integers(2, 399)
)
def test_the_future_changes_nothing_before_it(name, seed, count):
    candles, other = gaps(400, seed=seed), walk(400, seed=seed + 1)
    changed = Candles(
        interval=candles.interval,
        open_time_ms=candles.open_time_ms,
        **{
            column: np.concatenate([candles.column(column)[:count], other.column(column)[count:]])
            for column in (*COLUMNS, *FLOW)
        },
    )
    indicator = indicator_named(name)
    before, after = (
        {key: column[:count] for key, column in compute(made, indicator).items()}
        for made in (candles, changed)
    )
    assert same(after, before)


@pytest.mark.parametrize("indicator", [e for e in EVERY if e.values[0].anchor is None])
def test_the_declared_memory_decides_the_value(indicator):
    _, memory = declared(indicator)
    for make in (walk, gaps) if indicator.is_steady else (walk,):
        candles = make(memory + 300)
        whole = compute(candles, indicator)
        for end in range(memory, len(candles) + 1, 23):
            last = compute(candles[end - memory : end], indicator)
            for output in indicator.outputs:
                theirs = whole[output.name]
                scale = max(np.nanmax(np.abs(theirs)), size(output.unit, candles))
                apart = abs(last[output.name][-1] - theirs[end - 1])
                assert apart <= PROMISE * scale, (make.__name__, end, output.name)


@pytest.mark.parametrize("indicator", EVERY)
def test_values_scale_with_price_and_volume_as_their_unit_says(indicator):
    # The tiny prices are left out: a ten-millionth of them is below what TA-Lib takes for nothing.
    for series in SERIES.keys() - {"tiny price"} if indicator.is_steady else ("walk",):
        plain = compute(SERIES[series], indicator)
        for price, volume in ((10.0, 1.0), (1e-7, 1.0), (1.0, 10.0)):
            other = scaled(SERIES[series], price=price, volume=volume)
            found = compute(other, indicator)
            for output in indicator.outputs:
                unit = output.unit
                expected = plain[output.name] * price**unit.price_power * volume**unit.volume_power
                apart = furthest_apart(found[output.name], expected, unit, other)
                assert apart <= PROMISE, (series, price, volume, output.name)


ANCHORED = {anchor: [e for e in EVERY if e.values[0].anchor is anchor] for anchor in Anchor}


@pytest.mark.parametrize("indicator", ANCHORED[Anchor.FIRST_BAR])
def test_changes_of_a_line_that_adds_up_do_not_depend_on_its_beginning(indicator):
    candles = walk(900)
    (output,) = indicator.outputs
    whole, later = (compute(made, indicator)[output.name] for made in (candles, candles[400:]))
    if output.unit is Unit.RATIO:
        whole, later = np.log(whole), np.log(later)
    assert np.allclose(np.diff(whole[400:]), np.diff(later), rtol=PROMISE, atol=PROMISE)


@pytest.mark.parametrize("indicator", ANCHORED[Anchor.LAST_TURN])
@pytest.mark.parametrize("make", [walk, gaps])
def test_a_path_forgets_its_beginning_as_it_turns(indicator, make):
    candles = make(2_500)
    whole, later = (compute(made, indicator) for made in (candles, candles[500:]))
    for output in indicator.outputs:
        assert np.allclose(whole[output.name][-500:], later[output.name][-500:], rtol=PROMISE)


@pytest.mark.parametrize("indicator", ANCHORED[Anchor.SESSION])
def test_a_session_begins_anew_at_midnight(indicator):
    candles = walk(900)
    midnight = int(np.argmax(candles.open_time_ms % MS_PER_DAY == 0))
    assert midnight > 0
    whole, later = (compute(made, indicator) for made in (candles, candles[midnight:]))
    assert same(later, {name: column[midnight:] for name, column in whole.items()})


@pytest.mark.parametrize("indicator", ANCHORED[Anchor.CHOSEN])
def test_a_chosen_anchor_makes_what_was_before_it_unknown(indicator):
    candles = walk(900)
    anchor_ms = int(candles.open_time_ms[300]) - 1
    whole = compute(candles, indicator, anchor_ms=anchor_ms)
    later = compute(candles[300:], indicator)
    for name, column in whole.items():
        assert np.isnan(column[:300]).all()
        assert np.array_equal(column[300:], later[name])
