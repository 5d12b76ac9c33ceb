"""Pane 2: the candle chart of the selected pair."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.chart_rows import ChartPicture, FillMark, chart
from tui_trader.widgets.drawing.lines import Piece
from tui_trader.widgets.drawing.numbers import amount, arrow, compact, percent
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import INTERVALS, Scene

_WIDE_ENOUGH_FOR_OHLC = 70
_WIDE_ENOUGH_FOR_ALL = 56


class ChartPane(Pane):
    """Candles, volume and own fills."""

    pane_name = "chart"
    number = 2

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """Candles, fills and which pair and timeframe is selected."""
        return (
            scene.pane == self.pane_name,
            scene.symbol,
            scene.interval,
            scene.is_market_old,
            _candles(scene),
            len(scene.state.execution_ids),
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Title with the newest candle's numbers, and the chart."""
        width, height = self.size
        instrument = scene.instrument
        picture = ChartPicture(
            candles=_candles(scene),
            interval=scene.interval,
            fills=_fills(scene),
            decimals=instrument.price_decimals if instrument is not None else 2,
            is_old=scene.is_market_old,
        )
        title = self.head(
            scene,
            palette,
            title=f"CHART {scene.symbol or ''}",
            right=[
                *self._numbers(picture, palette),
                *timeframes(scene.interval, palette, is_short=width < _WIDE_ENOUGH_FOR_ALL),
            ],
        )
        return [title, *chart(picture, width=width, height=height - 1, palette=palette)]

    def _numbers(self, picture: ChartPicture, palette: Palette) -> list[Piece]:
        if not picture.candles or self.size.width < _WIDE_ENOUGH_FOR_OHLC:
            return []
        last, decimals = picture.candles[-1], picture.decimals
        change = (last.close / last.open - 1) * 100 if last.open else None
        text = (
            f"O {amount(last.open, decimals)} H {amount(last.high, decimals)} "
            f"L {amount(last.low, decimals)} C {amount(last.close, decimals)} "
        )
        if self.size.width < _WIDE_ENOUGH_FOR_OHLC + 45:
            text = ""
        volume = f" vol {compact(last.volume_base)}  "
        ink = palette.muted if picture.is_old else palette.signed(change)
        return [(text, None), (f"{arrow(change)}{percent(change)}", ink), (volume, None)]


class PairChartPane(ChartPane):
    """The same below the table of pairs, where no key goes to it."""

    pane_name = "pair-chart"
    number = 0


def _candles(scene: Scene) -> tuple[Candle, ...]:
    return scene.candles.get((scene.symbol, scene.interval), ()) if scene.symbol else ()


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
