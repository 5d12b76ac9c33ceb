"""What screens are told about candles: nothing that is not known, and nothing of the open one."""

import msgspec
import pytest

from tests.screens.scripted import NOW_MS, candle_walk
from tui_trader.engine.analysis import desk_answers
from tui_trader.engine.messages.analysis_queries import PICKS_MAX, IndicatorPick
from tui_trader.engine.registry import INDICATORS
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.instruments import Symbol

BTC = Symbol("BTC/USD")
RSI = IndicatorPick(name="rsi")
DAY_MS = 24 * 3_600_000


def row(closed, *, day=(), picks=(RSI,)):
    return desk_answers.market_row(BTC, day=day, closed=closed, interval=Interval.M15, picks=picks)


def analysis(closed, *picks):
    return desk_answers.analysis_answer(BTC, closed=closed, interval=Interval.M15, picks=picks)


def flat(hours_ago: int, high: float, low: float) -> Candle:
    return Candle(
        open_time_ms=NOW_MS - hours_ago * 3_600_000,
        open=low,
        high=high,
        low=low,
        close=low,
        volume_base=1.0,
    )


def test_catalogue_has_a_card_for_every_entry_of_the_registry():
    cards = desk_answers.catalogue_answer().cards
    assert {card.name for card in cards} == set(INDICATORS)
    for card in cards:
        assert len(card.outputs) == len(card.units) == len(card.displacements)


def test_warming_up_needs_nothing_and_changes_nothing():
    before = analysis(candle_walk(BTC, Interval.M15, 40))
    desk_answers.warm_up()
    assert analysis(candle_walk(BTC, Interval.M15, 40)) == before


def test_high_and_low_are_of_the_24_hours_up_to_the_newest_candle():
    told = row((), day=(flat(30, 99.0, 1.0), flat(23, 12.0, 10.0), flat(2, 11.0, 8.0)))
    assert (told.high_24h, told.low_24h) == (12.0, 8.0)
    assert told.is_day_whole


def test_day_that_begins_too_late_says_so():
    told = row((), day=(flat(3, 12.0, 10.0),))
    assert not told.is_day_whole


def test_without_candles_everything_is_unknown():
    told = row(())
    assert (told.high_24h, told.low_24h, told.closed_ms) == (None, None, None)
    assert told.picks[0].values == (None,)
    assert told.picks[0].stance is None
    assert told.picks[0].missing_bars == 15


def test_pick_says_how_many_candles_it_needs():
    told = row(candle_walk(BTC, Interval.M15, 10))
    assert told.picks[0].missing_bars == 5
    told = row(candle_walk(BTC, Interval.M15, 15))
    assert told.picks[0].missing_bars == 0
    assert told.picks[0].values[0] is not None


def test_stance_is_unknown_where_an_indicator_takes_no_side():
    picks = (IndicatorPick(name="atr"), IndicatorPick(name="ema", parameters={"period": 5}))
    told = row(candle_walk(BTC, Interval.M15, 60), picks=picks)
    assert told.picks[0].stance is None
    assert told.picks[1].stance in {-1, 1}


@pytest.mark.parametrize("count", [0, 1, 2, 14, 40, 300])
def test_analysis_of_any_number_of_candles_is_whole(count):
    closed = candle_walk(BTC, Interval.M15, count)
    told = analysis(closed, RSI, IndicatorPick(name="bollinger"))
    assert told.candles == closed
    assert [len(column) for line in told.lines for column in line.columns] == [count] * 4
    assert len(told.readings) == len(INDICATORS)
    assert told.totals[0].group == "all"
    assert b"NaN" not in msgspec.json.encode(told)
    if not count:
        assert told.note


def test_patterns_come_with_direction_words_and_candle():
    closed = candle_walk(BTC, Interval.M15, 200)
    told = analysis(closed)
    starts = {candle.open_time_ms for candle in closed}
    assert told.patterns
    assert all(pattern.open_time_ms in starts for pattern in told.patterns)
    assert all(pattern.strength and pattern.meaning for pattern in told.patterns)
    certain = [pattern.confirmed_ms for pattern in told.patterns]
    assert certain == sorted(certain, reverse=True)


def test_what_an_answer_carries_has_a_maximum():
    told = analysis(candle_walk(BTC, Interval.M15, 720))
    assert len([pattern for pattern in told.patterns if pattern.direction]) <= (
        desk_answers.PATTERNS_MAX
    )
    assert len(told.turns) <= desk_answers.TURNS_MAX


@pytest.mark.parametrize("name", ["cvd", "taker_imbalance", "book_imbalance"])
def test_flow_is_known_where_somebody_listened_and_nowhere_else(name):
    unheard = candle_walk(BTC, Interval.M15, 60)
    heard = tuple(
        msgspec.structs.replace(
            candle, buy_volume_base=0.6 * candle.volume_base, book_imbalance=0.25
        )
        for candle in unheard
    )
    (known,) = (reading for reading in analysis(heard).readings if reading.name == name)
    (unknown,) = (reading for reading in analysis(unheard).readings if reading.name == name)
    assert None not in known.values
    assert set(unknown.values) == {None}


def test_timeframe_without_candles_says_why():
    told = desk_answers.timeframe_row((), Interval.H4)
    assert (told.bullish, told.bearish, told.neutral) == (0, 0, 0)
    assert "too few" in told.note


@pytest.mark.parametrize(
    ("pick", "words"),
    [
        (IndicatorPick(name="rsj"), "did you mean `rsi`"),
        (IndicatorPick(name="rsi", parameters={"period": 1.0}), "from 2 to 1000"),
        (IndicatorPick(name="rsi", parameters={"length": 14}), "no parameter `length`"),
    ],
)
def test_wrong_pick_is_refused_in_words(pick, words):
    with pytest.raises(ConfigError, match=words):
        desk_answers.check_picks([pick])


def test_too_many_picks_are_refused():
    with pytest.raises(ConfigError, match=f"at most {PICKS_MAX}"):
        desk_answers.check_picks([RSI] * (PICKS_MAX + 1))
    desk_answers.check_picks([RSI] * PICKS_MAX)
