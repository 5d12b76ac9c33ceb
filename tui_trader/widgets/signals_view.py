"""Signals as values: what of the engine's answers is to be shown now. No drawing."""

from tui_trader.engine.messages.queries import Query
from tui_trader.engine.messages.signal_queries import (
    AskSignal,
    AskSignals,
    AskWaterfalls,
    SignalAnswer,
    SignalRow,
    SignalsAnswer,
    Waterfall,
    WaterfallsAnswer,
)
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import format_clock
from tui_trader.widgets.boards import Topic
from tui_trader.widgets.scene import Attachment, Scene
from tui_trader.widgets.signals_board import PAGE, DecisionKey

SIGNALS, SIGNAL = "signals", "signal"
DECISIONS, OLDER = "decisions", "older decisions"
CHART_DECISIONS = "chart decisions"
ON_CHART = 200
"""Decisions that are looked through for marks on a chart."""


def signal_rows(scene: Scene) -> tuple[SignalRow, ...] | None:
    """One a pair; None before they were told."""
    answer = scene.topic(SIGNALS).answer
    return answer.rows if isinstance(answer, SignalsAnswer) else None


def chosen_row(scene: Scene) -> SignalRow | None:
    """The row of the selected pair, else the first one."""
    rows = signal_rows(scene) or ()
    own = [row for row in rows if row.symbol == scene.symbol]
    exact = [row for row in own if row.interval is scene.signals.interval]
    return next(iter((*exact, *own, *rows)), None)


def row_of(scene: Scene, symbol: Symbol | None) -> SignalRow | None:
    """The row of that very pair."""
    return next((row for row in signal_rows(scene) or () if row.symbol == symbol), None)


def has_model(scene: Scene) -> bool:
    """Whether anything was ever learned that may speak."""
    return any(row.state != "no_model" for row in signal_rows(scene) or ())


def detail(scene: Scene) -> SignalAnswer | None:
    """Everything behind the chosen row, once it was told."""
    row, topic = chosen_row(scene), scene.topic(SIGNAL)
    answer, asked = topic.answer, topic.answered
    if row is None or not isinstance(answer, SignalAnswer) or not isinstance(asked, AskSignal):
        return None
    is_ours = (asked.symbol, asked.interval) == (row.symbol, row.interval)
    return answer if is_ours else None


def decision(scene: Scene) -> Waterfall | None:
    """The one whose gates are shown: opened, marked in the list, or the newest of the pair."""
    board, row = scene.signals, chosen_row(scene)
    if board.inspected:
        opened = [one for one in board.decisions if one.number == board.inspected]
        if opened:
            return opened[0]
    if scene.active_panes["signals"] == "sg-past" and board.marked is not None:
        return board.marked
    return row.waterfall if row is not None else None


def is_newest(scene: Scene) -> bool:
    """Whether the decision that is shown is the newest of the chosen pair."""
    row = chosen_row(scene)
    return row is not None and decision(scene) == row.waterfall


def trouble(scene: Scene, topic: Topic) -> str:
    """Why what is shown is not of now; empty when it is."""
    told = f"as told at {format_clock(topic.answered_ms)}" if topic.answer is not None else ""
    if scene.attachment is Attachment.GONE:
        return f"the engine is gone; {told}" if told else "the engine is gone: nothing is known"
    if scene.attachment is Attachment.CONNECTING:
        return "no engine yet: nothing is known"
    if topic.fault:
        return f"{sanitize(topic.fault)}; {told}" if told else sanitize(topic.fault)
    return "" if topic.answer is not None else "asking the engine…"


def wanted_signals(scene: Scene) -> list[tuple[str, Query]]:
    """What the signals screen asks."""
    wanted: list[tuple[str, Query]] = [(SIGNALS, AskSignals())]
    row = chosen_row(scene)
    if row is not None and row.state != "no_model":
        wanted.append((SIGNAL, AskSignal(symbol=row.symbol, interval=row.interval)))
    symbol, gate = decision_key(scene)
    board = scene.signals
    wanted.append((DECISIONS, AskWaterfalls(symbol=symbol, gate=gate, limit=PAGE)))
    if board.key == (symbol, gate) and board.wants_older:
        older = AskWaterfalls(symbol=symbol, gate=gate, before=board.oldest, limit=PAGE)
        wanted.append((OLDER, older))
    return wanted


def decision_key(scene: Scene) -> DecisionKey:
    """Pair and gate of the decisions that are listed."""
    row, board = chosen_row(scene), scene.signals
    return (row.symbol if board.is_one_pair and row is not None else None, board.gate)


def take_decisions(scene: Scene) -> None:
    """Take new pages into the board, each once."""
    board, key = scene.signals, decision_key(scene)
    if board.key != key:
        board.start(key)
        board.answers.clear()
    for name in (DECISIONS, OLDER):
        topic = scene.topic(name)
        asked, answer = topic.answered, topic.answer
        if answer is board.answers.get(name):
            continue
        if isinstance(asked, AskWaterfalls) and isinstance(answer, WaterfallsAnswer):
            board.answers[name] = answer
            if (asked.symbol, asked.gate) == key:
                board.take(asked, answer.rows)


def entries_on_chart(scene: Scene) -> frozenset[int]:
    """Starts of the candles at which the confidence came to be enough, of the charted pair.

    By the decisions that were made then: what was enough differs from candle to candle.
    """
    topic = scene.topic(CHART_DECISIONS)
    asked, answer = topic.answered, topic.answer
    if not isinstance(asked, AskWaterfalls) or not isinstance(answer, WaterfallsAnswer):
        return frozenset()
    if asked.symbol != scene.symbol:
        return frozenset()
    found, was_enough = [], False
    for one in reversed(answer.rows):
        if one.interval is not scene.interval:
            continue
        is_enough = _is_enough(one)
        if is_enough and not was_enough:
            found.append(one.candle_ms)
        was_enough = is_enough
    return frozenset(found)


def _is_enough(one: Waterfall) -> bool:
    """The confidence passed; what the gates behind it said is another matter."""
    return any(step.gate == "confidence" and step.is_passed for step in one.steps)
