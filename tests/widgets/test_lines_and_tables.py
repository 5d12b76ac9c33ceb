import pytest
from rich.cells import cell_len
from rich.style import Style

from tui_trader.themes import THEMES, palette_of
from tui_trader.widgets.drawing.lines import clipped, left_in, line, right_in, wrapped
from tui_trader.widgets.drawing.table import Column, fitting, table

PALETTE = palette_of("dark")


@pytest.mark.parametrize("width", [0, 1, 5, 11, 12, 40])
def test_line_is_exactly_as_wide_as_asked(width):
    strip = line(width, PALETTE.base, [("left side", None)], right=[("右", PALETTE.up)])
    assert strip.cell_length == width
    assert sum(segment.cell_length for segment in strip) == width


def test_every_cell_of_a_line_has_the_background():
    strip = line(20, PALETTE.base, [("ab", PALETTE.up)], right=[("c", None)])
    assert {segment.style.bgcolor for segment in strip} == {PALETTE.base.bgcolor}


def test_cut_text_ends_in_an_ellipsis():
    assert clipped("abcdef", 4) == "abc…"
    assert clipped("abc", 4) == "abc"
    assert clipped("日本語", 4) == "日 …"
    assert clipped("abc", 0) == ""


def test_text_is_set_flush_left_and_right():
    assert left_in("ab", 4) == "ab  "
    assert right_in("ab", 4) == "  ab"
    assert right_in("abcdef", 4) == "abc…"


def test_wrapping_keeps_words_and_marks_what_is_left_out():
    assert wrapped("one two three", 7, lines_max=3) == ["one two", "three"]
    assert wrapped("one two three four", 7, lines_max=2) == ["one two", "three …"]
    assert wrapped("", 7, lines_max=2) == [""]


COLUMNS = (
    Column(title="pair", width=8),
    Column(title="mark", width=8, is_right=True, priority=2),
    Column(title="pnl", width=8, is_right=True, priority=1),
)


def test_columns_leave_by_priority_when_it_is_narrow():
    assert fitting(COLUMNS, 28)[0] == [0, 1, 2]
    assert fitting(COLUMNS, 27)[0] == [0, 2]
    assert fitting(COLUMNS, 9)[0] == [0]
    assert fitting(COLUMNS, 1)[0] == [0]


def test_rows_of_a_table_line_up_and_the_cursor_is_a_glyph_too():
    rows = [
        [("BTC", None), ("1", None), ("+2", None)],
        [("ETH", None), ("10", None), ("-20", None)],
    ]
    strips = table(
        COLUMNS,
        rows,
        width=30,
        base=PALETTE.base,
        title_style=PALETTE.muted,
        cursor=(1, PALETTE.cursor),
    )
    assert [strip.text for strip in strips] == [
        " pair          mark       pnl ",
        " BTC              1        +2 ",
        "▸ETH             10       -20 ",
    ]


@pytest.mark.parametrize("name", [*THEMES, "of some other program"])
def test_every_theme_has_a_colour_for_every_meaning(name):
    palette = palette_of(name)
    plain = set(palette.__slots__) - {"name", "lines"}
    styles = [*(getattr(palette, field) for field in plain), *palette.lines]
    assert all(isinstance(style, Style) for style in styles)
    assert palette.signed(1) == palette.up
    assert palette.signed(-1) == palette.down
    assert palette.signed(0) == palette.signed(None) == palette.muted


@pytest.mark.parametrize(
    "text",
    ["\x1b]52;c;eA==\x07", "\x9b31mred", "a\u202eb\u200b", "tab\tline\nfeed\r", "\x7f\x00"],
)
def test_nothing_a_terminal_would_obey_leaves_a_line(text):
    strip = line(30, PALETTE.base, [(text, None)], right=[(text, None)])
    assert strip.text.isprintable()
    assert strip.cell_length == 30
    assert sum(cell_len(char) for char in strip.text) == 30


def test_width_of_a_line_is_the_sum_of_its_characters():
    strip = line(12, PALETTE.base, [("❤\ufe0f1\ufe0f漢字 e\u0301", None)])
    assert sum(cell_len(char) for char in strip.text) == strip.cell_length == 12
