"""What takers and the book say, and where the volume was traded, computed a second, naive way."""

from dataclasses import replace

import numpy as np
import pytest

from tests.engine.analysis.made_candles import candle_at, columns, gaps, walk
from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.catalogue import all_indicators, indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.push import open_stream
from tui_trader.engine.analysis.summary import read_summary
from tui_trader.engine.values.errors import ConfigError

CANDLES = walk(300)
NEEDY = ("cvd", "taker_imbalance", "book_imbalance")


def with_hole(rows) -> Candles:
    buy, book = CANDLES.buy_volume.copy(), CANDLES.book_imbalance.copy()
    buy[rows] = book[rows] = np.nan
    return replace(CANDLES, buy_volume=buy, book_imbalance=book)


def unheard(candles: Candles) -> Candles:
    return replace(candles, buy_volume=None, book_imbalance=None)


def test_only_these_need_a_live_feed():
    assert {indicator.name for indicator in all_indicators() if indicator.needs} == set(NEEDY)


def test_cvd_adds_up_what_takers_bought_less_what_they_sold():
    (line,) = compute(CANDLES, indicator_named("cvd")).values()
    total = 0.0
    for row in range(len(CANDLES)):
        bought = float(CANDLES.buy_volume[row])
        total += bought - (float(CANDLES.volume[row]) - bought)
        assert line[row] == pytest.approx(total)


def test_cvd_begins_anew_after_a_candle_that_nobody_heard():
    candles = with_hole(slice(100, 103))
    (line,) = compute(candles, indicator_named("cvd")).values()
    assert np.isnan(line[100:103]).all()
    assert np.isfinite(line[:100]).all()
    alone = compute(candles[103:], indicator_named("cvd"))["cvd"]
    assert np.array_equal(line[103:], alone)


@pytest.mark.parametrize("name", NEEDY)
def test_with_a_hole_candle_by_candle_is_all_at_once(name):
    candles = with_hole(slice(100, 103))
    (line,) = compute(candles, indicator_named(name)).values()
    stream = open_stream(candles[:95], indicator_named(name))
    for row in range(95, 140):
        (pushed,) = stream.push(*candle_at(candles, row)).values()
        assert pushed == pytest.approx(line[row], nan_ok=True)


def test_taker_imbalance_is_unknown_while_its_window_has_a_hole():
    candles = with_hole([100])
    (line,) = compute(candles, indicator_named("taker_imbalance"), period=14).values()
    assert np.isnan(line[100:114]).all()
    sold = candles.volume - candles.buy_volume
    for row in (99, 114, 299):
        rows = slice(row - 13, row + 1)
        expected = (candles.buy_volume[rows].sum() - sold[rows].sum()) / candles.volume[rows].sum()
        assert line[row] == pytest.approx(expected)


def test_book_imbalance_is_the_mean_of_the_closes():
    (line,) = compute(CANDLES, indicator_named("book_imbalance"), period=3).values()
    assert line[50] == pytest.approx(CANDLES.book_imbalance[48:51].mean())


@pytest.mark.parametrize("name", NEEDY)
def test_without_a_feed_it_is_unknown_and_says_what_it_needs(name):
    indicator = indicator_named(name)
    assert all(np.isnan(line).all() for line in compute(unheard(CANDLES), indicator).values())
    (reading,) = read_summary(unheard(CANDLES), picks=[(indicator, {})]).readings
    assert (reading.stance, reading.is_known, reading.missing_bars) == (None, False, 0)
    assert reading.meaning.startswith("unknown: needs a live feed of ")


def test_feed_that_is_heard_for_too_short_is_not_asked_for_again():
    picks = [(indicator_named("taker_imbalance"), {}), (indicator_named("cvd"), {})]
    window, total = read_summary(with_hole(slice(0, 295)), picks=picks).readings
    assert window.meaning == "unknown: needs more candles with a live feed of trades"
    assert (window.stance, window.is_known) == (None, False)
    assert total.is_known


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"buy_volume": CANDLES.volume * 1.1}, "buy_volume is not from 0 to the volume"),
        ({"buy_volume": -CANDLES.volume}, "buy_volume is not from 0 to the volume"),
        ({"book_imbalance": CANDLES.book_imbalance + 2}, "book_imbalance is not from -1 to 1"),
        ({"buy_volume": CANDLES.volume[:5]}, "of one length"),
    ],
)
def test_columns_that_cannot_be_are_refused(change, words):
    with pytest.raises(ConfigError, match=words):
        replace(CANDLES, **change)


def naive_profile(candles, row, *, window, rows):
    """Row by row with plain numbers: prices of control, upper and lower end."""
    span = range(row - window + 1, row + 1)
    prices = [float(candles.high[n] + candles.low[n] + candles.close[n]) / 3 for n in span]
    volumes = [float(candles.volume[n]) for n in span]
    if not sum(volumes):
        volumes = [1.0] * window
    bottom, height = min(prices), (max(prices) - min(prices)) / (rows - 1)
    held = [0.0] * rows
    for price, volume in zip(prices, volumes, strict=True):
        place = (price - bottom) / height if height else 0.0
        below = min(int(place), rows - 2)
        held[below] += volume * (below + 1 - place)
        held[below + 1] += volume * (place - below)
    control = held.index(max(held))
    low = high = control
    while sum(held[low : high + 1]) < 0.7 * sum(held):
        above = held[high + 1] if high + 1 < rows else -1.0
        below = held[low - 1] if low else -1.0
        low, high = (low, high + 1) if above >= below else (low - 1, high)
    return [bottom + place * height for place in (control, high, low)]


@pytest.mark.parametrize("candles", [walk(260), gaps(260)], ids=["walk", "gaps"])
def test_volume_profile(candles):
    lines = compute(candles, indicator_named("volume_profile"), period=60, rows=12)
    for row in range(59, len(candles), 7):
        expected = naive_profile(candles, row, window=60, rows=12)
        assert [line[row] for line in lines.values()] == pytest.approx(expected, rel=1e-9)


def test_volume_profile_finds_the_price_at_which_most_was_traded():
    close = np.array([100.0, 110.0, 120.0, 130.0] * 30)
    volume = np.where(close == 120.0, 50.0, 1.0)
    candles = columns(close, open_=close, spread=0.0, volume=volume)
    lines = compute(candles, indicator_named("volume_profile"), rows=4)
    assert [line[-1] for line in lines.values()] == pytest.approx([120.0, 120.0, 120.0])
