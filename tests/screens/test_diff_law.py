"""The law of the differences: what the terminal shows is, cell by cell, what Textual's own updates show."""

import random
from decimal import Decimal
from importlib import metadata

import pyte
import pytest
from rich.color import ColorSystem
from textual._compositor import CompositorUpdate, LayoutUpdate
from textual.geometry import Region

from tests.screens import scripted
from tests.screens.console_driver import console, ready, until
from tests.screens.scripted import PAIRS, ScriptedClient
from tests.screens.states import client_in
from tui_trader.actions import TABS
from tui_trader.app import TraderApp
from tui_trader.widgets import diffed_display
from tui_trader.widgets.diffed_display import DiffedDisplay

COLUMNS, ROWS = 100, 30
SMALLER = (86, 25)


class TwoTerminals(DiffedDisplay):
    """Sends each update to one terminal as it is, to another as a difference, and compares."""

    def __init__(self, console) -> None:
        super().__init__()
        self.console = console
        self.stock_bytes = self.sent_bytes = self.frames = 0
        self.resize(COLUMNS, ROWS)

    def resize(self, columns: int, rows: int) -> None:
        self.size = columns, rows
        self.screens = [pyte.Screen(columns, rows) for _ in range(2)]
        self.streams = [pyte.Stream(screen) for screen in self.screens]
        for stream in self.streams:
            # As Textual's driver sets a terminal up: no wrapping at the right edge.
            stream.feed("\x1b[?7l")

    def diffed(self, update):
        difference = super().diffed(update)
        if isinstance(update, CompositorUpdate):
            texts = [each.render_segments(self.console) for each in (update, difference)]
            for stream, text in zip(self.streams, texts, strict=True):
                stream.feed(text)
            self.frames += 1
            self.stock_bytes += len(texts[0].encode())
            self.sent_bytes += len(texts[1].encode())
        return difference

    def is_same(self) -> bool:
        stock, sent = (self._cells(screen) for screen in self.screens)
        return stock == sent

    async def compare(self) -> None:
        """At rest: of a row that is dirty in part a difference shows the rest a frame sooner."""
        await until(self.is_same)

    def _cells(self, screen: pyte.Screen):
        columns, rows = self.size
        return {(y, x): _seen(screen.buffer[y][x]) for y in range(rows) for x in range(columns)}


def _seen(cell):
    if cell.data == " " and not (cell.underscore or cell.reverse or cell.strikethrough):
        # Of a blank nobody sees more than what is behind it.
        return " ", cell.bg
    return cell


def two_terminals(app: TraderApp) -> TwoTerminals:
    app.console._color_system = ColorSystem.TRUECOLOR
    app._display_diff = TwoTerminals(app.console)
    return app._display_diff


def move_market(client: ScriptedClient, chance: random.Random, seed: int) -> None:
    symbol, price, tick, *_ = chance.choice(PAIRS)
    mid = Decimal(price) + Decimal(tick) * chance.randint(-40, 40)
    client.report(scripted.ticker_of(symbol, mid=mid), scripted.book_of(symbol, mid=mid, seed=seed))


KEYS = [
    *("j", "k", "]", "[", "z", "z", "T", "tab", "5", "j", "b", "1", "escape", "question_mark", "q"),
    *("q", "q", "E", "escape", *(tab.key for tab in TABS), "T", "j", "j", "f2", "ctrl+l", "!", "C"),
    *("escape", "T", "T", "T"),
]


@pytest.mark.parametrize(
    ("theme", "keys"), [("dark", KEYS), ("none", KEYS[::4])], ids=["dark", "none"]
)
async def test_differences_and_stock_updates_show_the_same_screen_after_every_key(theme, keys):
    client, chance = client_in("busy"), random.Random(4)
    app = console(client, theme=theme)
    terminals = two_terminals(app)
    async with app.run_test(size=(COLUMNS, ROWS)) as pilot:
        await ready(app)
        for number, key in enumerate(keys):
            move_market(client, chance, number)
            await pilot.press(key)
            await pilot.pause()
            await terminals.compare()
            if number == len(keys) // 2:
                terminals.resize(*SMALLER)
                await pilot.resize_terminal(*SMALLER)
            await pilot.pause()
            await terminals.compare()
    assert terminals.frames > len(keys)
    assert terminals.sent_bytes < terminals.stock_bytes / 2


@pytest.mark.parametrize("reason", ["another version", "as the user says"])
def test_updates_go_out_as_they_are_where_differences_are_not_sure(monkeypatch, reason):
    if reason == "another version":
        monkeypatch.setattr(diffed_display, "TESTED_VERSION", "8.3.0")
    else:
        monkeypatch.setenv("TUI_TRADER_NO_DIFF", "1")
    update = LayoutUpdate([], Region(0, 0, 1, 1))
    assert DiffedDisplay().diffed(update) is update


def test_differences_are_sent_with_the_version_that_is_locked():
    assert DiffedDisplay().is_on
    assert metadata.version("textual") == diffed_display.TESTED_VERSION
