"""What a scripted engine answers about candles: the real computation over seeded candles."""

from tests.screens.scripted import PAIRS, candle_walk
from tui_trader.engine.analysis import desk_answers
from tui_trader.engine.messages.analysis_queries import (
    AskAnalysis,
    AskCatalogue,
    AskMarkets,
    AskTimeframes,
    MarketsAnswer,
    TimeframesAnswer,
)
from tui_trader.engine.messages.queries import Answer, Query, QueryFailed
from tui_trader.engine.messages.sentiment_queries import (
    AskSentiment,
    PartState,
    SentimentAnswer,
    SentimentHeadline,
    SentimentPart,
)
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol

COUNT = 300


def candle_answer(query: Query, *, count: int = COUNT) -> Answer:
    """The answer of an engine whose exchange has `count` candles of everything."""
    match query:
        case AskCatalogue():
            return desk_answers.catalogue_answer()
        case AskMarkets():
            rows = [_row(Symbol(symbol), query, count) for symbol, *_ in PAIRS]
            return MarketsAnswer(interval=query.interval, rows=tuple(rows))
        case AskAnalysis():
            return desk_answers.analysis_answer(
                query.symbol,
                closed=candle_walk(query.symbol, query.interval, count + 1)[:-1] if count else (),
                interval=query.interval,
                picks=query.picks,
            )
        case AskTimeframes():
            rows = [
                desk_answers.timeframe_row(
                    candle_walk(query.symbol, interval, count + 1)[:-1] if count else (), interval
                )
                for interval in Interval
            ]
            return TimeframesAnswer(symbol=query.symbol, rows=tuple(rows))
        case AskSentiment():
            return _mood()
        case _:
            return QueryFailed(reason="not scripted")


def _mood() -> SentimentAnswer:
    told = (
        (
            "Order books",
            0.31,
            0.4,
            1_000,
            PartState.FRESH,
            "57% of the quantity near the price bids",
        ),
        ("Takers", -0.12, 0.3, 4_000, PartState.FRESH, "44% of what was taken was bought"),
        ("Breadth", 0.6, 0.3, 61_000, PartState.FRESH, "4 of 5 pairs rise"),
        ("Fear & Greed", 0.44, 0.0, 172_800_000, PartState.STALE, "72 of 100: greed"),
        ("Headlines", None, 0.0, None, PartState.OFF, "no feed in the settings"),
    )
    return SentimentAnswer(
        score=0.27,
        says="greedy",
        parts=tuple(
            SentimentPart(
                name=title.lower(),
                title=title,
                value=value,
                weight=weight,
                age_ms=age_ms,
                state=state,
                says=says,
            )
            for title, value, weight, age_ms, state, says in told
        ),
        headlines=(
            SentimentHeadline(
                title="Exchange \x1b[2J lists nothing", source="wire", age_ms=540_000, score=-0.4
            ),
        ),
    )


def _row(symbol: Symbol, query: AskMarkets, count: int):
    closed = candle_walk(symbol, query.interval, count + 1)[:-1] if count else ()
    return desk_answers.market_row(
        symbol,
        day=candle_walk(symbol, Interval.M5, count) if count else (),
        closed=closed,
        interval=query.interval,
        picks=query.picks,
    )
