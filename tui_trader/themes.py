"""Colours by meaning: the themes, and the palette that drawing functions paint with.

Law: drawing code names what a thing means (`up`, `warn`, `halt`), never a colour. Every meaning is
also carried by a word, a sign or a glyph, so that a screen without colours says the same. Every text
stands out from whatever it may stand on: 4.5 to 1 at least, 7 to 1 in high contrast (WCAG 2.2, 1.4.3).

The colours are chosen to stay apart on terminals of 256 colours too: there, a nearly grey tone (less
than 15 % saturated) lands on the grey ramp, any other on a cube with steps of 95, 135, 175, 215, 255.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from rich.style import Style
from textual.theme import Theme

THEME_DARK: Final = Theme(
    name="dark",
    primary="#58a6ff",
    foreground="#c9d1d9",
    background="#101214",
    surface="#1a1c1f",
    panel="#24272b",
    accent="#58a6ff",
    warning="#e3b341",
    error="#ff7070",
    success="#2ebd70",
    dark=True,
    variables={
        "up": "#2ebd70",
        "down": "#ff6b6b",
        "bid": "#2ebd70",
        "ask": "#ff6b6b",
        "bid-bar": "#1a5c2d",
        "ask-bar": "#732a2e",
        "warn": "#e3b341",
        "halt": "#ffffff",
        "halt-back": "#b3121d",
        "strong": "#f0f6fc",
        "muted": "#98a1ab",
        "faint": "#444c56",
        "own": "#79c0ff",
        "head-back": "#24272b",
        "active": "#f0f6fc",
        "active-back": "#1f4a80",
        "cursor-back": "#1f2d4d",
        "field-back": "#2c3035",
        "demo": "#101214",
        "demo-back": "#58a6ff",
        "paper": "#101214",
        "paper-back": "#e3b341",
        "live": "#ffffff",
        "live-back": "#d1242f",
        "line-1": "#d7af5f",
        "line-2": "#5fafd7",
        "line-3": "#b592dc",
        "line-4": "#5fd7af",
        "line-5": "#d787af",
    },
)

THEME_LIGHT: Final = Theme(
    name="light",
    primary="#0958c0",
    foreground="#1f2328",
    background="#ffffff",
    surface="#f4f5f6",
    panel="#e8e9eb",
    accent="#0958c0",
    warning="#7a5200",
    error="#b3161f",
    success="#116329",
    dark=False,
    variables={
        "up": "#116329",
        "down": "#b3161f",
        "bid": "#116329",
        "ask": "#b3161f",
        "bid-bar": "#8fd6a5",
        "ask-bar": "#f5a8a8",
        "warn": "#7a5200",
        "halt": "#ffffff",
        "halt-back": "#cf222e",
        "strong": "#000000",
        "muted": "#57606a",
        "faint": "#afb8c1",
        "own": "#0550ae",
        "head-back": "#e8e9eb",
        "active": "#ffffff",
        "active-back": "#0958c0",
        "cursor-back": "#d0e4fb",
        "field-back": "#e8e9eb",
        "demo": "#ffffff",
        "demo-back": "#0958c0",
        "paper": "#ffffff",
        "paper-back": "#7a5200",
        "live": "#ffffff",
        "live-back": "#cf222e",
        "line-1": "#7a5500",
        "line-2": "#005faf",
        "line-3": "#5f00af",
        "line-4": "#006b48",
        "line-5": "#af005f",
    },
)

THEME_CONTRAST: Final = Theme(
    name="contrast",
    primary="#8fdcff",
    foreground="#ffffff",
    background="#000000",
    surface="#1c1c1c",
    panel="#1c1c1c",
    accent="#8fdcff",
    warning="#ffe066",
    error="#ffb0b0",
    success="#5fff87",
    dark=True,
    variables={
        "up": "#5fff87",
        "down": "#ffb0b0",
        "bid": "#5fff87",
        "ask": "#ffb0b0",
        "bid-bar": "#1f9e46",
        "ask-bar": "#d45454",
        "warn": "#ffe066",
        "halt": "#ffffff",
        "halt-back": "#8b0000",
        "strong": "#ffffff",
        "muted": "#d8d8d8",
        "faint": "#949494",
        "own": "#8fdcff",
        "head-back": "#2a2a2a",
        "active": "#000000",
        "active-back": "#ffffff",
        "cursor-back": "#002b5c",
        "field-back": "#2a2a2a",
        "demo": "#000000",
        "demo-back": "#8fdcff",
        "paper": "#000000",
        "paper-back": "#ffe066",
        "live": "#ffffff",
        "live-back": "#8b0000",
        "line-1": "#ffd787",
        "line-2": "#87d7ff",
        "line-3": "#e5b8ff",
        "line-4": "#87ffd7",
        "line-5": "#ffafd7",
    },
)

THEME_COLOUR_BLIND: Final = replace(
    THEME_DARK,
    name="colour-blind",
    error="#ff9a4d",
    warning="#fff3a0",
    success="#56b4e9",
    variables={
        **THEME_DARK.variables,
        "up": "#56b4e9",
        "down": "#f28c28",
        "bid": "#56b4e9",
        "ask": "#f28c28",
        "bid-bar": "#1d4e73",
        "ask-bar": "#7a4510",
        "warn": "#fff3a0",
        "halt-back": "#a33f00",
        "own": "#a8e0ff",
        "demo-back": "#56b4e9",
        "paper-back": "#fff3a0",
        "live-back": "#a33f00",
        "line-1": "#f0e442",
        "line-2": "#ffffff",
        "line-3": "#e58fbf",
        "line-4": "#6fd3b0",
        "line-5": "#9db4ff",
    },
)
"""Blue and orange, after Okabe and Ito: apart for every kind of colour vision, and in brightness."""

THEME_NONE: Final = replace(
    THEME_DARK,
    name="none",
    error="#ffffff",
    variables={
        **THEME_DARK.variables,
        "up": "#ffffff",
        "down": "#9a9a9a",
        "bid": "#ffffff",
        "ask": "#9a9a9a",
        "bid-bar": "#6e6e6e",
        "ask-bar": "#4a4a4a",
        "warn": "#ffffff",
        "halt": "#000000",
        "halt-back": "#ffffff",
        "demo-back": "#c0c0c0",
        "paper-back": "#c0c0c0",
        "live": "#000000",
        "live-back": "#ffffff",
        "line-1": "#d0d0d0",
        "line-2": "#a8a8a8",
        "line-3": "#ffffff",
        "line-4": "#808080",
        "line-5": "#c0c0c0",
    },
)
"""For terminals that are to show no colour: `palette_of` adds bold, dim, reverse and underline, and only these are sent."""

THEMES: Final = {
    theme.name: theme
    for theme in (THEME_DARK, THEME_LIGHT, THEME_CONTRAST, THEME_COLOUR_BLIND, THEME_NONE)
}
"""In the order in which a key goes through them."""

_WITHOUT_COLOURS: Final = {
    "strong": Style(bold=True),
    "muted": Style(dim=True),
    "faint": Style(dim=True),
    "own": Style(bold=True),
    "up": Style(bold=True),
    "ask": Style(dim=True),
    "ask_bar": Style(dim=True),
    "warn": Style(bold=True),
    "bad": Style(bold=True, underline=True),
    "halt": Style(bold=True, reverse=True),
    "head": Style(bold=True, underline=True),
    "active": Style(bold=True, reverse=True),
    "cursor": Style(reverse=True),
    "field": Style(underline=True),
    "demo": Style(reverse=True, bold=False),
    "paper": Style(reverse=True, bold=False),
    "live": Style(bold=True, reverse=True),
}
"""What a terminal without colours has instead, by meaning."""

LINE_COLOURS: Final = 5
"""Lines over a chart that have a colour each; a sixth begins again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """One style for each meaning (`lines`: what is told apart only); every style but the chips leaves the background to its row."""

    name: str
    base: Style
    plain: Style
    strong: Style
    muted: Style
    faint: Style
    accent: Style
    own: Style
    up: Style
    down: Style
    bid: Style
    ask: Style
    bid_bar: Style
    ask_bar: Style
    warn: Style
    bad: Style
    halt: Style
    bar: Style
    head: Style
    active: Style
    cursor: Style
    field: Style
    underline: Style
    box: Style
    lines: tuple[Style, ...]
    demo: Style
    paper: Style
    live: Style

    def signed(self, value: Decimal | float | None) -> Style:
        """`up` for a number above zero, `down` below, `muted` for zero and for unknown."""
        if not value:
            return self.muted
        return self.up if value > 0 else self.down


def palette_of(theme_name: str) -> Palette:
    """Palette of a theme of ours; the dark one for a name that is none of them."""
    theme = THEMES.get(theme_name, THEME_DARK)
    colour = theme.variables

    def ink(name: str, *, bold: bool = False) -> Style:
        return Style(color=colour[name], bold=bold or None)

    def chip(name: str, *, bold: bool = True) -> Style:
        return Style(color=colour[name], bgcolor=colour[f"{name}-back"], bold=bold or None)

    palette = Palette(
        name=theme.name,
        base=Style(color=theme.foreground, bgcolor=theme.background),
        plain=Style(color=theme.foreground),
        strong=ink("strong", bold=True),
        muted=ink("muted"),
        faint=ink("faint"),
        accent=Style(color=theme.accent),
        own=ink("own", bold=True),
        up=ink("up"),
        down=ink("down"),
        bid=ink("bid"),
        ask=ink("ask"),
        bid_bar=ink("bid-bar"),
        ask_bar=ink("ask-bar"),
        warn=ink("warn"),
        bad=Style(color=theme.error, bold=True),
        halt=chip("halt"),
        bar=Style(color=theme.foreground, bgcolor=colour["head-back"]),
        head=Style(color=colour["muted"], bgcolor=colour["head-back"], bold=True),
        active=chip("active"),
        cursor=Style(bgcolor=colour["cursor-back"]),
        field=Style(color=colour["strong"], bgcolor=colour["field-back"]),
        underline=Style(bgcolor=theme.surface),
        box=Style(color=theme.foreground, bgcolor=theme.surface),
        lines=tuple(ink(f"line-{number}") for number in range(1, LINE_COLOURS + 1)),
        demo=chip("demo"),
        paper=chip("paper"),
        live=chip("live"),
    )
    if theme is not THEME_NONE:
        return palette
    marked = {name: getattr(palette, name) + mark for name, mark in _WITHOUT_COLOURS.items()}
    return replace(palette, **marked)
