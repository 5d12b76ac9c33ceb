"""Rows of the settings screen: the list by sections, the marked setting with its help, and a change as a diff."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.strip import Strip

from tui_trader.engine.messages.queries import SettingRow
from tui_trader.engine.settings.limit_table import limits
from tui_trader.engine.values.text import sanitize
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, clipped, left_in, line, wrapped
from tui_trader.widgets.drawing.table import Column, first_row, table
from tui_trader.widgets.settings_board import is_changed, typed_form

LOOSER = "LOOSER"
"""The word that loosens a limit."""
_COLUMNS = (
    Column(title="section", width=9, priority=1),
    Column(title="setting", width=27),
    Column(title="value", width=18, is_flexible=True),
    Column(title="next start", width=12, priority=2),
    Column(title="from", width=14, priority=3),
)
_LABEL_WIDTH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingLine:
    """One setting, and what the next start reads instead, None where that is the same."""

    row: SettingRow
    later: SettingRow | None = None


def setting_table(
    lines: Sequence[SettingLine], cursor: int, *, size: tuple[int, int], palette: Palette
) -> list[Strip]:
    """Settings in their order; a section is named where it begins, and on the first line."""
    width, height = size
    room = max(1, height - 1)
    first = first_row(cursor, len(lines), room)
    shown = lines[first : first + room]
    cells = []
    for place, each in enumerate(shown):
        section = each.row.key.partition(".")[0]
        before = shown[place - 1].row.key.partition(".")[0] if place else ""
        cells.append(_cells(each, "" if section == before else section, palette))
    return table(
        _COLUMNS,
        cells,
        width=width,
        base=palette.base,
        title_style=palette.muted,
        cursor=(cursor - first, palette.cursor),
    )


def _cells(each: SettingLine, section: str, palette: Palette) -> list[Piece]:
    row, later = each.row, each.later
    is_own = is_changed(row)
    return [
        (section, palette.accent),
        (row.key.partition(".")[2], palette.strong if is_own else None),
        (f"{'●' if is_own else ' '} {typed_form(row.value)}", palette.strong if is_own else None),
        ("" if later is None else f"→ {typed_form(later.value)}", palette.warn),
        (source_words(row.source), palette.muted),
    ]


def source_words(source: str) -> str:
    """`config.toml:12` of a path; others as they are."""
    return sanitize(source.rpartition("/")[2])


def effect_words(key: str) -> str:
    """When a change of a setting counts."""
    if key in limits():
        return (
            f"a tighter value counts at once, a looser one after you type {LOOSER}; strategies that run keep "
            "their own pauses"
        )
    if key == "console.theme":
        return "counts at once in this console, and at the next start of the engine for all"
    return "counts at the next start of the engine"


def setting_detail(
    each: SettingLine, *, width: int, lines_max: int, palette: Palette
) -> list[Strip]:
    """Help, what it may be, where it is from, and when a change counts."""
    row, later = each.row, each.later
    told: list[tuple[str, str, bool]] = [("", row.help, False)]
    if row.is_secret:
        told.append(("secret", "never shown, never changed here; it belongs in .env", True))
    elif row.expects:
        told.append(("expects", row.expects, False))
    told.append(("from", f"{source_words(row.source)} · default {typed_form(row.default)}", False))
    if later is not None:
        text = f"{typed_form(later.value)} from {source_words(later.source)}, at the next start"
        told.append(("waiting", text, True))
    elif not row.is_secret:
        told.append(("change", effect_words(row.key), False))
    strips: list[Strip] = []
    for label, text, is_loud in told:
        indent = _LABEL_WIDTH if label else 0
        parts = wrapped(sanitize(text), max(1, width - indent - 2), lines_max=2)
        for place, part in enumerate(parts):
            head = left_in(label if not place else "", indent)
            pieces: list[Piece] = [
                (f" {head}", palette.muted),
                (part, palette.warn if is_loud else None),
            ]
            strips.append(line(width, palette.base, pieces))
    return strips[:lines_max]


def edit_rows(text: str, fault: str, *, is_busy: bool, width: int, palette: Palette) -> list[Strip]:
    """The field, and what is wrong with what is in it."""
    label = "new value "
    room = max(4, width - len(label) - 3)
    shown = text if len(text) < room - 1 else f"…{text[-room + 3 :]}"
    field: list[Piece] = [
        (f" {label}", palette.strong),
        (left_in(f" {shown}▏", room), palette.field),
    ]
    said = (
        "checking…" if is_busy else "Enter checks it and shows the change · Esc leaves it as it is"
    )
    strips = [line(width, palette.base, field)]
    for part in wrapped(sanitize(fault), max(1, width - 2), lines_max=2) if fault else [said]:
        ink = palette.warn if fault else palette.muted
        strips.append(line(width, palette.base, [(f" {part}", ink)]))
    return strips


def diff_pieces(diff: Sequence[str], *, width: int, palette: Palette) -> list[list[Piece]]:
    """Lines of a diff: signs say what colours say."""
    rows: list[list[Piece]] = []
    for raw in diff:
        text = sanitize(raw)
        if text.startswith("@@"):
            continue
        ink = {"+": palette.up, "-": palette.down}.get(text[:1], palette.muted)
        rows.append([(clipped(text or " ", width), ink)])
    return rows
