"""The boxes of the command line, palette, jumps and help: whole at every size, without an app."""

import pytest

from tests.screens import scripted
from tests.screens.scripted import NOW_MS, ScriptedClient
from tui_trader.actions import TABS, Group, Where
from tui_trader.screens.command_line import CommandLine
from tui_trader.screens.help import HelpScreen
from tui_trader.screens.jumping import JumpDialog, jump_letters
from tui_trader.screens.palette import PaletteDialog, entries
from tui_trader.screens.sentence_meaning import Reader
from tui_trader.themes import palette_of
from tui_trader.widgets import scene_feed
from tui_trader.widgets.scene import Scene

SIZES = [(78, 17), (118, 29), (198, 53), (40, 8)]
PALETTE = palette_of("dark")


def scene():
    made = Scene(now_ms=NOW_MS, heard_ms=NOW_MS)
    scene_feed.take_welcome(made, ScriptedClient(scripted.traded()).welcome)
    made.setting_keys = ("risk.daily_loss_max_percent",)
    return made


def command_line(text):
    made = scene()
    reader = Reader(made, Where.DESK, lambda: "id")
    return CommandLine(reader.understood, reader.words, made.commands, text=text)


BOXES = {
    "empty line": lambda: command_line(""),
    "trade": lambda: command_line("buy btc 0.5% @mid-10 sl 1.2%"),
    "fault": lambda: command_line("buy btcc 1"),
    "long": lambda: command_line("buy btc " + "1" * 180),
    "palette": lambda: PaletteDialog(entries(scene(), Where.DESK)),
    "jump": lambda: JumpDialog(TABS, {1: "watch", 2: "chart"}),
    "help": lambda: HelpScreen(Where.DESK, scene().keys),
}


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", BOXES)
def test_boxes_fill_their_width_and_never_more_than_their_height(name, size):
    width, height = size
    strips = BOXES[name]().draw(width, height, PALETTE)
    assert {strip.cell_length for strip in strips} == {width}
    if name != "jump":
        assert len(strips) <= max(height, 8)


@pytest.mark.parametrize("width", [78, 118, 198])
def test_the_mark_stands_below_the_word_to_blame(width):
    strips = [strip.text for strip in command_line("buy btcc 1").draw(width, 17, PALETTE)]
    line = next(text for text in strips if ":buy" in text)
    mark = strips[strips.index(line) + 1]
    assert mark.index("^") == line.index("btcc")
    assert mark.count("^") == len("btcc")


def test_an_echo_says_that_nothing_is_sent_yet():
    text = " ".join(
        strip.text for strip in command_line("sell btc all post @ask").draw(78, 17, PALETTE)
    )
    assert "SELL 0.03 BTC/USD limit 64130.5, post-only" in text
    assert "nothing is sent yet" in " ".join(text.replace("│", " ").split())


def test_the_palette_has_every_screen_pair_theme_setting_and_order():
    lines = [entry.line for entry in entries(scene(), Where.DESK)]
    assert [f"screen {tab.name}" in lines for tab in TABS] == [True] * len(TABS)
    for line in ("pair btc/usd", "theme dark", "tf 4h", "close btc/usd", "ticket-buy"):
        assert line in lines
    assert "set risk.daily_loss_max_percent " in lines


def test_every_line_of_the_palette_is_understood():
    made = scene()
    for where in (tab.where for tab in TABS):
        reader = Reader(made, where, lambda: "id")
        for entry in entries(made, where):
            if not entry.is_begun and entry.action is None:
                reader.understood(entry.line)


def test_every_screen_has_a_letter_and_none_is_g():
    letters = jump_letters(TABS)
    assert len(letters) == len(TABS)
    assert "g" not in letters
    assert letters["d"].name == "desk"


def test_help_begins_with_safety_and_goes_on_with_the_keys_of_the_screen():
    second = set()
    for tab in TABS:
        strips = HelpScreen(tab.where, scene().keys).draw(96, 40, PALETTE)
        names = {group.value.upper() for group in Group}
        heads = [text for strip in strips if (text := strip.text.strip("│ ")) in names]
        assert heads[0] == "SAFETY"
        second.add(heads[1])
    assert "SCREENS" not in second
    assert len(second) > len(TABS) - 3
