"""The status bar: mode, venue, feeds, money, orders, pulse and clock, the least needed giving way."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from rich.style import Style
from textual.strip import Strip

from tui_trader.engine.values.modes import Mode
from tui_trader.engine.values.time import format_clock
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, line, pieces_width
from tui_trader.widgets.drawing.numbers import amount, percent, signed

_MS_PER_BEAT = 1_000
_WIDE_ENOUGH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPicture:
    """What the status bar says.

    Args:
        feed: `feed ok`, or what is wrong with which feed.
        is_feed_ok: Whether `feed` is good news.
        engine_silence_s: Whole seconds without a pulse once that is too long, else `None`.
        day_ratio: Change of the day as a ratio of the equity it began with.
        now_ms: Of the clock.
        armed_s: Live mode: seconds for which trading keys act; `None` while they sleep.
        is_old: Prices are not current, and so neither is what is counted with them.
        link: Round trip and traffic of the line to the terminal; empty while unknown.
    """

    mode: Mode | None
    venue: str
    feed: str
    is_feed_ok: bool
    is_attached: bool
    engine_silence_s: int | None
    is_halted: bool
    is_read_only: bool
    equity: Decimal | None
    quote: str
    day_pnl: Decimal | None
    day_ratio: float | None
    open_orders: int
    unknown_orders: int
    now_ms: int
    is_old: bool = False
    armed_s: int | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class _Part:
    """One group of pieces; the highest `rank` leaves first when there is no room."""

    rank: int
    pieces: list[Piece]
    gap: str = "  "


def status_line(picture: StatusPicture, *, width: int, palette: Palette) -> Strip:
    """One strip of exactly `width` cells."""
    left = [_mode(picture, palette), _halted(picture, palette)]
    left += [_Part(9, [(picture.venue, palette.muted)]), _feed(picture, palette)]
    right = [_engine(picture, palette), _equity(picture, palette), _unit(picture, palette)]
    right += [_day(picture, palette), _day_percent(picture, palette)]
    right += [_orders(picture, palette), _link(picture, palette)]
    right += [_clock(picture, palette, width=width)]
    parts = [part for part in (*left, *right) if part.pieces]
    while len(parts) > 1 and _total(parts) > width:
        parts.remove(max(parts, key=lambda part: part.rank))
    base = palette.bar
    return line(
        width,
        base,
        _joined(part for part in left if part in parts),
        right=_joined(part for part in right if part in parts),
    )


def _total(parts: list[_Part]) -> int:
    return sum(pieces_width(part.pieces) + len(part.gap) for part in parts) + 1


def _joined(parts: Iterable[_Part]) -> list[Piece]:
    pieces: list[Piece] = []
    for part in parts:
        if pieces:
            pieces.append((part.gap, None))
        pieces += part.pieces
    return pieces


_SIGNS = {Mode.DEMO: " {} ", Mode.PAPER: "( {} )", Mode.LIVE: "[[ {} ]]"}
"""Modes differ by their brackets too: at a glance, and without colours."""


def mode_chip(mode: Mode | None, palette: Palette) -> Piece:
    """The mode as a word on its colour."""
    if mode is None:
        return (" … ", palette.bar)
    chip = {Mode.DEMO: palette.demo, Mode.PAPER: palette.paper, Mode.LIVE: palette.live}[mode]
    return (_SIGNS[mode].format(mode.name), chip)


def _mode(picture: StatusPicture, palette: Palette) -> _Part:
    pieces = [mode_chip(picture.mode, palette)]
    if picture.mode is Mode.LIVE:
        pieces.append((" real money", palette.bad))
        if picture.armed_s is None:
            pieces.append((" not armed", palette.muted))
        else:
            minutes, seconds = divmod(picture.armed_s, 60)
            pieces.append((f" ARMED {minutes}:{seconds:02}", palette.warn))
    if picture.is_read_only:
        pieces.append((" read-only", palette.warn))
    return _Part(0, pieces)


def _halted(picture: StatusPicture, palette: Palette) -> _Part:
    return _Part(1, [(" HALTED ", palette.halt)] if picture.is_halted else [])


def _feed(picture: StatusPicture, palette: Palette) -> _Part:
    if not picture.is_attached:
        return _Part(3, [])
    ink = palette.muted if picture.is_feed_ok else palette.bad
    return _Part(7 if picture.is_feed_ok else 2, [(picture.feed, ink)])


def _engine(picture: StatusPicture, palette: Palette) -> _Part:
    if not picture.is_attached:
        return _Part(2, [("no engine", palette.bad)])
    if picture.engine_silence_s is not None:
        return _Part(2, [(f"engine silent {picture.engine_silence_s}s", palette.bad)])
    return _Part(0, [])


def _ink(picture: StatusPicture, palette: Palette, ink: Style) -> Style:
    return palette.muted if picture.is_old else ink


def _equity(picture: StatusPicture, palette: Palette) -> _Part:
    return _Part(
        4,
        [
            ("equity ", palette.muted),
            (amount(picture.equity), _ink(picture, palette, palette.strong)),
        ],
    )


def _unit(picture: StatusPicture, palette: Palette) -> _Part:
    has_unit = picture.equity is not None
    return _Part(8, [(picture.quote, palette.muted)] if has_unit else [], gap=" ")


def _day(picture: StatusPicture, palette: Palette) -> _Part:
    ink = _ink(picture, palette, palette.signed(picture.day_pnl))
    return _Part(1, [("day ", palette.muted), (signed(picture.day_pnl), ink)])


def _day_percent(picture: StatusPicture, palette: Palette) -> _Part:
    if picture.day_ratio is None:
        return _Part(8, [])
    ink = _ink(picture, palette, palette.signed(picture.day_ratio))
    return _Part(8, [(percent(picture.day_ratio * 100), ink)], gap=" ")


def _orders(picture: StatusPicture, palette: Palette) -> _Part:
    pieces: list[Piece] = [("orders ", palette.muted), (str(picture.open_orders), palette.strong)]
    if picture.unknown_orders:
        pieces.append((f" {picture.unknown_orders} UNKNOWN ", palette.halt))
    return _Part(2 if picture.unknown_orders else 5, pieces)


def _link(picture: StatusPicture, palette: Palette) -> _Part:
    pieces: list[Piece] = [("link ", palette.muted), (picture.link, palette.muted)]
    return _Part(10, pieces if picture.link else [])


def _clock(picture: StatusPicture, palette: Palette, *, width: int) -> _Part:
    is_alive = picture.is_attached and picture.engine_silence_s is None
    # The pulse beats with the clock's own repaint, so that a quiet second costs one small write.
    beat = "●" if picture.now_ms // _MS_PER_BEAT % 2 == 0 else "○"
    pulse = (beat, palette.up) if is_alive else ("✗", palette.bad)
    zone = " UTC" if width >= _WIDE_ENOUGH else "Z"
    clock = f" {format_clock(picture.now_ms)}{zone} "
    return _Part(6 if is_alive else 3, [pulse, (clock, palette.muted)])
