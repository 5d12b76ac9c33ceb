"""The causality check, on every leak that docs and measurements know, and on honest functions."""

import numpy as np
import pytest

from tests.engine.analysis.made_candles import columns, gaps, walk
from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.catalogue import indicator_named
from tui_trader.engine.analysis.causality import (
    CUTS_MAX,
    FaultKind,
    check_causality,
    check_memory,
    check_pairs,
    sample_candles,
)
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.registry import INDICATORS
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.time import MS_PER_DAY

SAMPLE = sample_candles(np.random.default_rng(1))


def faults(function, candles: Candles = SAMPLE, seed: int = 2, **options):
    return check_causality(function, candles, generator=np.random.default_rng(seed), **options)


def sma(values: np.ndarray, bars: int) -> np.ndarray:
    result = np.full(len(values), np.nan)
    if len(values) >= bars:
        result[bars - 1 :] = np.convolve(values, np.ones(bars) / bars, "valid")
    return result


def centred_mean(bars: int):
    def leak(candles):
        mean = sma(candles.close, bars)
        return {"centred": np.concatenate([mean[bars // 2 :], np.full(bars // 2, np.nan)])}

    return leak


def one_bar_ahead(candles):
    return {"ahead": np.append(np.diff(candles.close), 0.0)}


def days_final_close(candles):
    day = candles.open_time_ms // MS_PER_DAY
    last = np.searchsorted(day, day, side="right") - 1
    return {"day_close": candles.close[last] / candles.close}


def weeks_final_close(candles):
    week = candles.open_time_ms // (7 * MS_PER_DAY)
    return {"week_close": candles.close[np.searchsorted(week, week, side="right") - 1]}


def four_hours_final_high(candles):
    block = candles.open_time_ms // (4 * 3_600_000)
    begins = np.flatnonzero(np.diff(block, prepend=-1))
    highest = np.maximum.reduceat(candles.high, begins)
    return {"high_4h": highest[np.cumsum(np.diff(block, prepend=-1) != 0) - 1]}


def smooth_trend(candles):
    place = np.linspace(-1, 1, len(candles))
    fit = np.polynomial.polynomial.polyfit(place, np.log(candles.close), 4)
    return {"trend": np.polynomial.polynomial.polyval(place, fit)}


def whole_series_zscore(candles):
    returns = np.diff(np.log(candles.close), prepend=np.log(candles.open[0]))
    return {"z": (returns - returns.mean()) / returns.std()}


def share_of_the_series(candles):
    return {"share": np.arange(len(candles)) / len(candles)}


def swing_marked_on_its_candle(candles):
    """A rare signal: a high that two candles on either side stay below."""
    high, is_swing = candles.high, np.zeros(len(candles))
    for row in range(10, len(high) - 10):
        is_swing[row] = high[row] == high[row - 10 : row + 11].max()
    return {"swing": is_swing}


def filled_backwards(candles):
    values = np.where(np.arange(len(candles)) % 7 == 3, candles.close, np.nan)
    known = np.flatnonzero(~np.isnan(values))
    place = np.minimum(np.searchsorted(known, np.arange(len(values))), len(known) - 1)
    return {"filled": values[known[place]]}


def scaled_to_the_highest(candles):
    return {"scaled": candles.close / candles.close.max()}


def volume_ahead(candles):
    return {"volume": np.append(candles.volume[1:], candles.volume[-1])}


def buyers_ahead(candles):
    return {"buyers": np.append(candles.buy_volume[1:] / candles.volume[1:], 0.0)}


def book_ahead(candles):
    return {"book": np.append(candles.book_imbalance[1:], 0.0)}


def median_split(candles):
    return {"above": (candles.close > np.median(candles.close)).astype(int)}


LEAKS = {
    "centred mean of 5": centred_mean(5),
    "centred mean of 24": centred_mean(25),
    "one bar ahead": one_bar_ahead,
    "the day's final close on its hours": days_final_close,
    "the week's final close on its hours": weeks_final_close,
    "four hours' final high": four_hours_final_high,
    "smooth trend of the whole series": smooth_trend,
    "whole-series z-score": whole_series_zscore,
    "place in the series": share_of_the_series,
    "a swing marked before it is confirmed": swing_marked_on_its_candle,
    "holes filled backwards": filled_backwards,
    "scaled to the highest of all": scaled_to_the_highest,
    "volume ahead": volume_ahead,
    "buyers ahead": buyers_ahead,
    "the book ahead": book_ahead,
    "split at the median of all": median_split,
}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("leak", LEAKS)
def test_every_leak_is_named_with_its_output_and_a_candle(leak, seed):
    (fault,) = faults(LEAKS[leak], seed=seed)
    assert fault.kind in {FaultKind.TRUNCATED, FaultKind.PERTURBED}
    assert fault.output in fault.says
    assert fault.time_ms in SAMPLE.open_time_ms
    assert fault.time_ms <= fault.cut_ms


def test_the_output_that_leaks_is_told_from_those_that_do_not():
    def both(candles):
        return {"honest": sma(candles.close, 9)} | one_bar_ahead(candles)

    (fault,) = faults(both)
    assert fault.output == "ahead"
    assert fault.time_ms == fault.cut_ms
    assert fault.says.startswith("`ahead` at 2024-")


@pytest.mark.parametrize("candles", [SAMPLE, walk(400), gaps(400), columns(np.full(60, 5.0))])
def test_honest_functions_pass(candles):
    def honest(candles):
        sums = np.cumsum(candles.close)
        return {"mean": sma(candles.close, 20), "sums": sums, "close": candles.close}

    assert faults(honest, candles) == []


def test_a_single_array_needs_no_name():
    assert faults(lambda candles: candles.close) == []
    assert faults(lambda candles: candles.close[::-1])[0].output == "value"


def test_the_day_so_far_is_no_leak():
    def highest_today(candles):
        day = candles.open_time_ms // MS_PER_DAY
        result = candles.high.copy()
        for row in range(1, len(result)):
            if day[row] == day[row - 1]:
                result[row] = max(result[row], result[row - 1])
        return {"high": result}

    assert faults(highest_today) == []


def test_chance_is_not_taken_for_a_leak():
    generator = np.random.default_rng(3)
    (fault,) = faults(lambda candles: {"coin": generator.random(len(candles))})
    assert fault.kind is FaultKind.CHANCE


def test_what_a_function_keeps_between_calls_is_seen():
    kept = []

    def remembers(candles):
        kept.append(0)
        return {"calls": np.full(len(candles), float(len(kept)))}

    assert faults(remembers)[0].kind is FaultKind.CHANCE


def test_one_value_for_all_candles_is_no_output():
    (fault,) = faults(lambda candles: {"mean": candles.close.mean()})
    assert fault.kind is FaultKind.SHAPE
    assert "one for each candle" in fault.says


def test_an_output_that_is_there_only_with_the_future_is_named():
    def shy(candles):
        return {"late": candles.close} if len(candles) == len(SAMPLE) else {}

    (fault,) = faults(shy)
    assert np.isnan(fault.after)


def test_the_number_of_runs_is_bounded():
    calls = []

    def counted(candles):
        calls.append(len(candles))
        return {str(number): candles.close * number for number in range(30)}

    faults(counted, cuts=10_000)
    assert len(calls) <= 2 + 2 * CUTS_MAX


def test_too_few_candles_and_words_are_refused():
    with pytest.raises(ConfigError):
        faults(lambda candles: candles.close, SAMPLE[:7])
    with pytest.raises(ConfigError, match="not made of numbers"):
        faults(lambda candles: {"side": ["buy"] * len(candles)})


def test_the_shortest_series_is_checked():
    assert faults(lambda candles: candles.close, SAMPLE[:8]) == []
    assert faults(one_bar_ahead, SAMPLE[:8])


@pytest.mark.parametrize("interval", [Interval.M5, Interval.H4, Interval.D1])
def test_days_and_weeks_leak_at_other_intervals_too(interval):
    candles = sample_candles(np.random.default_rng(4), interval=interval, count=900)
    leak = weeks_final_close if interval is Interval.D1 else days_final_close
    assert faults(leak, candles)


@pytest.mark.parametrize("name", ["sma", "macd", "supertrend", "vwap", "cycle_period"])
def test_indicators_of_the_catalogue_pass(name):
    assert name in INDICATORS
    assert faults(lambda candles: compute(candles, indicator_named(name))) == []


def memory_faults(function, memory_bars: int):
    return check_memory(
        function, SAMPLE, memory_bars=memory_bars, generator=np.random.default_rng(5)
    )


def test_more_memory_than_declared_is_named():
    (fault,) = memory_faults(lambda candles: {"mean": sma(candles.close, 20)}, 19)
    assert (fault.output, fault.kind) == ("mean", FaultKind.MEMORY)
    assert "more candles than it declares" in fault.says
    assert memory_faults(lambda candles: {"mean": sma(candles.close, 20)}, 20) == []


def test_a_sum_from_the_beginning_has_no_memory_that_bounds_it():
    assert memory_faults(lambda candles: np.cumsum(candles.volume), 600)


def test_declared_memory_of_the_catalogue_holds():
    rsi = indicator_named("rsi")
    declared = rsi.memory_bars(rsi.checked({}))
    assert memory_faults(lambda candles: compute(candles, rsi), declared) == []
    assert memory_faults(lambda candles: compute(candles, rsi), 30)


def test_memory_needs_more_candles_than_it_spans():
    with pytest.raises(ConfigError):
        memory_faults(lambda candles: candles.close, len(SAMPLE))


THREE = {
    name: sample_candles(np.random.default_rng(seed), count=600)
    for seed, name in enumerate(("BTC/USD", "ETH/USD", "SOL/USD"), 20)
}


def pair_faults(function, pairs=THREE):
    return check_pairs(function, pairs, generator=np.random.default_rng(6))


def best_of_all(pairs):
    """1 for the pair that rose most over the last day of hours, at each candle of its own."""
    times = np.unique(np.concatenate([pair.open_time_ms for pair in pairs]))
    rises = np.full((len(pairs), len(times)), -np.inf)
    for number, pair in enumerate(pairs):
        rise = np.full(len(pair), -np.inf)
        rise[24:] = pair.close[24:] / pair.close[:-24]
        rises[number, np.searchsorted(times, pair.open_time_ms)] = rise
    best = rises.argmax(axis=0)
    return [
        (best[np.searchsorted(times, pair.open_time_ms)] == number).astype(int)
        for number, pair in enumerate(pairs)
    ]


def test_a_rotation_over_pairs_passes():
    assert pair_faults(best_of_all) == []


def test_a_pair_that_knows_the_future_of_another_is_named():
    def leak(pairs):
        own = [np.zeros(len(pair)) for pair in pairs]
        last_of_first = np.searchsorted(pairs[0].open_time_ms, pairs[2].open_time_ms, "right")
        ahead = np.minimum(last_of_first, len(pairs[0]) - 1)
        own[2] = pairs[0].close[ahead]
        return own

    (fault,) = pair_faults(leak)
    assert fault.output == "SOL/USD"


def test_ranks_over_the_whole_series_are_named_for_every_pair():
    def leak(pairs):
        return [pair.close > np.median(pair.close) for pair in pairs]

    assert [fault.output for fault in pair_faults(leak)] == list(THREE)


def test_pairs_that_begin_later_are_cut_where_they_are_there():
    later = {"BTC/USD": SAMPLE, "NEW/USD": SAMPLE[900:]}
    assert pair_faults(lambda pairs: [pair.close for pair in pairs], later) == []
    assert pair_faults(lambda pairs: [np.append(pair.close[1:], 0) for pair in pairs], later)


def test_an_output_too_few_is_named():
    (fault,) = pair_faults(lambda pairs: [pair.close for pair in pairs][:2])
    assert (fault.output, fault.kind) == ("SOL/USD", FaultKind.SHAPE)


def test_a_seldom_signal_among_many_outputs_is_found():
    def many(candles):
        noise = {f"n{number}": candles.close * (number + 1) for number in range(40)}
        return {**noise, **swing_marked_on_its_candle(candles)}

    assert [fault.output for fault in faults(many)] == ["swing"]


def test_an_output_that_changes_its_shape_is_named():
    def shifty(candles):
        return {"x": candles.close if len(candles) == len(SAMPLE) else np.ones((2, 2))}

    assert faults(shifty)[0].output == "x"
    assert memory_faults(shifty, 20)[0].output == "x"
