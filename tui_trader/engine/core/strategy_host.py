"""A strategy in the core: from its signals to orders, through the rulebook and the risk gate.

Law: the host asks `engine/rules` for every number and sends every order through the gate that judges
a person's. In a candle it acts in this order, which is also the walk's (docs/decisions/0004): prices
that jumped over a level, sales that were wanted, then entries; inside the candle whatever a price
touches; at the close stops move and the wallet is marked.

How to think about it: sales leave at once. Entries leave one at a time, and only when no order of the
strategy is under way and no fill is unsettled: so each is sized with cash that is really there. The
clock of days, pauses and cool-downs is the start of the candle, not the machine's: a replay of the past
then decides as the backtest of it did.
"""

from hashlib import sha256
from math import nan

from tui_trader.engine.core import placement
from tui_trader.engine.core.decision import Decision
from tui_trader.engine.core.host_book import Filled, HostBook, PairBook
from tui_trader.engine.messages.commands import PlaceOrder
from tui_trader.engine.messages.events import OrderFilled
from tui_trader.engine.messages.reports import TickerReport
from tui_trader.engine.messages.strategy_reports import (
    CandlesBeganReport,
    CandlesClosedReport,
    CandlesOpenedReport,
)
from tui_trader.engine.rules.grid import MONEY_PER_QUOTE
from tui_trader.engine.rules.limits import FREE, TOO_SMALL, UNKNOWN_PRICES, entry_block
from tui_trader.engine.rules.model import Grid, RiskRules, TradeRules
from tui_trader.engine.rules.orders import entry_lots, is_priced, sold_ticks
from tui_trader.engine.rules.sizing import is_large_enough
from tui_trader.engine.rules.take_profits import part_lots
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.state.valuation import available
from tui_trader.engine.values.instruments import Asset, Symbol
from tui_trader.engine.values.money import steps_in
from tui_trader.engine.values.orders import ClientOrderId, CommandId, OrderType, Side

BY_SIGNAL, BY_STOP, BY_TAKE, BY_TIME = range(4)
"""Why something is sold; the numbers are those of the walk."""


class StrategyHost:
    """One strategy on one account.

    Args:
        name: As the reports name it; its orders carry the actor `strategy NAME`.
        grids: Grid of each pair; their order decides who is served first.
        rules: Sizing, stops, costs.
        risk: Limits.
    """

    def __init__(
        self, name: str, grids: dict[Symbol, Grid], *, rules: TradeRules, risk: RiskRules
    ) -> None:
        self.name = name
        self.rules = rules
        self.risk = risk
        self.book = HostBook(pairs={symbol: PairBook(grid=grid) for symbol, grid in grids.items()})
        self._entries: list[Symbol] = []
        self._order_count = 0
        self._is_marked = False
        self._candle_ms = 0
        # Pairs with an order under way: most steps find none, and nothing else to follow.
        self._waiting: dict[Symbol, None] = {}

    def candles_closed(self, desk: Decision, report: CandlesClosedReport) -> None:
        """Move stops, mark the wallet, and remember what the strategy says."""
        if not self._is_marked:
            self._is_marked = True
            self.book.begin(self._cash(desk))
        for closed in report.closes:
            self._candle_ms = closed.candle.open_time_ms
            self.book.begin_day(self._candle_ms)
            pair = self.book.pairs[closed.symbol]
            pair.atr = nan if closed.atr is None else closed.atr
            pair.volatility = nan if closed.volatility is None else closed.volatility
            self.book.close_candle(
                closed.symbol, closed.candle, now_ms=self._candle_ms, rules=self.rules
            )
            if closed.signal != 0:
                pair.want = closed.signal
        self.book.mark(self._cash(desk))

    def candles_began(self, report: CandlesBeganReport) -> None:
        """Move the clock of the rules."""
        self._candle_ms = report.open_time_ms
        self.book.begin_day(self._candle_ms)

    def candles_opened(self, desk: Decision, report: CandlesOpenedReport) -> None:
        """Act on what was wanted at the close: sales now, entries after them."""
        for symbol in report.symbols:
            pair = self.book.pairs[symbol]
            if pair.held is not None and (pair.want == -1 or pair.is_time_up):
                pair.held.reach(*(self._last(desk, symbol),) * 2)
                reason = BY_SIGNAL if pair.want == -1 else BY_TIME
                self._sell(desk, symbol, reason=reason)
            if pair.want == -1:
                pair.want = 0
        # Whoever waited since an earlier candle is not served twice.
        self._entries = [symbol for symbol in report.symbols if self.book.pairs[symbol].want == 1]

    def price_changed(self, desk: Decision, report: TickerReport) -> None:
        """Sell what the last price has set off: the stop before the take profit."""
        pair = self.book.pairs.get(report.symbol)
        if pair is None or pair.held is None or pair.order is not None:
            return
        price = float(report.last)
        pair.held.reach(price, price)
        self._check_levels(desk, report.symbol)

    def follow(self, desk: Decision) -> None:
        """Hear what the step so far has led to, and do what can be done next."""
        for event in desk.events:
            if isinstance(event, OrderFilled):
                self._hear_fill(desk, event)
        for symbol in tuple(self._waiting):
            pair = self.book.pairs[symbol]
            if pair.order is not None and not desk.state.orders[pair.order].is_open:
                self._hear_end(desk, symbol, pair)
        if self._entries:
            self._enter_next(desk)

    def is_own(self, order: OrderRecord) -> bool:
        """Whether this strategy asked for an order."""
        return order.actor == f"strategy {self.name}"

    def _cash(self, desk: Decision) -> int:
        quote = Asset(desk.settings.market.quote_asset)
        return int(available(desk.state, quote, quote) * MONEY_PER_QUOTE)

    def _last(self, desk: Decision, symbol: Symbol) -> float:
        return float(desk.market.tickers[symbol].last)

    def _check_levels(self, desk: Decision, symbol: Symbol) -> None:
        held = self.book.pairs[symbol].held
        assert held is not None, symbol
        price = self._last(desk, symbol)
        if held.stop > 0.0 and price <= held.stop:
            self._sell(desk, symbol, reason=BY_STOP)
        elif 0.0 < held.take <= price:
            self._sell(desk, symbol, reason=BY_TAKE)

    def _sell(self, desk: Decision, symbol: Symbol, *, reason: int) -> None:
        pair = self.book.pairs[symbol]
        held, grid = pair.held, pair.grid
        if held is None or pair.order is not None:
            return
        lots = held.lots
        if reason == BY_TAKE:
            lots = part_lots(
                held.lots_first,
                held.lots,
                held.part,
                self.rules.take_parts,
                held.take_ticks,
                grid,
            )
        price = self._last(desk, symbol)
        ticks = sold_ticks(lots, pair.market(price), self.rules, grid)
        if is_large_enough(lots, ticks, grid):
            pair.price, pair.reason = price, reason
            self._place(desk, symbol, Side.SELL, lots=lots)

    def _enter_next(self, desk: Decision) -> None:
        while self._entries and not self._is_busy(desk):
            symbol = self._entries.pop(0)
            pair = self.book.pairs[symbol]
            pair.want = 0
            if pair.held is None:
                self._enter(desk, symbol)

    def _is_busy(self, desk: Decision) -> bool:
        return bool(self._waiting) or bool(desk.state.unsettled)

    def _enter(self, desk: Decision, symbol: Symbol) -> None:
        pair, book = self.book.pairs[symbol], self.book
        market = pair.market(self._last(desk, symbol))
        block = entry_block(
            self._candle_ms,
            book.equity,
            book.day_start,
            book.peak,
            book.open_count(),
            book.entries_today,
            book.paused_until_ms,
            pair.cool_until_ms,
            self.risk,
        )
        if block == FREE and not is_priced(market, self.rules):
            block = UNKNOWN_PRICES
        if block == FREE:
            account = book.account(self._cash(desk))
            lots = entry_lots(market, account, pair.grid, self.rules, self.risk)
            if lots > 0:
                pair.price, pair.reason = market.price, BY_SIGNAL
                self._place(desk, symbol, Side.BUY, lots=lots)
                return
            block = TOO_SMALL
        book.blocks[block] = book.blocks.get(block, 0) + 1

    def _place(self, desk: Decision, symbol: Symbol, side: Side, *, lots: int) -> None:
        self._order_count += 1
        name = self._name_order(symbol)
        command = PlaceOrder(
            command_id=CommandId(name),
            actor=f"strategy {self.name}",
            time_ms=desk.now_ms,
            client_order_id=name,
            symbol=symbol,
            side=side,
            order_type=OrderType.MARKET,
            quantity_base=desk.market.instruments[symbol].lot * lots,
        )
        placement.place(desk, command)
        if name in desk.state.orders:
            self.book.pairs[symbol].order = name
            self._waiting[symbol] = None

    def _name_order(self, symbol: Symbol) -> ClientOrderId:
        # Kraken wants a UUID; chance is not at hand here, and the same decision needs the same name.
        text = f"{self.name} {symbol} {self._candle_ms} {self._order_count}"
        digits = sha256(text.encode()).hexdigest()
        parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32])
        return ClientOrderId("-".join(parts))

    def _hear_fill(self, desk: Decision, event: OrderFilled) -> None:
        order, fill = desk.state.orders[event.client_order_id], event.fill
        if not self.is_own(order) or order.symbol not in self.book.pairs:
            return
        instrument = desk.market.instruments[order.symbol]
        filled = Filled(
            time_ms=self._candle_ms,
            lots=steps_in(fill.quantity_base, instrument.lot),
            ticks=steps_in(fill.price, instrument.tick),
            fee=int(fill.fee * MONEY_PER_QUOTE),
        )
        if order.side is Side.BUY:
            self.book.book_entry(order.symbol, filled, rules=self.rules)
        else:
            self.book.book_sale(order.symbol, filled, risk=self.risk)

    def _hear_end(self, desk: Decision, symbol: Symbol, pair: PairBook) -> None:
        """An order of ours has ended: the next part is due, or the same price sets off more."""
        assert pair.order is not None, symbol
        order = desk.state.orders[pair.order]
        pair.order = None
        del self._waiting[symbol]
        held = pair.held
        if held is None or order.side is Side.BUY:
            return
        if pair.reason == BY_TAKE and order.filled_base:
            held.set_take(held.part + 1, rules=self.rules, grid=pair.grid)
        self._check_levels(desk, symbol)
