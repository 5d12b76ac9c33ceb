"""One rehearsal: an engine and an exchange of its own in a throw-away home, and who says what when.

Law: nothing of the user's is touched: neither the home nor the settings nor the variables.
"""

import asyncio
import contextlib
import json
import os
import signal
import time
import urllib.request
import uuid
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from pathlib import Path

import msgspec

from tui_trader.cli.conversation import new_command_id
from tui_trader.cli.drill_words import tell_event
from tui_trader.cli.exit_codes import Unconfirmed
from tui_trader.cli.starter import LOG_NAME, START_SECONDS, ensure_engine
from tui_trader.engine.client.frames import EventFrame
from tui_trader.engine.client.mirror import Mirror
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.client.socket_client import connect
from tui_trader.engine.messages.commands import PlaceOrder, ShutDownEngine
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.stores.exchange_journal import read_exchange_journal
from tui_trader.engine.stores.home import Home, is_locked
from tui_trader.engine.values.errors import NothingRunning
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.orders import ClientOrderId, OrderType, Side

PAIR = Symbol("BTC/USD")
PATIENCE_S = 90.0
"""More than the minute between two comparisons of the engine."""
ORDERLY_END_S = 15.0
"""An engine that was told to end and has not by then is told once more, by a signal."""
_LOOK_S = 0.1
_ACTOR = "drill"
_LINKS = 2
_ENV_PREFIX = "TUI_TRADER_"

Said = Callable[["Step"], None]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened.

    Args:
        who: `you`, `disaster` or `engine`.
    """

    after_ms: int
    who: str
    text: str


class Rehearsal:
    """An engine that lives through something.

    Args:
        home: Thrown away afterwards.
        say: Hears every step as it happens.
    """

    def __init__(self, home: Path, say: Said) -> None:
        self.home, self._say = Home(home), say
        self.steps: list[Step] = []
        self._begun_s: float | None = None
        self._client: EngineClient | None = None
        self._mirror: Mirror | None = None
        self._following: asyncio.Task[None] | None = None

    @property
    def state(self) -> TradingState:
        """What the engine knows, as its client sees it."""
        assert self._mirror is not None
        return self._mirror.state

    def begin(self) -> None:
        """From now on every step counts."""
        self._begun_s = time.monotonic()

    def note(self, who: str, text: str) -> None:
        """Write one step down and tell it."""
        if self._begun_s is None:
            return
        after_ms = round((time.monotonic() - self._begun_s) * 1_000)
        step = Step(after_ms=after_ms, who=who, text=text)
        self.steps.append(step)
        self._say(step)

    async def start_engine(self) -> None:
        """Start an engine, attach, and wait until it may trade.

        Raises:
            TraderError: it did not come up.
        """
        await ensure_engine(self.home.path, ())
        self._client = await connect(self.home.path, name=_ACTOR, is_read_only=False)
        self._mirror = Mirror(self._client.welcome)
        self._following = asyncio.create_task(self._follow(self._client, self._mirror))
        await self.until(self.is_calm, "the engine to be ready")

    async def kill_engine(self) -> None:
        """End the engine as a power cut would."""
        assert self._mirror is not None
        os.kill(self._mirror.pid, signal.SIGKILL)
        await self._let_go()
        await self.until(lambda: not is_locked(self.home.lock), "the engine to be gone")

    async def end(self) -> None:
        """End engine and exchange in order, as far as they are there."""
        if self._client is None and (self.home.logs / LOG_NAME).exists():
            await self._attach_late()
        if self._client is not None:
            with contextlib.suppress(NothingRunning):
                await self._client.send(ShutDownEngine(command_id=new_command_id(), actor=_ACTOR))
        await self._let_go()
        if not await self._is_gone(self.home.lock, ORDERLY_END_S) and self._mirror is not None:
            # It did not hear us; only ever a process that this rehearsal started.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._mirror.pid, signal.SIGTERM)
        for lock in (self.home.lock, self.home.exchange / "lock"):
            await self._gone(lock)

    async def place(self, quantity: str, *, percent_below: str | None = None) -> ClientOrderId:
        """Hand one buy to the engine; its name."""
        assert self._client is not None
        name = ClientOrderId(str(uuid.uuid4()))
        price = None if percent_below is None else self._price_below(Decimal(percent_below))
        kind = "at market" if price is None else f"at {price}"
        self.note("you", f"buy {quantity} {PAIR} {kind}")
        await self._client.send(
            PlaceOrder(
                command_id=new_command_id(),
                actor=_ACTOR,
                client_order_id=name,
                symbol=PAIR,
                side=Side.BUY,
                order_type=OrderType.MARKET if price is None else OrderType.LIMIT,
                quantity_base=Decimal(quantity),
                price=price,
                post_only=False,
            )
        )
        return name

    def order(self, name: ClientOrderId) -> OrderRecord | None:
        """An order as the engine knows it."""
        return self.state.orders.get(name)

    async def strike(self, fault: str, **given: object) -> None:
        """Let a fault happen at the exchange."""
        body = json.dumps({"fault": fault, **given}).encode()
        await asyncio.to_thread(self._post, body)

    def kill_exchange(self) -> None:
        """End the exchange as a power cut would."""
        os.kill(int(str(self._card()["pid"])), signal.SIGKILL)

    def is_carried_out(self) -> bool:
        """The exchange's journal has an order."""
        return any(row.kind == "order" for row in read_exchange_journal(self.exchange_journal))

    @property
    def exchange_journal(self) -> Path:
        """The independent truth."""
        return self.home.exchange / "journal.jsonl"

    def is_calm(self) -> bool:
        """Everything is connected, compared and known, the balances behind the last fills, too."""
        state = self.state
        return (
            state.is_reconciled
            and not state.unknown_orders()
            and not state.unsettled
            and len(state.links) == _LINKS
            and set(state.links.values()) == {LinkState.UP}
        )

    async def until(
        self, holds: Callable[[], bool], what: str, *, patience_s: float = PATIENCE_S
    ) -> None:
        """Wait for something.

        Raises:
            Unconfirmed: it did not come.
        """
        end_s = time.monotonic() + patience_s
        while not holds():
            if time.monotonic() > end_s:
                message = f"waited {patience_s:g} s for {what}, in vain; look into {self.home.logs}"
                raise Unconfirmed(message)
            await asyncio.sleep(_LOOK_S)

    async def _follow(self, client: EngineClient, mirror: Mirror) -> None:
        async for frame in client.updates():
            mirror.apply(frame)
            if isinstance(frame, EventFrame):
                text = tell_event(frame.event, mirror.state)
                if text:
                    self.note("engine", text)

    async def _attach_late(self) -> None:
        """Interrupted while an engine came up: it must be ended all the same, once it can hear."""
        end_s = time.monotonic() + START_SECONDS
        while self._client is None and time.monotonic() < end_s:
            try:
                self._client = await connect(self.home.path, name=_ACTOR, is_read_only=False)
            except NothingRunning:
                await asyncio.sleep(_LOOK_S)

    async def _let_go(self) -> None:
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        if self._client is not None:
            with contextlib.suppress(NothingRunning):
                await self._client.close()
        self._client = self._following = None

    async def _is_gone(self, lock: Path, patience_s: float) -> bool:
        with contextlib.suppress(Unconfirmed):
            await self.until(
                lambda: not is_locked(lock), "its processes to end", patience_s=patience_s
            )
        return not is_locked(lock)

    async def _gone(self, lock: Path) -> None:
        if not await self._is_gone(lock, PATIENCE_S):
            # Only ever a process that this rehearsal started.
            with contextlib.suppress(OSError, KeyError, ValueError):
                self.kill_exchange()

    def _price_below(self, percent: Decimal) -> Decimal:
        assert self._mirror is not None
        ticker = self._mirror.market.tickers[PAIR]
        return (ticker.last * (100 - percent) / 100).quantize(Decimal("0.1"))

    def _card(self) -> dict[str, object]:
        content = (self.home.exchange / "serve.json").read_bytes()
        return msgspec.json.decode(content, type=dict[str, object])

    def _post(self, body: bytes) -> None:
        request = urllib.request.Request(f"{self._card()['rest']}/_control", data=body)  # noqa: S310 - this machine
        # A proxy of the user's would ask somebody else.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as reply:
            reply.read()


@contextlib.asynccontextmanager
async def rehearsal(home: Path, say: Said) -> AsyncIterator[Rehearsal]:
    """A rehearsal whose processes end with it."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(_ENV_PREFIX)}
    stage = Rehearsal(home, say)
    try:
        yield stage
    finally:
        try:
            await stage.end()
        finally:
            os.environ.update(kept)
