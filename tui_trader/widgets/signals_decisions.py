"""Panes of decisions: the newest one gate by gate, and all that are kept."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.engine.messages.signal_queries import SignalRow
from tui_trader.engine.values.text import sanitize
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, line, wrapped
from tui_trader.widgets.drawing.signal_brief import joined
from tui_trader.widgets.drawing.signal_rows import PastList, gate_rows, past_rows
from tui_trader.widgets.drawing.signal_words import (
    age_words,
    clock_minutes,
    gate_words,
    outcome_words,
    share,
    stance,
    stance_ink,
    track_source,
    track_words,
)
from tui_trader.widgets.drawing.table import first_row
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Scene
from tui_trader.widgets.signals_panes import old_mark, said
from tui_trader.widgets.signals_view import (
    DECISIONS,
    OLDER,
    chosen_row,
    decision,
    has_model,
    is_newest,
    trouble,
)

_HEADS = 2
_SILENCE_LINES_MAX = 3
_NO_MODEL = (
    ("{none}: nothing is said, and nothing trades on a signal.", True),
    ("", False),
    ("Train one on the models screen (F12, then t), or in a shell:", False),
    ("  tui-trader data download --pair {pair} --timeframe 1h", False),
    ("  tui-trader train --pair {pair} --timeframe 1h", False),
    ("", False),
    ("Expect the verdict “no edge after costs”: then it stays silent, and says so.", False),
)


class WhyPane(Pane):
    """One decision, gate by gate: why it traded, or did not."""

    pane_name = "sg-why"
    number = 2

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The decision and the row."""
        row = chosen_row(scene)
        age = age_words(row, scene.now_ms) if row is not None else ""
        shown = (decision(scene), row, age)
        return (scene.pane == self.pane_name, scene.attachment, has_model(scene), *shown)

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """What is said of the pair, then the gates."""
        width, row, one = self.size.width, chosen_row(scene), decision(scene)
        if row is None:
            return [self.head(scene, palette, title="WHY")]
        if row.state == "no_model" and is_newest(scene):
            head = self.head(scene, palette, title=f"WHY  {sanitize(row.symbol)} is silent")
            none = "No model is trained"
            if has_model(scene):
                none += f" for {sanitize(row.symbol)} {row.interval.value}"
            return [head, *_no_model(row, none, width=width, palette=palette)]
        if one is None:
            head = self.head(scene, palette, title=f"WHY  {sanitize(row.symbol)}")
            text = "No decision was made on it yet: one comes with every candle that closes."
            return [
                head,
                *_summary(row, scene.now_ms, width=width, palette=palette),
                *said(text, width=width, palette=palette),
            ]
        title = f"WHY  {sanitize(one.symbol)} {one.interval.value} {clock_minutes(one.candle_ms)}"
        right = [*old_mark(scene, palette), (f"{outcome_words(one)} ", palette.strong)]
        top: list[Strip] = []
        if is_newest(scene):
            top = _summary(row, scene.now_ms, width=width, palette=palette)
        else:
            right = [("an earlier decision · Esc: the newest  ", palette.warn), *right]
        room = self.size.height - 1 - len(top)
        gates = gate_rows(one, width=width, room=room, palette=palette)
        return [self.head(scene, palette, title=title, right=right), *top, *gates]


def _no_model(row: SignalRow, none: str, *, width: int, palette: Palette) -> list[Strip]:
    rows = []
    for text, is_strong in _NO_MODEL:
        filled = text.format(pair=sanitize(row.symbol), none=none)
        # A command is to be copied as it stands; a sentence may go on in the next line.
        is_command = filled.startswith("  ")
        parts = [filled] if is_command else wrapped(filled, max(1, width - 2), lines_max=2)
        ink = palette.strong if is_strong else None
        rows += [line(width, palette.base, [(f" {part}", ink)]) for part in parts]
    return rows


def _summary(row: SignalRow, now_ms: int, *, width: int, palette: Palette) -> list[Strip]:
    """What is said with its figures; why nothing is said."""
    groups: list[list[Piece]] = [
        [
            (f" {stance(row)} ", stance_ink(row, palette)),
            (f" {share(row.confidence, 1)}" if row.confidence is not None else "", palette.strong),
        ]
    ]
    if row.break_even is not None:
        words = f"above {share(row.break_even, 1)}" if row.break_even <= 1 else "at no confidence"
        groups.append([(f" pays its costs {words}", palette.muted)])
    if row.expected_net_ratio is not None:
        text = f" expects {row.expected_net_ratio:+.2%} a trade"
        is_said = row.state == "speaks"
        ink = palette.signed(row.expected_net_ratio) if is_said else palette.muted
        groups.append([(text, ink)])
    source = f" ({track_source(row)})" if row.track is not None else ""
    groups.append([(f" {track_words(row)}", None), (source, palette.muted)])
    if row.candle_ms is not None:
        groups.append([(f" candle closed {age_words(row, now_ms)} ago", palette.muted)])
    rows = [line(width, palette.base, pieces) for pieces in joined(groups, width)]
    stop = row.waterfall.stopped_by if row.waterfall is not None else None
    # The gate that stopped it says the same in its own place.
    if row.silence and (stop is None or stop.text != row.silence):
        parts = wrapped(sanitize(row.silence), max(1, width - 2), lines_max=_SILENCE_LINES_MAX)
        rows += [line(width, palette.base, [(f" {part}", palette.warn)]) for part in parts]
    return rows


class PastPane(Pane):
    """Every decision that is kept, newest first."""

    pane_name = "sg-past"
    number = 6

    def __init__(self) -> None:
        super().__init__()
        self.first_row = 0
        """Place in the list of what stands on the first line."""

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """What was read, and how it is listed."""
        board = scene.signals
        return (
            scene.pane == self.pane_name,
            board.version,
            (board.filter, board.is_typing, board.gate, board.is_one_pair),
            (board.cursor, board.inspected, board.is_complete),
            trouble(scene, scene.topic(DECISIONS)),
            scene.topic(OLDER).is_under_way,
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Title and table."""
        width, board = self.size.width, scene.signals
        why = trouble(scene, scene.topic(DECISIONS))
        right: list[Piece] = [(f"{why} ", palette.warn)] if why else []
        if not why and not board.is_complete:
            reading = "reading… " if scene.topic(OLDER).is_under_way else "more further down "
            right = [(reading, palette.muted)]
        head = self.head(scene, palette, title=_past_title(scene), right=right)
        shown, room = board.shown, max(1, self.size.height - _HEADS)
        if not shown:
            return [head, *said(_nothing(scene), width=width, palette=palette)]
        cursor = max(0, min(board.cursor, len(shown) - 1))
        self.first_row = first_row(cursor, len(shown), room)
        past = PastList(
            rows=shown[self.first_row : self.first_row + room],
            cursor=cursor - self.first_row,
            inspected=board.inspected,
        )
        return [head, *past_rows(past, width=width, palette=palette)]


def _past_title(scene: Scene) -> str:
    board, row = scene.signals, chosen_row(scene)
    if board.is_typing:
        return f"DECISIONS  search: {board.filter}▏ Enter keeps it, Esc takes it away"
    words = f"DECISIONS  {len(board.shown):,}"
    if board.gate:
        words += f" stopped by {gate_words(board.gate)}"
    if board.is_one_pair and row is not None:
        words += f" of {sanitize(row.symbol)}"
    return f"{words} with “{board.filter}”" if board.filter else words


def _nothing(scene: Scene) -> str:
    board = scene.signals
    why = trouble(scene, scene.topic(DECISIONS))
    if why:
        return why
    if board.filter:
        return f"none contains “{board.filter}”; Esc takes the search away"
    if board.gate:
        return f"none was stopped by {gate_words(board.gate)}; v asks for another gate"
    return (
        "No decision is kept yet: one comes with every candle that closes, once a model is trained."
    )
