"""How what the engine says enters the scene: one function a kind of news, none of them waits."""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from tui_trader.engine.client.frames import EventFrame, MarketFrame, UpdateFrame, Welcome
from tui_trader.engine.client.mirror import Mirror
from tui_trader.engine.messages.events import (
    CommandRefused,
    Event,
    LimitChanged,
    StrategyDecided,
    TradingHalted,
)
from tui_trader.engine.messages.queries import AskCandles, CandlesAnswer, JournalEntry
from tui_trader.engine.messages.reports import CandleReport
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol
from tui_trader.widgets.candle_history import CANDLES_MAX, with_live, with_past
from tui_trader.widgets.drawing.event_words import LogLine, add_line, in_words
from tui_trader.widgets.scene import (
    INTERVALS,
    LOG_LINES_MAX,
    REFUSALS_MAX,
    Attachment,
    Scene,
    StopCall,
)
from tui_trader.widgets.strategies_view import SETTINGS, topic_of
from tui_trader.widgets.ticket_form import Sending

STOP_CONFIRM_MS = 2_000


def take_welcome(scene: Scene, welcome: Welcome) -> None:
    """Start over from a snapshot: what an earlier engine said of prices is gone."""
    scene.mirror = Mirror(welcome)
    scene.heard_ms = scene.now_ms
    scene.attachment, scene.attachment_detail = Attachment.ATTACHED, ""
    scene.attached_sequence = welcome.sequence
    scene.candles.clear()
    for topic in scene.topics.values():
        topic.asked_ms, topic.query = 0, None
    # The journal knows better what happened meanwhile than a log with a hole in it.
    scene.log.clear()
    scene.log_offset = 0
    scene.journal.start(welcome.sequence)
    watch_stop(scene)
    choose_pair(scene)


def take_frame(scene: Scene, frame: UpdateFrame) -> Event | None:
    """Take one frame in; the event in it, if there is one.

    Raises:
        SequenceGap: the mirror is worthless, attach again.
    """
    assert scene.mirror is not None, "a frame before the welcome"
    scene.mirror.apply(frame)
    scene.heard_ms = scene.now_ms
    if isinstance(frame, MarketFrame):
        for report in frame.reports:
            if isinstance(report, CandleReport):
                _take_candle(scene, report)
        if scene.symbol is None:
            choose_pair(scene)
    if isinstance(frame, EventFrame):
        _take_event(scene, frame.event)
        return frame.event
    return None


def take_lost(scene: Scene, detail: str) -> None:
    """The engine cannot be heard; what it said last stays, and is old."""
    if scene.mirror is not None:
        scene.attachment = Attachment.GONE
    scene.attachment_detail = detail
    form = scene.ticket
    if form is not None and form.sending is Sending.HANDED_OVER:
        # Counts only while the engine has said nothing of the order: its word goes before this.
        scene.ticket = replace(form, sending=Sending.LOST)
    if scene.stop is StopCall.SENT:
        scene.stop = StopCall.UNCONFIRMED


def take_history(scene: Scene, answer: CandlesAnswer) -> None:
    """Candles that were asked for."""
    scene.candles[answer.symbol, answer.interval] = answer.candles[-CANDLES_MAX:]


def take_older(scene: Scene, asked: AskCandles, answer: CandlesAnswer) -> None:
    """Candles of before those that the chart has; every other history gives up what it had of its past."""
    key = (answer.symbol, answer.interval)
    known = scene.candles.get(key)
    if not known or known[0].open_time_ms != asked.before_ms:
        # A minute began meanwhile and the oldest one went: what stood between would be a hole.
        return
    grown = with_past(known, answer.candles)
    if len(grown) == len(known):
        scene.desk.past_end = (*key, asked.before_ms)
    for other, candles in scene.candles.items():
        if other != key and len(candles) > CANDLES_MAX:
            scene.candles[other] = candles[-CANDLES_MAX:]
    scene.candles[key] = grown


def take_past(scene: Scene, entries: Iterable[JournalEntry]) -> None:
    """What the journal tells of the time before the snapshot; everything after it came live."""
    past: deque[LogLine] = deque(maxlen=LOG_LINES_MAX)
    for entry in entries:
        line = in_words(entry.event) if entry.sequence <= scene.attached_sequence else None
        if line is not None:
            add_line(past, line)
    scene.log.extendleft(reversed(past))
    scene.log_version += 1


def choose_pair(scene: Scene) -> None:
    """Keep the selected pair while it exists, else take the first."""
    if scene.symbols and scene.symbol not in scene.symbols:
        scene.symbol = scene.symbols[0]


def candles_missing(scene: Scene) -> list[tuple[Symbol, Interval]]:
    """Histories that are needed and not there: the chart's first, then the sparklines'."""
    wanted = [(scene.symbol, scene.interval)] if scene.symbol is not None else []
    wanted += [(symbol, Interval.M1) for symbol in scene.symbols]
    return [key for key in dict.fromkeys(wanted) if key not in scene.candles]


def watch_stop(scene: Scene) -> None:
    """A stop that nobody confirmed in time says so; one that finds trading halted has its end."""
    if scene.stop is not None and scene.stop is not StopCall.READ_ONLY and _is_halted(scene):
        scene.stop = None
    if scene.stop is StopCall.SENT and scene.now_ms - scene.stop_ms > STOP_CONFIRM_MS:
        scene.stop = StopCall.UNCONFIRMED


def _is_halted(scene: Scene) -> bool:
    return scene.attachment is Attachment.ATTACHED and scene.state.halt is not None


def _take_candle(scene: Scene, report: CandleReport) -> None:
    if report.interval is not Interval.M1:
        return
    for interval in INTERVALS:
        key = (report.symbol, interval)
        known = scene.candles.get(key)
        if not known:
            continue
        grown = with_live(known, interval, report.candle)
        begins_minute = report.candle.open_time_ms > known[-1].open_time_ms
        if begins_minute and interval is not Interval.M1 and key[0] != scene.symbol:
            # Longer histories of pairs nobody looks at are asked for again when somebody does.
            del scene.candles[key]
            continue
        scene.candles[key] = grown


def _take_event(scene: Scene, event: Event) -> None:
    scene.journal.add(event)
    line = in_words(event)
    if line is not None:
        add_line(scene.log, line)
        scene.log_version += 1
        if scene.log_offset:
            scene.log_offset += 1
    if isinstance(event, CommandRefused) and event.command_id is not None:
        scene.refusals[event.command_id] = event
        while len(scene.refusals) > REFUSALS_MAX:
            del scene.refusals[next(iter(scene.refusals))]
    if isinstance(event, TradingHalted):
        scene.stop = None
    # What was answered of it is old now: the screen that shows it asks anew.
    if isinstance(event, StrategyDecided):
        scene.topic(topic_of(event.strategy)).asked_ms = 0
    if isinstance(event, LimitChanged):
        scene.topic(SETTINGS).asked_ms = 0
