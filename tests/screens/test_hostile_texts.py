"""Escape sequences in whatever comes from outside: none reaches the terminal, on no screen."""

import msgspec
import pytest
from rich.color import ColorSystem
from textual._compositor import CompositorUpdate

from tests.screens import scripted
from tests.screens.console_driver import console, ready, until
from tests.screens.scripted import NOW_MS, ScriptedClient
from tests.screens.states import every_screen
from tests.screens.stray_bytes import stray_in
from tui_trader.engine.messages import events as told
from tui_trader.engine.messages.queries import Answer, Query
from tui_trader.engine.messages.reports import InstrumentsReport
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.modes import LinkState, Mode
from tui_trader.engine.values.orders import Side
from tui_trader.widgets.diffed_display import DiffedDisplay

EVIL = "\x1b]52;c;ZXZpbA==\x07\x1b[2J\x1b[31m\x9b31m\u202eevil\x07\r\n\t\x7f[bold]x[/]\u200b\ufe0f"
NAME = Symbol(f"X{EVIL}/USD")


class Wire(DiffedDisplay):
    """Keeps what would have gone to the terminal, both ways of sending it."""

    def __init__(self, console) -> None:
        super().__init__()
        self.console, self.sent = console, []

    def diffed(self, update):
        difference = super().diffed(update)
        if isinstance(update, CompositorUpdate):
            self.sent += [each.render_segments(self.console) for each in (update, difference)]
        return difference


class Hostile(ScriptedClient):
    """Answers about the evil pair as if it were another one."""

    async def ask(self, query: Query) -> Answer:
        if getattr(query, "symbol", None) != NAME:
            return await super().ask(query)
        answer = await super().ask(msgspec.structs.replace(query, symbol=Symbol("BTC/USD")))
        has_name = "symbol" in type(answer).__struct_fields__
        return msgspec.structs.replace(answer, symbol=NAME) if has_name else answer


def hostile_client() -> ScriptedClient:
    view = scripted.market()
    item = msgspec.structs.replace(scripted.instrument(), symbol=NAME)
    known = [scripted.instrument(row[0]) for row in scripted.PAIRS]
    view.apply(InstrumentsReport(time_ms=NOW_MS, instruments=(item, *known)))
    view.apply(msgspec.structs.replace(scripted.ticker_of("BTC/USD"), symbol=NAME))
    view.apply(msgspec.structs.replace(scripted.book_of("BTC/USD"), symbol=NAME))
    history = scripted.traded()
    history[0] = told.EngineStarted(time_ms=NOW_MS, mode=Mode.DEMO, venue=EVIL, version=EVIL)
    return Hostile(history, view=view)


def hostile_news() -> list:
    order = scripted.order_id(7)
    return [
        scripted.submitted(7, "BTC/USD", Side.BUY, "0.01", "64000.0", actor=EVIL),
        told.LinkChanged(time_ms=NOW_MS, link=f"market{EVIL}", state=LinkState.DOWN, detail=EVIL),
        told.OrderRejected(time_ms=NOW_MS, client_order_id=order, reason=EVIL),
        told.CommandRefused(time_ms=NOW_MS, actor=EVIL, gate=EVIL, reason=EVIL, subject=EVIL),
        told.AnomalyFound(time_ms=NOW_MS, text=EVIL),
        told.TradingHalted(time_ms=NOW_MS, actor=EVIL, reason=EVIL, open_order_count=3),
    ]


async def test_no_stray_byte_leaves_for_the_terminal():
    client = hostile_client()
    app = console(client)
    app.console._color_system = ColorSystem.TRUECOLOR
    wire = app._display_diff = Wire(app.console)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(app)
        client.happen(*hostile_news())
        await until(lambda: app.scene.state.halt is not None)
        async for _ in every_screen(app, pilot):
            await pilot.press("j", "j")
        await pilot.press("f2", "b", *"0.01")
        await pilot.pause()
    stream = "".join(wire.sent)
    assert "evil" in stream
    assert not stray_in(stream)
    assert "52;c;" in stream.replace("\x1b", "")


@pytest.mark.parametrize(
    "stray", ["\x07", "\x1b]0;title\x07", "\x9b2J", "\x1b[5i", "\u202e", "\x7f"]
)
def test_scan_finds_what_is_not_meant(stray):
    assert stray_in(f"\x1b[3;4Hab{stray}c")


def test_scan_passes_what_is_meant():
    assert not stray_in("\x1b[?1049h\x1b[3;4H\x1b[0;1;38;2;1;2;3mtext ▲ é 日\x1b[0m\x1b[6n\r\n")
