"""A strategy in the core: from its signals to orders, through the rulebook and the risk gate.

Law: the host asks `engine/rules` for every number and sends every order through the gate that judges
a person's. In a candle it acts in this order, which is also the walk's (docs/decisions/0005): prices
that jumped over a level, sales that were wanted, then entries; inside the candle whatever a price
touches; at the close stops move and the wallet is marked.

How to think about it: sales leave at once, and are tried again until they are done. Entries leave one at
a time, and only when no order of the strategy is under way and no fill unsettled: each is sized with cash
that is there. Days, pauses and cool-downs count by the start of the candle, not by the machine's clock.
"""

from collections.abc import Container
from math import nan

from tui_trader.engine.core import placement
from tui_trader.engine.core.decision import Decision
from tui_trader.engine.core.decision_log import DecisionLog, Verdict, block_words, signal_words
from tui_trader.engine.core.host_book import (
    BY_SIGNAL,
    BY_STOP,
    BY_TAKE,
    BY_TIME,
    LEAVES,
    REASONS,
    STAYS,
    HostBook,
    PairBook,
    filled_of,
)
from tui_trader.engine.core.host_orders import Wish, end_words, send
from tui_trader.engine.core.host_sales import HostSales
from tui_trader.engine.core.host_wallet import free_cash, wallet_beside
from tui_trader.engine.messages.events import OrderFilled
from tui_trader.engine.messages.reports import TickerReport
from tui_trader.engine.messages.strategy_reports import (
    CandlesBeganReport,
    CandlesClosedReport,
    CandlesOpenedReport,
    ClosedCandle,
)
from tui_trader.engine.rules.limits import FREE, TOO_SMALL, UNKNOWN_PRICES
from tui_trader.engine.rules.model import RiskRules, TradeRules
from tui_trader.engine.rules.orders import entry_lots, is_priced
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import ClientOrderId, Side
from tui_trader.engine.values.strategies import StrategyPhase


class StrategyHost:
    """One strategy on one account.

    Args:
        name: As the reports name it; its orders carry the actor `strategy NAME`.
        book: What it remembers; the order of its pairs decides who is served first.
        rules: Sizing, stops, costs.
        risk: Limits.
        started_ms: Orders of an earlier run are not its own, and have other names.
        log: Told of every decision, if any.

    `acted_ms` has when an order of each pair last filled or ended, UTC: balances of before do not know of it.
    """

    def __init__(
        self,
        name: str,
        book: HostBook,
        *,
        rules: TradeRules,
        risk: RiskRules,
        started_ms: int = 0,
        log: DecisionLog | None = None,
    ) -> None:
        self.name, self.actor = name, f"strategy {name}"
        self.rules = rules
        self.risk = risk
        self.book = book
        self.log = log
        self.is_changed = False
        self.acted_ms: dict[Symbol, int] = {}
        self._started_ms = started_ms
        # With the first price of the candle: our own sales move the last one.
        self._entries: dict[Symbol, float] = {}
        # Pairs with an order under way: most steps find none, and nothing else to follow.
        self._waiting: dict[Symbol, None] = {
            symbol: None for symbol, pair in book.pairs.items() if pair.order is not None
        }
        self._sales = HostSales(self.actor, book, rules)

    @property
    def is_closed(self) -> bool:
        """Nothing is left that could be sold."""
        return not self._waiting and not self.book.can_sell()

    def candles_closed(self, desk: Decision, report: CandlesClosedReport) -> None:
        """Move stops, mark the wallet, and remember what the strategy says."""
        book, self.is_changed = self.book, True
        if not book.is_marked:
            book.is_marked = True
            book.begin(wallet_beside(desk, book.lots_held()))
        for closed in report.closes:
            book.candle_ms = closed.candle.open_time_ms
            book.begin_day(book.candle_ms)
            pair = book.pairs[closed.symbol]
            pair.closed_ms = book.candle_ms
            pair.atr = nan if closed.atr is None else closed.atr
            pair.volatility = nan if closed.volatility is None else closed.volatility
            stop = 0.0 if pair.held is None else pair.held.stop
            book.close_candle(closed.symbol, closed.candle, now_ms=book.candle_ms, rules=self.rules)
            self._hear_signal(desk, closed, is_late=report.is_late)
            if closed.candle.low <= stop:
                # The price was there between two that were seen.
                self._leave(desk, closed.symbol, reason=BY_STOP)
        book.mark(wallet_beside(desk, book.lots_held()))

    def candles_began(self, desk: Decision, report: CandlesBeganReport) -> None:
        """Move the clock of the rules; who could not enter in the last candle does not enter on it."""
        for symbol in self._entries:
            self._miss_entry(desk, symbol, Verdict("missed", "the next candle began first", "late"))
        self._entries.clear()
        if self.book.is_pausing():
            # The gate reads the note: it must see the pause end in the candle in which it ends here.
            self.is_changed = True
        self.book.candle_ms = report.open_time_ms
        self.book.begin_day(self.book.candle_ms)

    def candles_opened(self, desk: Decision, report: CandlesOpenedReport) -> None:
        """Act on what was wanted at the close: sales now, entries after them."""
        self.is_changed = True
        for symbol in report.symbols:
            pair = self.book.pairs[symbol]
            if pair.held is not None and symbol in desk.market.tickers:
                # Stops that moved at the close meet the price that is there already.
                self._check_levels(desk, symbol)
            is_coming = pair.order is not None and pair.want == -1
            if is_coming or (pair.held is not None and (pair.want == -1 or pair.is_time_up)):
                self._leave(desk, symbol, reason=BY_SIGNAL if pair.want == -1 else BY_TIME)
            if pair.want == -1:
                pair.want = 0
        for place, symbol in enumerate(report.symbols):
            if self.book.pairs[symbol].want == 1:
                if _is_known(desk, symbol):
                    last = self._last(desk, symbol)
                    self._entries[symbol] = report.opens[place] if report.opens else last
                else:
                    self._miss_entry(desk, symbol, Verdict("missed", "no price is known", "feed"))
        if self._entries and not self._may_enter(desk):
            self.give_up_entries(desk, "it is held: start it again to let it enter", gate="held")

    def price_changed(self, desk: Decision, report: TickerReport) -> None:
        """Sell what the last price has set off: the stop before the take profit."""
        pair = self.book.pairs.get(report.symbol)
        if pair is None or pair.held is None or pair.order is not None:
            return
        price = float(report.last)
        pair.held.reach(price, price)
        self._sell_if_due(desk, report.symbol)

    def awaits_book(self, symbol: Symbol) -> bool:
        """Whether a sale waits for a book that can take it."""
        return self._sales.awaits_book(symbol)

    def book_changed(self, desk: Decision, symbol: Symbol) -> None:
        """A book has come that a sale may have waited for."""
        if symbol in desk.market.tickers:
            self._sell_if_due(desk, symbol)

    def follow(self, desk: Decision, owed: Container[ClientOrderId] = ()) -> None:
        """Hear what the step so far has led to, and do what can be done next.

        An order has not ended before all fills are told that it had (`owed`): who sold again sold twice.
        """
        for event in desk.events:
            if isinstance(event, OrderFilled):
                self._hear_fill(desk, event)
        for symbol in tuple(self._waiting):
            pair = self.book.pairs[symbol]
            name = pair.order
            if name is not None and not desk.state.orders[name].is_open and name not in owed:
                self._hear_end(desk, symbol, pair)
        if self._entries:
            self._enter_next(desk)
        if self._sales.is_waiting:
            for symbol in self._sales.open(desk.now_ms):
                if symbol in desk.market.tickers:
                    self._sell_if_due(desk, symbol)

    def miss(self, desk: Decision, candle_ms: int, reason: str) -> None:
        """The end of a candle could not be learned in time."""
        self.book.candle_ms = max(self.book.candle_ms, candle_ms)
        for symbol in self.book.pairs:
            self.record(desk, symbol, Verdict("missed", reason, "candles"))

    def give_up_entries(self, desk: Decision, text: str, *, gate: str = "late") -> None:
        """Nobody enters on a signal that has not been acted on so far."""
        self._entries.clear()
        for symbol, pair in self.book.pairs.items():
            if pair.want == 1:
                self._miss_entry(desk, symbol, Verdict("missed", text, gate))

    def sell_everything(self, desk: Decision) -> None:
        """Leave every position, now or with the next price."""
        self.give_up_entries(desk, "it is being stopped", gate="held")
        for symbol, pair in self.book.pairs.items():
            if pair.held is not None or pair.order is not None:
                self.is_changed = True
                self._leave(desk, symbol, reason=BY_SIGNAL)

    def write_off(self, symbol: Symbol, lots: int) -> None:
        """Count so many lots no longer: the account does not have them."""
        self.is_changed = True
        self.book.write_off(symbol, lots, risk=self.risk)
        if self.book.pairs[symbol].held is None:
            self._sales.forget(symbol)

    def record(
        self, desk: Decision, symbol: Symbol, verdict: Verdict, *, candle_ms: int = 0
    ) -> None:
        """Keep a decision for whoever asks why; on the candle of now unless told."""
        if self.log is not None:
            candle_ms = candle_ms or self.book.candle_ms
            self.log.add(symbol, verdict, time_ms=desk.now_ms, candle_ms=candle_ms)

    def _miss_entry(self, desk: Decision, symbol: Symbol, verdict: Verdict) -> None:
        pair = self.book.pairs[symbol]
        pair.want, self.is_changed = 0, True
        if pair.held is None:
            # Who is in already has missed nothing.
            self.record(desk, symbol, verdict)

    def _may_enter(self, desk: Decision) -> bool:
        record = desk.state.strategies.get(self.name)
        return record is None or record.phase is StrategyPhase.RUNNING

    def _hear_signal(self, desk: Decision, closed: ClosedCandle, *, is_late: bool) -> None:
        pair = self.book.pairs[closed.symbol]
        is_missed = is_late and closed.signal == 1
        if closed.signal != 0:
            pair.want = 0 if is_missed else closed.signal
        if self.log is not None:
            self.log.heard(closed.symbol, closed.signal)
            self.record(desk, closed.symbol, signal_words(pair, is_missed=is_missed))

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

    def _leave(self, desk: Decision, symbol: Symbol, *, reason: int) -> None:
        pair = self.book.pairs[symbol]
        must_wait = self._sales.retries.must_wait(symbol, desk.now_ms)
        if pair.order is not None or must_wait or not _is_known(desk, symbol):
            pair.leaving = reason
        elif pair.held is not None:
            pair.held.reach(*(self._last(desk, symbol),) * 2)
            self._sell(desk, symbol, reason=reason)

    def _sell(self, desk: Decision, symbol: Symbol, *, reason: int) -> None:
        pair = self.book.pairs[symbol]
        if pair.held is None or pair.order is not None or not _is_known(desk, symbol):
            return
        if desk.state.halt is not None or not desk.state.is_reconciled:
            # The gate would say so with every price; the wish stays, the journal stays short.
            self._keep_wish(symbol, reason)
            if self._sales.retries.wait(symbol, desk.now_ms):
                text = "trading is halted, or the account is being compared"
                self.record(desk, symbol, Verdict("refused", text, "halted"))
            return
        price = self._last(desk, symbol)
        lots = self._sales.lots_now(desk, symbol, price=price, reason=reason)
        if lots > 0:
            pair.price, pair.reason = price, reason
            self._place(desk, symbol, Side.SELL, lots=lots)

    def _enter_next(self, desk: Decision) -> None:
        while self._entries and not self._is_busy(desk):
            symbol, price = next(iter(self._entries.items()))
            del self._entries[symbol]
            pair = self.book.pairs[symbol]
            pair.want, self.is_changed = 0, True
            if pair.held is None:
                self._enter(desk, symbol, price)

    def _is_busy(self, desk: Decision) -> bool:
        return bool(self._waiting) or bool(desk.state.unsettled)

    def _enter(self, desk: Decision, symbol: Symbol, price: float) -> None:
        pair, book = self.book.pairs[symbol], self.book
        market = pair.market(price)
        block = book.block(symbol, self.risk)
        if block == FREE and not is_priced(market, self.rules):
            block = UNKNOWN_PRICES
        if block == FREE:
            account = book.account(free_cash(desk))
            lots = entry_lots(market, account, pair.grid, self.rules, self.risk)
            if lots > 0:
                pair.price, pair.reason = market.price, BY_SIGNAL
                self._place(desk, symbol, Side.BUY, lots=lots)
                return
            block = TOO_SMALL
        book.blocks[block] = book.blocks.get(block, 0) + 1
        if self.log is not None:
            self.record(desk, symbol, block_words(block, book, pair, risk=self.risk))

    def _place(self, desk: Decision, symbol: Symbol, side: Side, *, lots: int) -> None:
        book, pair = self.book, self.book.pairs[symbol]
        book.order_count, self.is_changed = book.order_count + 1, True
        decided = f"{self._started_ms} {self.name} {symbol} {book.candle_ms} {book.order_count}"
        name = placement.order_name(decided)
        quantity = desk.market.instruments[symbol].lot * lots
        refusal = send(desk, Wish(self.actor, symbol, side, quantity), name)
        if refusal is not None:
            if side is Side.SELL:
                self._sell_again(desk, symbol, pair.reason, is_by_gate=True)
            self.record(desk, symbol, Verdict("refused", refusal.reason, refusal.gate))
            return
        pair.order, pair.order_candle_ms = name, book.candle_ms
        self._waiting[symbol] = None
        self._sales.sent(symbol)
        outcome = "bought" if side is Side.BUY else "sold"
        text = f"{REASONS[pair.reason]}: {quantity.normalize():f} sent"
        if self._sales.is_part(symbol):
            text += ", as much as the book takes; the rest follows"
        self.record(desk, symbol, Verdict(outcome, text))

    def _sell_again(self, desk: Decision, symbol: Symbol, reason: int, *, is_by_gate: bool) -> None:
        """Neither gate nor exchange is asked the same in the same moment; the wish stays."""
        self._sales.retries.refuse(symbol, desk.now_ms, is_by_gate=is_by_gate)
        self._keep_wish(symbol, reason)

    def _keep_wish(self, symbol: Symbol, reason: int) -> None:
        if reason in LEAVES:
            self.book.pairs[symbol].leaving, self.is_changed = reason, True

    def _sell_if_due(self, desk: Decision, symbol: Symbol) -> None:
        pair = self.book.pairs[symbol]
        if pair.held is None:
            self._sales.forget(symbol)
        elif pair.leaving != STAYS:
            self._sell(desk, symbol, reason=pair.leaving)
        else:
            self._check_levels(desk, symbol)

    def _hear_fill(self, desk: Decision, event: OrderFilled) -> None:
        order, fill = desk.state.orders[event.client_order_id], event.fill
        if order.actor != self.actor or order.symbol not in self.book.pairs:
            return
        pair = self.book.pairs[order.symbol]
        is_known = pair.order == order.client_order_id
        if not is_known and order.submitted_ms < self._started_ms:
            return
        self.is_changed = True
        self.acted_ms[order.symbol] = desk.now_ms
        candle_ms = pair.order_candle_ms if is_known else self.book.candle_ms
        filled = filled_of(fill, pair.grid, candle_ms=candle_ms)
        if order.side is Side.BUY:
            self.book.book_entry(order.symbol, filled, rules=self.rules)
        elif pair.held is not None:
            # What was sold beyond what is known to be held is in the ledger, not here.
            self.book.book_sale(order.symbol, filled.at_most(pair.held.lots), risk=self.risk)
        if not is_known:
            outcome = "bought" if order.side is Side.BUY else "sold"
            text = f"{fill.quantity_base.normalize():f} after all: its order had been given up"
            self.record(desk, order.symbol, Verdict(outcome, text))

    def _hear_end(self, desk: Decision, symbol: Symbol, pair: PairBook) -> None:
        """An order of ours has ended: the next part is due, or the same price sets off more."""
        assert pair.order is not None, symbol
        order = desk.state.orders[pair.order]
        pair.order, self.is_changed = None, True
        self.acted_ms[symbol] = desk.now_ms
        del self._waiting[symbol]
        if (said := end_words(order)) is not None:
            self.record(desk, symbol, said, candle_ms=pair.order_candle_ms)
        self._sales.ended(desk, symbol)
        held = pair.held
        if held is None:
            pair.leaving = STAYS
            self._sales.forget(symbol)
        if held is None or order.side is Side.BUY:
            return
        if not order.filled_base:
            self._sell_again(desk, symbol, pair.reason, is_by_gate=False)
        elif pair.reason == BY_TAKE and not self._sales.owes_profit(pair):
            held.set_take(held.part + 1, rules=self.rules, grid=pair.grid)
        if pair.reason in LEAVES:
            pair.leaving = pair.reason
        if symbol in desk.market.tickers:
            self._sell_if_due(desk, symbol)


def _is_known(desk: Decision, symbol: Symbol) -> bool:
    return symbol in desk.market.tickers and symbol in desk.market.instruments
