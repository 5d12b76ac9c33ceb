"""The analysis screen as values: what of the engine's answer is to be shown now. No drawing."""

from collections.abc import Sequence

from tui_trader.engine.messages.analysis_queries import (
    AnalysisAnswer,
    AskAnalysis,
    AskTimeframes,
    PatternSeen,
    PickLines,
    Reading,
    TimeframeRow,
    TimeframesAnswer,
)
from tui_trader.engine.values.candles import Candle
from tui_trader.engine.values.instruments import Symbol
from tui_trader.widgets.board_questions import ANALYSIS, TIMEFRAMES
from tui_trader.widgets.drawing.analysis_chart import AnalysisPicture, PriceLevel
from tui_trader.widgets.drawing.subpanes import ChartLine
from tui_trader.widgets.market_table import cards_by_name
from tui_trader.widgets.scene import Scene
from tui_trader.widgets.signals_view import entries_on_chart

LEVELS_DRAWN_MAX = 4
"""Of the nearest levels: more lines than that are a grid, not a chart."""


def current_answer(scene: Scene) -> AnalysisAnswer | None:
    """The answer about the pair and timeframe that are shown, even if picks were changed since."""
    topic = scene.topic(ANALYSIS)
    answer, asked = topic.answer, topic.answered
    if not isinstance(answer, AnalysisAnswer) or not isinstance(asked, AskAnalysis):
        return None
    is_ours = (asked.symbol, asked.interval) == (scene.symbol, scene.interval)
    return answer if is_ours else None


def timeframes(scene: Scene) -> tuple[TimeframeRow, ...]:
    """Of the selected pair; empty before they were told."""
    topic = scene.topic(TIMEFRAMES)
    if topic.answered == AskTimeframes(symbol=scene.symbol or Symbol("")) and isinstance(
        topic.answer, TimeframesAnswer
    ):
        return topic.answer.rows
    return ()


def trouble(scene: Scene) -> str:
    """Why there is nothing, or nothing newer; empty when all is well."""
    topic, answer = scene.topic(ANALYSIS), current_answer(scene)
    if topic.fault:
        return topic.fault
    if answer is not None:
        return answer.note
    return "asking the engine…" if scene.symbol else "no pair is known yet"


def shown_candles(scene: Scene) -> tuple[Candle, ...]:
    """Closed ones from the answer, and those that came after them live, the open one last."""
    answer = current_answer(scene)
    live = scene.candles.get((scene.symbol, scene.interval), ()) if scene.symbol else ()
    if answer is None or not answer.candles:
        return live
    newest = answer.candles[-1].open_time_ms
    return (*answer.candles, *(candle for candle in live if candle.open_time_ms > newest))


def shown_patterns(scene: Scene) -> tuple[PatternSeen, ...]:
    """Newest first; those that take no side only when they are wanted."""
    answer = current_answer(scene)
    if answer is None:
        return ()
    wanted = scene.analysis.shows_neutral
    chosen = [
        pattern
        for pattern in answer.patterns
        if (wanted or pattern.direction) and _has_words(scene, pattern.name, pattern.meaning)
    ]
    return tuple(sorted(chosen, key=lambda pattern: -pattern.open_time_ms))


def shown_readings(scene: Scene) -> tuple[Reading, ...]:
    """Those that contain what the filter says, in name, group or reason."""
    answer = current_answer(scene)
    if answer is None:
        return ()
    return tuple(
        reading
        for reading in answer.readings
        if _has_words(scene, reading.label, reading.title, reading.group, reading.meaning)
    )


def filter_words(scene: Scene) -> str:
    """What a title says of the filter; empty without one."""
    board = scene.analysis
    if board.is_typing:
        return f" filter: {board.filter}▏"
    return f" with “{board.filter}”" if board.filter else ""


def _has_words(scene: Scene, *texts: str) -> bool:
    return scene.analysis.filter.lower() in " ".join(texts).lower()


def picture_of(scene: Scene) -> AnalysisPicture:
    """The chart as it is to be drawn."""
    board, answer = scene.analysis, current_answer(scene)
    instrument = scene.instrument
    signs: dict[int, int] = {}
    for pattern in reversed(shown_patterns(scene)):
        signs[pattern.open_time_ms] = pattern.direction
    return AnalysisPicture(
        candles=shown_candles(scene),
        interval=scene.interval,
        decimals=instrument.price_decimals if instrument is not None else 2,
        lines=_lines(scene, answer.lines) if answer is not None else (),
        levels=_levels(answer) if answer is not None else (),
        signs=signs,
        entries=entries_on_chart(scene),
        candle_width=board.candle_width,
        pan=board.pan,
        cross=board.cross,
        mark=board.mark,
        is_old=scene.is_market_old,
    )


def _lines(scene: Scene, picked: Sequence[PickLines]) -> tuple[ChartLine, ...]:
    cards = cards_by_name(scene)
    lines = []
    colour = 0
    for pick in picked:
        card = cards.get(pick.name)
        if card is None:
            continue
        lines.append(
            ChartLine(
                label=pick.label,
                names=card.outputs,
                columns=pick.columns,
                shifts=card.displacements,
                is_overlay=card.is_overlay,
                colour=colour,
                low=card.low,
                high=card.high,
                missing_bars=pick.missing_bars,
            )
        )
        colour += 1
    return tuple(lines)


def _levels(answer: AnalysisAnswer) -> tuple[PriceLevel, ...]:
    nearest = sorted(answer.levels, key=lambda level: abs(level.distance_percent))
    return tuple(
        PriceLevel(
            price=level.price,
            label="S" if level.is_support else "R",
            is_support=level.is_support,
        )
        for level in nearest[:LEVELS_DRAWN_MAX]
    )
