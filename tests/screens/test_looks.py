"""Whatever the screen and the state: only ASCII where that was asked for, and text one can read."""

from collections.abc import Iterator

import pytest
from rich.style import Style

from tests.screens.console_driver import console, ready, screen_text
from tests.screens.states import client_in, every_screen, strips_of
from tests.widgets.seeing import contrast
from tui_trader.themes import THEMES, palette_of

COLOURED = [name for name in THEMES if name != "none"]
CONTRAST_MIN = {name: 7.0 if name == "contrast" else 4.5 for name in COLOURED}


def foreign_to_ascii(text: str) -> set[str]:
    return {char for char in text if not 32 <= ord(char) <= 126 and char != "\n"}


@pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=str)
@pytest.mark.parametrize("state", ["busy", "exchange-gone"])
async def test_console_in_ascii_shows_nothing_else_on_any_screen(state, size):
    app = console(client_in(state), glyphs="ascii")
    async with app.run_test(size=size) as pilot:
        async for tab in every_screen(app, pilot):
            assert not foreign_to_ascii(screen_text(app)), tab.name


@pytest.mark.parametrize(
    "keys", [("b", *"0.01"), ("question_mark",), ("q",), ("C",), ("E",), ("!",)]
)
async def test_what_opens_over_a_screen_is_ascii_too(keys):
    app = console(client_in("busy"), glyphs="ascii")
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app)
        before = screen_text(app)
        await pilot.press(*keys)
        await pilot.pause()
        assert screen_text(app) != before
        assert not foreign_to_ascii(screen_text(app))


def texts(app) -> Iterator[tuple[str, Style]]:
    for strip in strips_of(app):
        for text, style, _ in strip:
            if any(char.isalnum() for char in text):
                yield text, style


@pytest.mark.parametrize("state", ["busy", "exchange-gone"])
async def test_every_text_stands_out_from_what_it_stands_on(state):
    app = console(client_in(state))
    faint, seen = {}, set()
    async with app.run_test(size=(200, 60)) as pilot:
        async for tab in every_screen(app, pilot):
            for _ in THEMES:
                await pilot.press("T")
                await pilot.pause()
                seen.add(app.theme)
                for text, style in texts(app) if app.theme != "none" else ():
                    ratio = contrast(style.color, style.bgcolor)
                    if ratio < CONTRAST_MIN[app.theme]:
                        faint[app.theme, tab.name, text] = round(ratio, 1)
    assert not faint
    assert seen == {*THEMES}


async def test_console_without_colours_sends_none():
    app = console(client_in("halted"), theme="none")
    async with app.run_test(size=(120, 36)) as pilot:
        async for tab in every_screen(app, pilot):
            styles = [style for strip in strips_of(app) for _, style, _ in strip if style]
            assert not [style for style in styles if style.color or style.bgcolor], tab.name


async def test_key_goes_through_all_themes_and_the_whole_screen_follows(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = console(client_in("calm"))
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app)
        seen = []
        for _ in THEMES:
            await pilot.press("T")
            await pilot.pause()
            grounds = {style.bgcolor for strip in strips_of(app) for _, style, _ in strip if style}
            seen.append((app.theme, len(grounds) > 1))
        assert seen == [(name, name != "none") for name in THEMES]


def says_it_without_colour(text: str, *, is_up: bool, row: int, rows: list[str]) -> bool:
    """By its own sign or word, by a word of its line, or by its side of the ladder's spread."""
    if any(char in text for char in ("+▲" if is_up else "-▼")):
        return True
    if any(char.isalpha() for char in text) or " ok " in rows[row]:
        return True
    spread = next((y for y, line in enumerate(rows) if "─ spread " in line), None)
    return spread is not None and (row > spread if is_up else row < spread)


@pytest.mark.parametrize("theme", ["dark", "colour-blind"])
async def test_what_is_good_or_bad_says_so_without_its_colour(theme):
    app, palette = console(client_in("busy"), theme=theme), palette_of(theme)
    mute, seen = [], set()
    async with app.run_test(size=(200, 60)) as pilot:
        async for tab in every_screen(app, pilot):
            strips = strips_of(app)
            rows = [strip.text for strip in strips]
            for row, strip in enumerate(strips):
                for text, style, _ in strip:
                    is_up, is_down = (
                        style is not None and style.color == ink.color
                        for ink in (palette.up, palette.down)
                    )
                    if not (is_up or is_down) or not any(char.isalnum() for char in text):
                        continue
                    seen.add(is_up)
                    if not says_it_without_colour(text, is_up=is_up, row=row, rows=rows):
                        mute.append((tab.name, text))
    assert not mute
    assert seen == {True, False}
