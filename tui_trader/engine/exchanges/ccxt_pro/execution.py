"""Orders at any exchange: over ccxt's REST, with ccxt.pro's watchers as a doorbell.

Law: a watcher's row is never believed. ccxt.pro files rows without symbol under nothing, tells
partial fills in one place only and drops what it cannot route; but that *something* happened it
tells soon. Then, and every `LOOK_EVERY_S` besides, the account is asked over REST, and what is new in
it is reported.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tui_trader.engine.exchanges.ccxt_pro import translate
from tui_trader.engine.exchanges.ccxt_pro.abilities import BRIDGE_ABILITIES
from tui_trader.engine.exchanges.ccxt_pro.connection import CcxtConfig, CcxtConnection
from tui_trader.engine.exchanges.ccxt_pro.history import CcxtHistory
from tui_trader.engine.exchanges.ccxt_pro.news import AccountNews
from tui_trader.engine.exchanges.ccxt_pro.watching import LinkTiming, Watching
from tui_trader.engine.messages.requests import (
    AmendOrder,
    LookUpOrder,
    SubmitOrder,
    WithdrawOrder,
)
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.market_feed import Deliver
from tui_trader.engine.values.abilities import BudgetLevel
from tui_trader.engine.values.account import AccountSnapshot, OrderFinding
from tui_trader.engine.values.errors import OutcomeUnknown, RejectedByExchange, TemporaryFault
from tui_trader.engine.values.orders import PLAIN_TERMS, ExchangeOrderId, OrderType

LOOK_EVERY_S = 30.0
LOOK_PAUSE_S = 0.2
"""Between two looks: a burst of rings is one look."""
LOOK_BACK_MS = 60_000


class CcxtExecution:
    """`Execution` of any exchange that ccxt.pro knows.

    Args:
        chance: Numbers in [0, 1); spreads reconnections.
        look_every_s: Pause between two looks when nothing rings.
    """

    abilities = BRIDGE_ABILITIES

    def __init__(
        self,
        config: CcxtConfig,
        clock: Clock,
        *,
        chance: Callable[[], float],
        timing: LinkTiming | None = None,
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        self._config = config
        self._clock = clock
        self._look_every_s = look_every_s
        self._rest = CcxtConnection(config, has_text_numbers=True)
        self._history = CcxtHistory(self._rest, clock)
        usual = LinkTiming(silence_max_s=3 * look_every_s)
        self._watching = Watching(
            f"{config.exchange} private", clock, chance=chance, timing=timing or usual
        )

    def budgets(self) -> tuple[BudgetLevel, ...]:
        """`Execution.budgets`: ccxt counts by itself and tells nobody."""
        return ()

    async def submit(self, request: SubmitOrder) -> ExchangeOrderId:
        """`Execution.submit`."""
        await self._check(request)
        parameters: dict[str, object] = {"clientOrderId": str(request.client_order_id)}
        if request.post_only:
            parameters["postOnly"] = True
        answer = await self._rest.change(
            self._rest.exchange.create_order(
                request.symbol,
                request.order_type.value,
                request.side.value,
                f"{request.quantity_base:f}",
                None if request.price is None else f"{request.price:f}",
                parameters,
            )
        )
        name = answer.get("id")
        if not name:
            message = f"{self._rest.name}: an order without a name in the answer; look it up"
            raise OutcomeUnknown(message)
        known = ExchangeOrderId(str(name))
        self._history.note(request.client_order_id, known, request.symbol)
        return known

    async def amend(self, request: AmendOrder) -> None:
        """`Execution.amend`: never, as few exchanges keep an order's place and name."""
        message = (
            f"not sent: orders at {self._rest.name} cannot be amended; {request.symbol}: cancel it"
        )
        raise RejectedByExchange(message)

    async def withdraw(self, request: WithdrawOrder) -> None:
        """`Execution.withdraw`."""
        known = self._history.known(request.client_order_id)
        parameters: dict[str, object] = {}
        if request.exchange_order_id is None and known is None:
            parameters["clientOrderId"] = str(request.client_order_id)
        name = request.exchange_order_id or (None if known is None else known.name)
        symbol = None if known is None else known.symbol
        try:
            await self._rest.change(
                self._rest.exchange.cancel_order(name or "", symbol, parameters)
            )
        except RejectedByExchange as refusal:
            if self._rest.is_absent(refusal.__cause__):
                message = f"{self._rest.name}: the order is not open"
                raise RejectedByExchange(message) from refusal
            raise

    async def withdraw_all(self) -> int:
        """`Execution.withdraw_all`."""
        answer = await self._rest.change(self._rest.exchange.cancel_all_orders())
        return _count(answer)

    async def find_order(self, request: LookUpOrder) -> OrderFinding:
        """`Execution.find_order`."""
        return await self._history.find(request)

    async def account(self, since_ms: int) -> AccountSnapshot:
        """`Execution.account`."""
        return await self._history.account(since_ms)

    async def run(self, deliver: Deliver) -> None:
        """`Execution.run`."""

        async def watch(is_heard: Callable[[str], None]) -> None:
            # Each connection tells anew: what was told on the one before may not have arrived.
            news = AccountNews(self._clock, deliver)
            connection = CcxtConnection(self._config, has_text_numbers=False)
            bell = asyncio.Event()
            try:
                await connection.markets()
                await self._watch_all(connection, bell, lambda: self._look(news, is_heard))
            finally:
                await connection.close()

        await self._watching.run(watch, deliver, awaited={"account"})

    async def close(self) -> None:
        """`Execution.close`."""
        await self._rest.close()

    async def _check(self, request: SubmitOrder) -> None:
        name, now_ms = self._rest.name, self._clock.now_ms()
        if request.order_type not in self.abilities.order_types or request.terms != PLAIN_TERMS:
            message = f"not sent: this order's type or terms are not taken at {name}"
            raise RejectedByExchange(message)
        if now_ms >= request.deadline_ms:
            message = f"not sent: the deadline of {request.client_order_id} is past"
            raise RejectedByExchange(message)
        try:
            markets = await self._rest.markets()
        except TemporaryFault as fault:
            message = f"not sent, the pairs of {name} are not known: {fault}"
            raise RejectedByExchange(message) from fault
        if request.symbol not in markets:
            message = f"{request.symbol}: {name} does not list this pair; see [market] pairs"
            raise RejectedByExchange(message)
        self._check_grid(request, markets[request.symbol])

    def _check_grid(self, request: SubmitOrder, market: Mapping[str, Any]) -> None:
        # ccxt cuts both to the grid without a word.
        listed = translate.instrument_from(market, self._rest.exchange.precisionMode)
        if request.quantity_base % listed.lot:
            message = (
                f"{listed.symbol}: quantity {request.quantity_base} is not on the lot {listed.lot}"
            )
            raise RejectedByExchange(message)
        if request.order_type is OrderType.LIMIT and (request.price or 0) % listed.tick:
            message = f"{listed.symbol}: the price is not acceptable: {request.price} is not on the tick {listed.tick}"
            raise RejectedByExchange(message)

    async def _watch_all(
        self,
        connection: CcxtConnection,
        bell: asyncio.Event,
        look: Callable[[], Awaitable[None]],
    ) -> None:
        async def listen(watch: Callable[[], Awaitable[object]]) -> None:
            while True:
                await connection.ask(watch())
                bell.set()

        async def keep_looking() -> None:
            while True:
                bell.clear()
                await look()
                await asyncio.sleep(LOOK_PAUSE_S)
                try:
                    async with asyncio.timeout(self._look_every_s):
                        await bell.wait()
                except TimeoutError:
                    # Nothing rang; ccxt.pro hangs silently on some refusals, so look all the same.
                    continue

        exchange = connection.exchange
        async with asyncio.TaskGroup() as group:
            group.create_task(keep_looking())
            for name in ("watch_orders", "watch_my_trades", "watch_balance"):
                if exchange.has.get(_feature(name)):
                    group.create_task(listen(getattr(exchange, name)))

    async def _look(self, news: AccountNews, is_heard: Callable[[str], None]) -> None:
        snapshot = await self._history.account(news.since_ms - LOOK_BACK_MS)
        news.tell(snapshot)
        is_heard("account")


def _feature(method: str) -> str:
    """Ccxt's name of a feature: `watchOrders` of `watch_orders`."""
    first, *others = method.split("_")
    return first + "".join(word.capitalize() for word in others)


def _count(answer: object) -> int:
    """How many orders a cancel of everything says it ended."""
    rows = answer if isinstance(answer, list) else [answer]
    named = sum(1 for row in rows if isinstance(row, dict) and row.get("id"))
    return named or sum(_told_count(row) for row in rows)


def _told_count(row: object) -> int:
    if not isinstance(row, dict):
        return 0
    count = row.get("count")
    if isinstance(count, int | str) and str(count).isdecimal():
        return int(count)
    return max((_told_count(part) for part in row.values()), default=0)
