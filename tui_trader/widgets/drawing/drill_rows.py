"""The drills as a list with what each came to, and the steps of one as a story."""

from collections.abc import Mapping, Sequence

from textual.strip import Strip

from tui_trader.engine.values.text import sanitize
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, left_in, line, right_in, wrapped
from tui_trader.widgets.drill_board import DrillCard, DrillStep, DrillVerdict

_NAME_WIDTH, _TIME_WIDTH, _WHO_WIDTH = 15, 8, 9
_MS_PER_SECOND = 1_000
_LINES_EACH_MAX = 3


def drill_rows(
    cards: Sequence[DrillCard],
    verdicts: Mapping[str, DrillVerdict],
    *,
    running: str,
    cursor: int,
    width: int,
    palette: Palette,
) -> list[Strip]:
    """A line a drill: name, what happens, how it ended the last time."""
    strips = []
    for index, card in enumerate(cards):
        base = palette.base + palette.cursor if index == cursor else palette.base
        pieces: list[Piece] = [
            ("▸" if index == cursor else " ", palette.accent),
            (left_in(card.name, _NAME_WIDTH), palette.strong),
            (card.title, None),
        ]
        right = _outcome(verdicts.get(card.name), is_running=card.name == running, palette=palette)
        strips.append(line(width, base, pieces, right=right))
    return strips


def _outcome(verdict: DrillVerdict | None, *, is_running: bool, palette: Palette) -> list[Piece]:
    if is_running:
        return [(" under way… ", palette.warn)]
    if verdict is None:
        return [(" not rehearsed ", palette.muted)]
    if verdict.survived:
        return [(f" ✓ survived {verdict.seconds:.0f} s ", palette.up)]
    return [(" ✗ FAILED ", palette.halt)]


def step_rows(steps: Sequence[DrillStep], *, width: int, palette: Palette) -> list[Strip]:
    """When, who, what; oldest first, long words on further lines."""
    inks = {"you": palette.strong, "disaster": palette.bad, "engine": palette.up}
    strips = []
    begin = _TIME_WIDTH + 2 + _WHO_WIDTH
    for step in steps:
        parts = wrapped(sanitize(step.text), max(1, width - begin - 1), lines_max=_LINES_EACH_MAX)
        for index, part in enumerate(parts):
            when = f"{step.after_ms / _MS_PER_SECOND:.1f} s" if not index else ""
            who = sanitize(step.who) if not index else ""
            pieces: list[Piece] = [
                (right_in(when, _TIME_WIDTH), palette.muted),
                ("  ", None),
                (left_in(who, _WHO_WIDTH), inks.get(step.who)),
                (part, None),
            ]
            strips.append(line(width, palette.base, pieces))
    return strips


def verdict_rows(
    verdict: DrillVerdict | None, trouble: str, *, width: int, palette: Palette
) -> list[Strip]:
    """How it ended, in a sentence; nothing while it has not."""
    if trouble:
        text, ink = f"no verdict: {trouble}", palette.warn
    elif verdict is None:
        return []
    elif verdict.survived:
        text = (
            "SURVIVED: both journals tell the same fills and the same balances, and every order "
            "was sent once"
        )
        ink = palette.up
    else:
        text, ink = "FAILED: the journals disagree", palette.halt
    parts = wrapped(text, max(1, width - 2), lines_max=_LINES_EACH_MAX)
    return [line(width, palette.base, [(f" {part}", ink)]) for part in parts]
