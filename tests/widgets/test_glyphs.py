"""ASCII for terminals that have nothing else."""

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from tui_trader.widgets.drawing.glyphs import ascii_text, glyphs_for
from tui_trader.widgets.looks import AsciiOnly


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("▲+1.20%", "^+1.20%"),
        ("┌─ STOP ─┐", "+- STOP -+"),
        ("▁▂▃▄▅▆▇█", "_.-:=+*#"),
        ("64,1…", "64,1~"),
        ("⠀⠁⣀⣿", " '_:"),
        ("café", "cafe"),
        ("日本", "????"),
        ("plain", "plain"),
    ],
)
def test_glyphs_have_a_sign_that_says_the_same(text, shown):
    assert ascii_text(text) == shown


def test_every_character_keeps_its_width():
    every = (
        chr(code) for code in (*range(32, 127), *range(0xA1, 0x3000), *range(0x1F300, 0x1F700))
    )
    wrong = [char for char in every if len(ascii_text(char)) != cell_len(char)]
    assert not wrong


def test_up_and_down_bid_and_ask_stay_two_signs():
    for one, other in ("▲▼", "▴▾", "▸◂", "✓✗", "●○", "█▁"):
        assert ascii_text(one) != ascii_text(other)


def test_filter_leaves_styles_and_ascii_as_they_are():
    plain, arrow = Segment("a", Style(bold=True)), Segment("▲", Style(color="red"))
    filtered = AsciiOnly().apply([plain, arrow], Color(0, 0, 0))
    assert filtered[0] is plain
    assert filtered[1] == Segment("^", Style(color="red"))


@pytest.mark.parametrize(
    ("wish", "environment", "glyphs"),
    [
        ("full", {"TERM": "linux", "LANG": "C"}, "full"),
        ("ascii", {"TERM": "xterm", "LANG": "C.UTF-8"}, "ascii"),
        ("auto", {"TERM": "xterm-256color", "LANG": "en_US.UTF-8"}, "full"),
        ("auto", {"TERM": "xterm-256color", "LANG": "de_DE.utf8"}, "full"),
        ("auto", {"TERM": "xterm-256color", "LC_ALL": "C", "LANG": "en_US.UTF-8"}, "ascii"),
        ("auto", {"TERM": "xterm-256color", "LANG": "de_DE.ISO-8859-1"}, "ascii"),
        ("auto", {"TERM": "linux", "LANG": "en_US.UTF-8"}, "ascii"),
        ("auto", {"TERM": "vt100"}, "ascii"),
        ("auto", {"TERM": "xterm-256color"}, "full"),
        ("auto", {"TERM": "xterm-256color", "LC_ALL": "", "LANG": "C.UTF-8"}, "full"),
    ],
)
def test_glyphs_go_by_the_wish_else_by_locale_and_terminal(wish, environment, glyphs):
    assert glyphs_for(wish, environment) == glyphs
