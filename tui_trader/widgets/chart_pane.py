"""Pane 2: the candle chart of the selected pair."""

from collections.abc import Sequence

import msgspec
from textual.strip import Strip

from tui_trader.engine.messages.queries import AskCandles
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.themes import Palette
from tui_trader.widgets.candle_history import PAST_PAGE
from tui_trader.widgets.desk_board import DeskBoard
from tui_trader.widgets.drawing.chart_legend import legend
from tui_trader.widgets.drawing.desk_chart import ChartPicture, FillMark, chart, chart_window
from tui_trader.widgets.drawing.lines import Piece
from tui_trader.widgets.drawing.numbers import age, amount, arrow, compact, percent
from tui_trader.widgets.drawing.window import Window
from tui_trader.widgets.overlays import VWAP, lacks_day_start, overlays
from tui_trader.widgets.own_orders import price_lines
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import INTERVALS, Scene

_WIDE_ENOUGH_FOR_OHLC = 70
_WIDE_ENOUGH_FOR_ALL = 56
_OHLC_WIDTH = 45
LEGEND_ROWS_MIN = 10
"""Below this height the candles have every line."""
_AHEAD = 250
"""Candles left of the right edge below which older ones are asked for: as many as the widest chart shows."""
_PLAIN = DeskBoard(overlays=[])


class ChartPane(Pane):
    """Candles, lines, volume, own fills, orders and stops."""

    pane_name = "chart"
    number = 2

    def board(self, scene: Scene) -> DeskBoard:
        """How it is to be drawn."""
        return scene.desk

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """Candles, fills, own orders, how it is drawn, and which pair and timeframe is selected."""
        board = self.board(scene)
        return (
            scene.pane == self.pane_name,
            scene.symbol,
            scene.interval,
            _age_words(scene),
            shown_candles(scene),
            len(scene.state.execution_ids),
            price_lines(scene) if board is not _PLAIN else (),
            (*board.overlays, board.is_log, board.is_averaged),
            (board.candle_width, board.pan, board.cross),
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Title with the newest candle's numbers, the legend where there is room, and the chart."""
        width, height = self.size
        picture = picture_of(scene, self.board(scene), width=width)
        title = self.head(
            scene,
            palette,
            title=f"CHART {scene.symbol or ''}",
            right=[
                *self._numbers(scene, picture, palette),
                *timeframes(scene.interval, palette, is_short=width < _WIDE_ENOUGH_FOR_ALL),
            ],
        )
        rows = [title]
        if legend_rows(picture, height):
            rows.append(legend(picture, width=width, palette=palette))
        return [*rows, *chart(picture, width=width, height=height - len(rows), palette=palette)]

    def _numbers(self, scene: Scene, picture: ChartPicture, palette: Palette) -> list[Piece]:
        words = _age_words(scene)
        old: list[Piece] = [(f"OLD {words} ", palette.warn)] if words else []
        if not picture.candles or self.size.width < _WIDE_ENOUGH_FOR_OHLC:
            return old
        last, decimals = picture.candles[-1], picture.decimals
        change = (last.close / last.open - 1) * 100 if last.open else None
        text = (
            f"O {amount(last.open, decimals)} H {amount(last.high, decimals)} "
            f"L {amount(last.low, decimals)} C {amount(last.close, decimals)} "
        )
        if self.size.width < _WIDE_ENOUGH_FOR_OHLC + _OHLC_WIDTH:
            text = ""
        volume = f" vol {compact(last.volume_base)}  "
        ink = palette.muted if picture.is_old else palette.signed(change)
        return [*old, (text, None), (f"{arrow(change)}{percent(change)}", ink), (volume, None)]


class PairChartPane(ChartPane):
    """The same below the table of pairs, where no key goes to it."""

    pane_name = "pair-chart"
    number = 0

    def board(self, scene: Scene) -> DeskBoard:  # noqa: ARG002
        """Candles alone."""
        return _PLAIN


def picture_of(scene: Scene, board: DeskBoard, *, width: int) -> ChartPicture:
    """The chart as it is to be drawn, with the values of the candles that so wide a chart shows."""
    candles, bare = shown_candles(scene), _bare(scene, board)
    window = chart_window(bare, width)
    lines = overlays(board.overlays, candles, seen=range(window.first, window.end))
    return msgspec.structs.replace(
        bare,
        fills=_fills(scene),
        lines=lines,
        cross=board.cross,
        is_log=board.is_log,
        is_averaged=board.is_averaged,
        is_old=scene.is_market_old,
    )


def _bare(scene: Scene, board: DeskBoard) -> ChartPicture:
    """What says which candles are in sight."""
    instrument = scene.instrument
    return ChartPicture(
        candles=shown_candles(scene),
        interval=scene.interval,
        decimals=instrument.price_decimals if instrument is not None else 2,
        price_lines=price_lines(scene) if board is not _PLAIN else (),
        candle_width=board.candle_width,
        pan=board.pan,
    )


def window_for(scene: Scene, width: int) -> Window:
    """The candles in sight in a chart of that width, without working out any line."""
    return chart_window(_bare(scene, scene.desk), width)


def legend_rows(picture: ChartPicture, height: int) -> int:
    """Lines that the legend takes of a pane of that height; the cross-hair has one wherever it is."""
    is_said = bool(picture.lines or picture.is_averaged or picture.is_log or picture.pan)
    return int(picture.cross is not None or (is_said and height >= LEGEND_ROWS_MIN))


def shown_candles(scene: Scene) -> tuple[Candle, ...]:
    """Of the selected pair and timeframe."""
    return scene.candles.get((scene.symbol, scene.interval), ()) if scene.symbol else ()


def past_due(scene: Scene) -> AskCandles | None:
    """Older candles that the chart needs: it was moved near its oldest, or its day lacks the beginning."""
    board, candles = scene.desk, shown_candles(scene)
    if scene.screen != "desk" or scene.symbol is None or not candles:
        return None
    is_near = bool(board.pan) and len(candles) - board.pan < _AHEAD
    if not is_near and not (VWAP in board.overlays and lacks_day_start(candles, scene.interval)):
        return None
    begin_ms = candles[0].open_time_ms
    if board.past_end == (scene.symbol, scene.interval, begin_ms):
        return None
    return AskCandles(
        symbol=scene.symbol, interval=scene.interval, count=PAST_PAGE, before_ms=begin_ms
    )


def _age_words(scene: Scene) -> str:
    """How old the prices are, in words; empty while they are of now."""
    return age(scene.market_age_ms) if scene.is_market_old else ""


def _fills(scene: Scene) -> list[FillMark]:
    return [
        FillMark(time_ms=booked.fill.filled_ms, side=booked.fill.side)
        for booked in scene.state.fills
        if booked.fill.symbol == scene.symbol
    ]


def timeframes(interval: Interval, palette: Palette, *, is_short: bool = False) -> list[Piece]:
    """Every timeframe with the chosen one marked; that one alone where room is short."""
    if is_short:
        return [(f"[{interval.value}]", palette.strong)]
    pieces: list[Piece] = []
    for each in INTERVALS:
        is_chosen = each is interval
        pieces.append(
            (
                f"[{each.value}]" if is_chosen else f" {each.value} ",
                palette.strong if is_chosen else None,
            )
        )
    return pieces
