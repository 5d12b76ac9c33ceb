"""The difference of two frames brings any terminal to the second one."""

import random

import pyte
import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui_trader.widgets.drawing.frame_diff import FrameDiff

WIDTH, HEIGHT = 40, 8
STYLES = [
    Style.parse(text)
    for text in (
        "",
        "red",
        "bold red",
        "#2ebd85 on #0d1117",
        "white on red",
        "italic",
        "on blue",
        "underline",
        "reverse red",
    )
]
TEXTS = ("abc", "a  b", "·", "▁▂▃", "日本", "    ", "64,130.4", "x")


def strip_of(chance: random.Random) -> Strip:
    segments, width = [], 0
    while width < WIDTH:
        segment = Segment(chance.choice(TEXTS), chance.choice(STYLES))
        segments.append(segment)
        width += segment.cell_length
    return Strip(segments).crop(0, WIDTH)


def cells(screen: pyte.Screen):
    return [[seen(screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


def seen(char):
    """Of a blank without a line nobody sees more than what is behind it."""
    if char.data == " " and not (char.underscore or char.reverse or char.strikethrough):
        return " ", char.bg
    return char


def shown_by(*outputs: str):
    screen = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(screen)
    for output in outputs:
        stream.feed(output)
    return cells(screen)


def render(diff: FrameDiff, pieces) -> str:
    return diff.render(pieces, ColorSystem.TRUECOLOR)


@pytest.mark.parametrize("seed", range(20))
def test_differences_end_in_the_same_screen_as_whole_frames(seed):
    chance = random.Random(seed)
    diff, outputs = FrameDiff(), []
    rows = [strip_of(chance) for _ in range(HEIGHT)]
    for _ in range(12):
        for y in range(HEIGHT):
            if chance.random() < 0.4:
                rows[y] = strip_of(chance)
        # The same rows in other cuts each time, as when a dialog comes and goes.
        cut = chance.randrange(1, WIDTH)
        pieces = [
            piece
            for y, row in enumerate(rows)
            for piece in ((y, 0, row.crop(0, cut)), (y, cut, row.crop(cut, WIDTH)))
        ]
        outputs.append(render(diff, pieces))
    whole = render(FrameDiff(), pieces)
    assert shown_by(*outputs) == shown_by(whole)


def test_unchanged_frame_costs_nothing():
    diff = FrameDiff()
    row = Strip([Segment("price 64,130.4", STYLES[3])])
    assert render(diff, [(0, 0, row)])
    assert render(diff, [(0, 0, row)]) == ""
    assert render(diff, [(0, 0, Strip([Segment("price 64,130.4", STYLES[3])]))]) == ""


def test_one_changed_digit_costs_one_digit():
    diff = FrameDiff()
    render(diff, [(2, 5, Strip([Segment("64,130.4", STYLES[1])]))])
    output = render(diff, [(2, 5, Strip([Segment("64,130.5", STYLES[1])]))])
    assert output == "\x1b[3;13H\x1b[31m5\x1b[0m"


def test_forgotten_frame_is_sent_whole():
    diff = FrameDiff()
    row = Strip([Segment("abc")])
    render(diff, [(0, 0, row)])
    diff.forget()
    assert "abc" in render(diff, [(0, 0, row)])


def test_strip_that_was_covered_is_sent_again():
    diff = FrameDiff()
    below, dialog = Strip([Segment("abcdef")]), Strip([Segment("XY")])
    first = render(diff, [(0, 0, below)])
    second = render(diff, [(0, 2, dialog)])
    third = render(diff, [(0, 0, below)])
    assert shown_by(first, second, third) == shown_by(first)
