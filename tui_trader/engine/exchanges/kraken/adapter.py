"""Kraken as the engine sees it: one MarketFeed and one Execution, REST and WebSocket joined."""

from tui_trader.engine.exchanges.ccxt_bridge.client import Budgets, KrakenClient
from tui_trader.engine.exchanges.ccxt_bridge.execution import RestExecution
from tui_trader.engine.exchanges.ccxt_bridge.feed import RestFeed
from tui_trader.engine.exchanges.ccxt_bridge.public_trades import RestTrades
from tui_trader.engine.exchanges.ccxt_bridge.venue_config import VenueConfig
from tui_trader.engine.exchanges.kraken import feed, private
from tui_trader.engine.exchanges.kraken.limiter import (
    PUBLIC,
    STARTER_TIER,
    CallCounter,
    CounterLimits,
)
from tui_trader.engine.exchanges.kraken.order_counters import (
    STARTER_ORDERS,
    OrderCounters,
    OrderLimits,
)
from tui_trader.engine.exchanges.kraken.socket import Chance, Link, LinkTiming
from tui_trader.engine.messages.requests import AmendOrder, LookUpOrder, SubmitOrder, WithdrawOrder
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.market_feed import Deliver
from tui_trader.engine.ports.trade_history import TradePage
from tui_trader.engine.values.abilities import Abilities, BudgetLevel
from tui_trader.engine.values.account import AccountSnapshot, OrderFinding
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Instrument, Symbol
from tui_trader.engine.values.orders import ExchangeOrderId, OrderType, TimeInForce

__all__ = [
    "CounterLimits",
    "KrakenExecution",
    "KrakenFeed",
    "LinkTiming",
    "OrderLimits",
    "VenueConfig",
]


KRAKEN_ABILITIES = Abilities(
    order_types=frozenset(OrderType),
    times_in_force=frozenset(TimeInForce),
    can_amend=True,
    can_close_on_fill=True,
)
"""Reduce-only is for margin, which nobody here trades; the switch that cancels is not wired yet."""


class KrakenFeed:
    """`MarketFeed` and `TradeHistory` of Kraken.

    Args:
        chance: Numbers in [0, 1); spreads reconnections.
        timing: How patient the link is; the default fits Kraken.
    """

    def __init__(
        self,
        config: VenueConfig,
        clock: Clock,
        *,
        chance: Chance,
        timing: LinkTiming | None = None,
    ) -> None:
        self._client = _client(config, clock)
        self._rest = RestFeed(self._client, clock)
        self._trades = RestTrades(self._client, self._rest)
        link = Link(feed.LINK_NAME, config.ws_public_url, clock=clock, chance=chance, timing=timing)
        self._live = feed.PublicFeed(
            link, clock, instruments=self._rest.instruments, depth=config.book_depth
        )

    async def instruments(self, symbols: tuple[Symbol, ...]) -> tuple[Instrument, ...]:
        """`MarketFeed.instruments`."""
        return await self._rest.instruments(symbols)

    async def candle_history(
        self, symbol: Symbol, interval: Interval, count: int
    ) -> tuple[Candle, ...]:
        """`MarketFeed.candle_history`."""
        return await self._rest.candle_history(symbol, interval, count)

    async def trades_after(self, symbol: Symbol, cursor_ns: int) -> TradePage:
        """`TradeHistory.trades_after`."""
        return await self._trades.trades_after(symbol, cursor_ns)

    async def server_skew_ms(self) -> int:
        """How far Kraken's clock is ahead of ours, ± 1 s.

        Raises:
            TemporaryFault: it could not be asked.
        """
        return await self._rest.server_skew_ms()

    async def run(self, symbols: tuple[Symbol, ...], deliver: Deliver) -> None:
        """`MarketFeed.run`."""
        await self._live.run(symbols, deliver)

    async def close(self) -> None:
        """`MarketFeed.close`."""
        await self._client.close()


class KrakenExecution:
    """`Execution` at Kraken: orders over REST, what becomes of them over both.

    Args:
        chance: Numbers in [0, 1); spreads reconnections.
        timing: How patient the link is; the default fits Kraken.
        tier: How often the account may be asked; the default is Kraken's lowest.
        orders: How many orders and cancels a pair may see; likewise.
    """

    abilities = KRAKEN_ABILITIES

    def __init__(
        self,
        config: VenueConfig,
        clock: Clock,
        *,
        chance: Chance,
        timing: LinkTiming | None = None,
        tier: CounterLimits = STARTER_TIER,
        orders: OrderLimits = STARTER_ORDERS,
    ) -> None:
        self._calls = CallCounter(tier, clock)
        self._orders = OrderCounters(orders, clock)
        self._client = _client(config, clock, private=self._calls)
        self._rest = RestExecution(self._client, RestFeed(self._client, clock), clock)
        link = Link(
            private.LINK_NAME, config.ws_private_url, clock=clock, chance=chance, timing=timing
        )
        self._live = private.PrivateFeed(link, clock, token=self._rest.websocket_token)

    async def submit(self, request: SubmitOrder) -> ExchangeOrderId:
        """`Execution.submit`."""
        self._orders.spend_order(request.symbol, request.client_order_id)
        try:
            return await self._rest.submit(request)
        finally:
            self._orders.note_answer(request.client_order_id)

    async def amend(self, request: AmendOrder) -> None:
        """`Execution.amend`."""
        self._orders.spend_amendment(request.symbol, request.client_order_id)
        await self._rest.amend(request)

    def budgets(self) -> tuple[BudgetLevel, ...]:
        """`Execution.budgets`."""
        return (self._calls.level("calls"), *self._orders.levels())

    async def withdraw(self, request: WithdrawOrder) -> None:
        """`Execution.withdraw`."""
        await self._orders.spend_cancel(request.client_order_id)
        await self._rest.withdraw(request)

    async def withdraw_all(self) -> int:
        """`Execution.withdraw_all`."""
        return await self._rest.withdraw_all()

    async def find_order(self, request: LookUpOrder) -> OrderFinding:
        """`Execution.find_order`."""
        return await self._rest.find_order(request)

    async def account(self, since_ms: int) -> AccountSnapshot:
        """`Execution.account`."""
        snapshot = await self._rest.account(since_ms)
        self._orders.seed((*snapshot.closed_orders, *snapshot.open_orders))
        return snapshot

    async def run(self, deliver: Deliver) -> None:
        """`Execution.run`."""
        await self._live.run(deliver)

    async def close(self) -> None:
        """`Execution.close`."""
        await self._client.close()


def _client(
    config: VenueConfig, clock: Clock, *, private: CallCounter | None = None
) -> KrakenClient:
    counter = private or CallCounter(STARTER_TIER, clock)
    budgets = Budgets(private=counter, public=CallCounter(PUBLIC, clock))
    return KrakenClient(config, clock, budgets=budgets)
