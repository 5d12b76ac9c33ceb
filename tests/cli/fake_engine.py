"""An engine in memory that answers as a test tells it, and what tests say to the command line."""

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Callable, Iterable
from decimal import Decimal

import msgspec
import pytest

from tui_trader.__main__ import main
from tui_trader.engine.client.frames import (
    PROTOCOL_VERSION,
    EventFrame,
    Goodbye,
    UpdateFrame,
    Welcome,
)
from tui_trader.engine.messages.commands import Command, PlaceOrder
from tui_trader.engine.messages.events import (
    Event,
    OrderAccepted,
    OrderFilled,
    OrderSubmitted,
)
from tui_trader.engine.messages.queries import Answer, Query, QueryFailed
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.account import ExchangeFill
from tui_trader.engine.values.errors import NothingRunning
from tui_trader.engine.values.instruments import Asset, Symbol
from tui_trader.engine.values.orders import (
    ClientOrderId,
    ExchangeOrderId,
    ExecutionId,
    OrderType,
    Side,
)

NOW_MS = 1_763_636_400_000
GONE = "gone"
Script = Callable[[Command], Iterable[Event | str]]


class FakeEngine:
    """Answers commands by `script` (events, or GONE) and queries by `answers`."""

    def __init__(self, script: Script = lambda _: ()) -> None:
        self.script = script
        self.answers: dict[type[Query], Answer] = {}
        self.sent: list[Command] = []
        self.state = TradingState()
        self.hellos: list[bool] = []
        self.is_running = True

    async def connect(self, home, *, name, is_read_only=False, timeout_s=5.0) -> "FakeClient":
        if not self.is_running:
            message = f"no engine runs in {home}; `tui-trader` starts one"
            raise NothingRunning(message)
        self.hellos.append(is_read_only)
        return FakeClient(self)


class FakeClient:
    """The EngineClient of one conversation."""

    def __init__(self, engine: FakeEngine) -> None:
        self._engine = engine
        self._frames: asyncio.Queue[UpdateFrame] = asyncio.Queue()
        self._sequence = 0
        self.welcome = Welcome(
            protocol=PROTOCOL_VERSION,
            sequence=0,
            time_ms=NOW_MS,
            pid=4242,
            state=copy.deepcopy(engine.state),
            market=MarketView(),
        )

    async def send(self, command: Command) -> None:
        self._engine.sent.append(command)
        for event in self._engine.script(command):
            if isinstance(event, str):
                self._frames.put_nowait(Goodbye(reason=event))
                continue
            self._sequence += 1
            self._engine.state.apply(event)
            self._frames.put_nowait(EventFrame(sequence=self._sequence, event=event))

    async def ask(self, query: Query) -> Answer:
        return self._engine.answers.get(type(query)) or QueryFailed(reason="nobody knows")

    async def updates(self) -> AsyncIterator[UpdateFrame]:
        while True:
            frame = await self._frames.get()
            yield frame
            if isinstance(frame, Goodbye):
                return

    async def close(self) -> None:
        pass


class Desk:
    """The command line in front of a fake engine, with no time to waste."""

    def __init__(self, engine: FakeEngine, capsys: pytest.CaptureFixture[str]) -> None:
        self.engine = engine
        self._capsys = capsys
        self.out = self.err = ""

    def run(self, *arguments: str) -> int:
        code = main(list(arguments))
        self.out, self.err = self._capsys.readouterr()
        return code

    @property
    def document(self):
        return json.loads(self.out)


def submitted(command: PlaceOrder, **changes) -> OrderSubmitted:
    event = OrderSubmitted(
        time_ms=NOW_MS,
        command_id=command.command_id,
        actor=command.actor,
        client_order_id=command.client_order_id,
        symbol=command.symbol,
        side=command.side,
        order_type=command.order_type,
        quantity_base=command.quantity_base,
        price=command.price,
        post_only=command.post_only,
        hold_quote=Decimal(700),
        deadline_ms=NOW_MS + 5_000,
    )
    return msgspec.structs.replace(event, **changes)


def accepted(name: str, exchange_name: str = "OABCDE-FGHIJ-KLMNOP") -> OrderAccepted:
    return OrderAccepted(
        time_ms=NOW_MS,
        client_order_id=ClientOrderId(name),
        exchange_order_id=ExchangeOrderId(exchange_name),
    )


def filled(name: str, quantity: str, execution: str = "T1", price: str = "65000.1") -> OrderFilled:
    fill = ExchangeFill(
        execution_id=ExecutionId(execution),
        exchange_order_id=ExchangeOrderId("OABCDE-FGHIJ-KLMNOP"),
        client_order_id=ClientOrderId(name),
        symbol=Symbol("BTC/USD"),
        side=Side.BUY,
        price=Decimal(price),
        quantity_base=Decimal(quantity),
        fee=Decimal("2.6"),
        fee_asset=Asset("USD"),
        is_maker=False,
        filled_ms=NOW_MS,
    )
    return OrderFilled(time_ms=NOW_MS, client_order_id=ClientOrderId(name), fill=fill)


def resting(name: str, exchange_name: str) -> list[Event]:
    """An open limit order of the past."""
    command = PlaceOrder(
        command_id=f"c-{name}",
        actor="console",
        client_order_id=ClientOrderId(name),
        symbol=Symbol("BTC/USD"),
        side=Side.BUY,
        order_type=OrderType.LIMIT,
        quantity_base=Decimal("0.5"),
        price=Decimal(60_000),
    )
    return [submitted(command), accepted(name, exchange_name)]
