"""The table of pairs as values: its columns, its rows, their order. No drawing.

How to think about it: a `MarketLine` is all that is known of one pair; a `MarketColumn` says which part
of it a column shows and how it sorts. Unknown is `None`, sorts last, and `why` has the reason.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal

from tui_trader.engine.messages.analysis_queries import (
    AskMarkets,
    CatalogueAnswer,
    IndicatorCard,
    IndicatorPick,
    MarketRow,
    MarketsAnswer,
)
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.time import MS_PER_MINUTE
from tui_trader.widgets.board_questions import CATALOGUE, MARKETS
from tui_trader.widgets.boards import MarketsBoard
from tui_trader.widgets.drawing.market_rows import MarketColumn, MarketLine
from tui_trader.widgets.scene import Scene

_MS_PER_HOUR = 60 * MS_PER_MINUTE
_BPS = 10_000


FIXED = (
    MarketColumn(name="pair", title="pair", width=9, priority=0),
    MarketColumn(name="last", title="last", width=11, priority=0),
    MarketColumn(name="24h", title="24h", width=9, priority=1),
    MarketColumn(name="1h", title="1h", width=8, priority=2),
    MarketColumn(name="high", title="high 24h", width=11, priority=6),
    MarketColumn(name="low", title="low 24h", width=11, priority=6),
    MarketColumn(name="turnover", title="turnover", width=9, priority=4),
    MarketColumn(name="spread", title="spread", width=8, priority=5),
    MarketColumn(name="curve", title="24h curve", width=16, priority=7),
    MarketColumn(name="position", title="position", width=10, priority=3),
)
PICK_WIDTH, PICK_PRIORITY = 11, 3
_MARKS = 2
"""Cells for the signs of the marked and of the sorted column."""


def all_columns(scene: Scene) -> list[MarketColumn]:
    """The fixed ones and one an indicator; a narrow screen does not show them all."""
    cards, picks = cards_by_name(scene), scene.markets.picks
    return [
        *FIXED,
        *(_pick_column(scene, index, cards.get(pick.name)) for index, pick in enumerate(picks)),
    ]


def _pick_column(scene: Scene, index: int, card: IndicatorCard | None) -> MarketColumn:
    pick, output = scene.markets.picks[index], scene.markets.output(index)
    title = pick_title(pick)
    if output and card is not None and output < len(card.outputs):
        title = f"{card.outputs[output]} of {title}"
    return MarketColumn(
        name=pick_name(index),
        title=title,
        width=max(PICK_WIDTH, len(title) + _MARKS),
        priority=PICK_PRIORITY,
        pick=index,
        output=output,
        unit=card.units[output] if card is not None and output < len(card.units) else "",
    )


def pick_name(index: int) -> str:
    """Name of the column of a pick."""
    return f"pick {index}"


def pick_title(pick: IndicatorPick) -> str:
    """`rsi 14` when parameters were chosen, else the bare name."""
    return " ".join([pick.name, *(f"{value:g}" for value in pick.parameters.values())])


def cards_by_name(scene: Scene) -> dict[str, IndicatorCard]:
    """The catalogue, once the engine has told it."""
    answer = scene.topic(CATALOGUE).answer
    cards = answer.cards if isinstance(answer, CatalogueAnswer) else ()
    return {card.name: card for card in cards}


def market_lines(scene: Scene) -> list[MarketLine]:
    """The pairs that pass the filter, in the chosen order; those without a value come last."""
    board, answered = scene.markets, _answered(scene)
    wanted = board.filter.upper()
    lines = [_line(scene, symbol, answered) for symbol in scene.symbols if wanted in symbol.upper()]
    if not board.sort:
        return lines
    value = sort_value(board)
    known = [line for line in lines if value(line) is not None]
    unknown = [line for line in lines if value(line) is None]
    known.sort(key=lambda line: value(line) or 0, reverse=board.is_descending)
    if board.sort == "pair":
        known = sorted(lines, key=lambda line: line.symbol, reverse=board.is_descending)
        unknown = []
    return [*known, *unknown]


def sort_value(board: MarketsBoard) -> Callable[[MarketLine], float | Decimal | None]:
    """What the sorted column sorts by."""
    column = board.sort
    values: dict[str, Callable[[MarketLine], float | Decimal | None]] = {
        "last": lambda line: line.last,
        "24h": lambda line: line.change_24h,
        "1h": lambda line: line.change_1h,
        "high": lambda line: line.high_24h,
        "low": lambda line: line.low_24h,
        "turnover": lambda line: line.turnover_24h,
        "spread": lambda line: line.spread_bps,
        "curve": lambda line: line.closes[-1] / line.closes[0] if line.closes else None,
        "position": lambda line: line.position_base,
        "pair": lambda _: 0,
    }
    if column in values:
        return values[column]
    index = int(column.removeprefix("pick "))
    output = board.output(index)

    def picked(line: MarketLine) -> float | None:
        values = line.picks[index].values if index < len(line.picks) else ()
        return values[output] if output < len(values) else None

    return picked


def _answered(scene: Scene) -> dict[Symbol, MarketRow]:
    """Rows of an answer to the very columns that are shown: others would be the wrong numbers."""
    topic, board = scene.topic(MARKETS), scene.markets
    asked = AskMarkets(interval=board.interval, picks=tuple(board.picks))
    if not isinstance(topic.answer, MarketsAnswer):
        return {}
    is_same = topic.answered == asked
    return {row.symbol: row if is_same else _without_picks(row) for row in topic.answer.rows}


def _without_picks(row: MarketRow) -> MarketRow:
    return MarketRow(
        symbol=row.symbol,
        high_24h=row.high_24h,
        low_24h=row.low_24h,
        closes_24h=row.closes_24h,
        is_day_whole=row.is_day_whole,
        closed_ms=row.closed_ms,
        picks=(),
    )


def _line(scene: Scene, symbol: Symbol, answered: dict[Symbol, MarketRow]) -> MarketLine:
    ticker, instrument = scene.market.tickers.get(symbol), scene.market.instruments.get(symbol)
    minutes = scene.candles.get((symbol, Interval.M1), ())
    row = answered.get(symbol)
    position = scene.state.positions.get(symbol)
    held = position.quantity_base if position is not None else ZERO
    last = ticker.last if ticker is not None else None
    highs = [row.high_24h] if row is not None else []
    lows = [row.low_24h] if row is not None else []
    recent = minutes if row is not None and row.high_24h is not None else ()
    return MarketLine(
        symbol=symbol,
        decimals=instrument.price_decimals if instrument is not None else 2,
        last=last,
        change_24h=ticker.change_24h_percent if ticker is not None else None,
        change_1h=_change_1h(minutes, last),
        high_24h=max(
            (x for x in (*highs, *(c.high for c in recent)) if x is not None), default=None
        ),
        low_24h=min((x for x in (*lows, *(c.low for c in recent)) if x is not None), default=None),
        turnover_24h=ticker.volume_24h_base * float(ticker.last) if ticker is not None else None,
        spread_bps=_spread_bps(ticker.bid, ticker.ask) if ticker is not None else None,
        closes=row.closes_24h if row is not None else (),
        position_base=held if scene.mirror is not None else None,
        picks=row.picks if row is not None else (),
        why=_why(scene, row, has_price=ticker is not None),
    )


def _change_1h(minutes: Sequence[Candle], last: Decimal | None) -> float | None:
    if not minutes or last is None:
        return None
    then_ms = minutes[-1].open_time_ms - _MS_PER_HOUR
    before = next((candle for candle in reversed(minutes) if candle.open_time_ms <= then_ms), None)
    return (float(last) / before.close - 1) * 100 if before is not None else None


def _spread_bps(bid: Decimal, ask: Decimal) -> float | None:
    if bid <= 0 or ask <= 0:
        return None
    return float((ask - bid) / ((ask + bid) / 2) * _BPS)


def _why(scene: Scene, row: MarketRow | None, *, has_price: bool) -> str:
    """The first reason for a gap in the line."""
    topic = scene.topic(MARKETS)
    if not has_price:
        return "no price heard yet"
    if row is None:
        return topic.fault or "waiting for the engine's answer"
    if row.note:
        return row.note
    if row.picks or not scene.markets.picks:
        missing = [
            f"{pick_title(pick)} needs {value.missing_bars} more candles"
            for pick, value in zip(scene.markets.picks, row.picks, strict=False)
            if value.missing_bars
        ]
        return "; ".join(missing) if missing else _short_day(row)
    return topic.fault or "computing…"


def _short_day(row: MarketRow) -> str:
    return "" if row.is_day_whole else "high and low cover less than 24 h: no older candles"
