"""Colours that can be read, and told apart by everybody."""

import itertools

import pytest

from tests.widgets.seeing import contrast, difference
from tui_trader.themes import THEMES, palette_of

COLOURED = [name for name in THEMES if name != "none"]
INKS = ("plain", "strong", "muted", "accent", "own", "up", "down", "bid", "ask", "warn", "bad")
GROUNDS = ("base", "bar", "head", "cursor", "field", "underline", "box")
CHIPS = ("halt", "active", "demo", "paper", "live")
# What must never be taken for one another, as inks and as grounds.
OPPOSITES = [
    ("up", "down"),
    ("bid", "ask"),
    ("bid_bar", "ask_bar"),
    ("up", "warn"),
    ("down", "warn"),
]
MODES = list(itertools.combinations(("demo", "paper", "live"), 2))
APART_MIN = 20


@pytest.mark.parametrize("name", COLOURED)
def test_every_ink_can_be_read_on_every_ground(name):
    palette, least = palette_of(name), 7.0 if name == "contrast" else 4.5
    inks = {ink: getattr(palette, ink) for ink in INKS}
    inks |= {f"line {number}": style for number, style in enumerate(palette.lines)}
    found = {
        (ink, ground): round(contrast(style.color, getattr(palette, ground).bgcolor), 2)
        for ink, style in inks.items()
        for ground in GROUNDS
    }
    found |= {
        (chip, chip): contrast(getattr(palette, chip).color, getattr(palette, chip).bgcolor)
        for chip in CHIPS
    }
    assert not {pair: ratio for pair, ratio in found.items() if ratio < least}


@pytest.mark.parametrize("eyes", ["everybody", "protanopia", "deuteranopia"])
def test_opposites_are_two_colours_for_every_eye(eyes):
    palette = palette_of("colour-blind")
    near = {
        (one, other): round(difference(_ink(palette, one), _ink(palette, other), eyes=eyes))
        for one, other in OPPOSITES
    }
    near |= {
        (one, other): round(
            difference(getattr(palette, one).bgcolor, getattr(palette, other).bgcolor, eyes=eyes)
        )
        for one, other in MODES
    }
    assert not {pair: apart for pair, apart in near.items() if apart < APART_MIN}


def test_red_and_green_of_the_dark_theme_are_the_reason_for_another_one():
    palette = palette_of("dark")
    assert difference(palette.up.color, palette.down.color, eyes="deuteranopia") < APART_MIN


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("up", "down"),
        ("bid", "ask"),
        ("bid_bar", "ask_bar"),
        ("demo", "live"),
        ("paper", "live"),
        ("muted", "strong"),
        ("cursor", "base"),
        ("active", "head"),
        ("bad", "warn"),
    ],
)
def test_without_colours_an_attribute_parts_what_has_no_word_of_its_own(one, other):
    palette = palette_of("none")
    marks = [getattr(palette, name).without_color for name in (one, other)]
    assert marks[0] != marks[1]


def _ink(palette, name):
    return getattr(palette, name).color
