"""What a hosted strategy remembers: positions with their levels, limits, the wallet's marks.

Law: the arithmetic is the rulebook's; here is what it is applied to. Everything is plain numbers and
text, so the book can be written down and read back (`msgspec`).
"""

from decimal import Decimal
from math import nan

import msgspec

from tui_trader.engine.rules.fees import FEE_DAYS, fee_ratio
from tui_trader.engine.rules.grid import (
    MONEY_PER_QUOTE,
    price_of,
    quantity_of,
    quote_of,
    value_money,
)
from tui_trader.engine.rules.limits import cool_down_after, entry_block, pause_after, streak_after
from tui_trader.engine.rules.model import Account, Grid, Market, RiskRules, TradeRules
from tui_trader.engine.rules.orders import protect
from tui_trader.engine.rules.sizing import is_large_enough
from tui_trader.engine.rules.stops import is_time_up, moves_stop, next_stop_level, next_stop_ticks
from tui_trader.engine.rules.take_profits import take_ticks
from tui_trader.engine.values.account import ExchangeFill
from tui_trader.engine.values.candles import Candle
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import ClientOrderId
from tui_trader.engine.values.time import MS_PER_DAY, utc_day

COMPLETED_MAX = 1_000
"""Finished trades kept for whoever asks; the journal has the fills of all."""


BY_SIGNAL, BY_STOP, BY_TAKE, BY_TIME = range(4)
"""Why something is sold; the numbers are those of the walk."""
LEAVES = (BY_SIGNAL, BY_TIME, BY_STOP)
"""What is sold once it was set off, however often that must be tried; profit waits for its price."""
REASONS = ("signal", "stop", "take profit", "time stop")
STAYS = -1
"""Nothing asks for the sale of the position."""


def fee_of_day(traded: dict[int, int], day: int, rules: TradeRules) -> float:
    """What an order pays on a day, from the money steps traded on each; forgets what counts no more."""
    for old in [old for old in traded if old <= day - FEE_DAYS]:
        del traded[old]
    volume = quote_of(sum(traded.values()))
    return fee_ratio(volume, rules.fee_volumes, rules.fee_takers)


def whole_steps(value: Decimal, per_unit: float) -> int:
    """What moved, in lots or ticks of a grid."""
    return int((value * Decimal(per_unit)).to_integral_value())


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """One fill in whole steps."""

    time_ms: int
    lots: int
    ticks: int
    fee: int

    def at_most(self, lots: int) -> "Filled":
        """The same fill, of which no more than `lots` count."""
        return msgspec.structs.replace(self, lots=min(self.lots, lots))


def filled_of(fill: ExchangeFill, grid: Grid, *, candle_ms: int) -> Filled:
    """A fill in whole steps, in the candle in which it was decided."""
    return Filled(
        time_ms=candle_ms,
        lots=whole_steps(fill.quantity_base, grid.lots_per_unit),
        ticks=whole_steps(fill.price, grid.ticks_per_unit),
        fee=int(fill.fee * MONEY_PER_QUOTE),
    )


class HeldTrade(msgspec.Struct, kw_only=True):
    """A position of the strategy, with what protects it. Money in steps of 1e-8 quote."""

    entry_time_ms: int
    entry_ticks: int
    entry: float
    lots: int
    lots_first: int
    cost: int
    fees: int
    proceeds: int = 0
    sales: int = 0
    stop_ticks: int = 0
    stop: float = 0.0
    risk_price: float = 0.0
    take_way: float = 0.0
    take_ticks: int = 0
    take: float = 0.0
    part: int = 0
    bars: int = 0
    highest: float
    lowest: float
    slippage: float

    def reach(self, low: float, high: float) -> None:
        """Widen the range that the position has seen."""
        self.lowest, self.highest = min(self.lowest, low), max(self.highest, high)

    def set_take(self, part: int, *, rules: TradeRules, grid: Grid) -> None:
        """Part 0, 1, … of the profit is what is waited for next."""
        unit = grid.ticks_per_unit
        self.part = part
        self.take_ticks = take_ticks(self.entry, self.take_way, part, rules.take_parts, unit)
        self.take = price_of(self.take_ticks, unit)

    def protect(self, atr: float, *, rules: TradeRules, grid: Grid) -> None:
        """Set first stop and take profit anew, from the entry."""
        shield = protect(self.entry, atr, rules, grid.ticks_per_unit)
        self.stop_ticks = shield.stop_ticks
        self.stop = price_of(shield.stop_ticks, grid.ticks_per_unit)
        self.risk_price, self.take_way = shield.risk_price, shield.take_way
        self.set_take(0, rules=rules, grid=grid)


class CompletedTrade(msgspec.Struct, frozen=True, kw_only=True):
    """A finished trade."""

    symbol: Symbol
    held: HeldTrade
    exit_time_ms: int
    exit_ticks: int
    reason: int


class PairBook(msgspec.Struct, kw_only=True):
    """One pair of the strategy.

    Args:
        want: What the strategy said last and nobody has acted on: 1, -1, else 0.
        leaving: Why everything is to be sold, however often that must be tried; STAYS for not.
        closed_ms: Start of the last candle whose end was told, UTC.
        order: Our order under way, if any; `order_candle_ms` is the candle it was decided in.
        price: Price that set that order off; `reason` why it sells.
    """

    grid: Grid
    want: int = 0
    leaving: int = STAYS
    is_time_up: bool = False
    closed_ms: int = 0
    close: float = 0.0
    atr: float = nan
    volatility: float = nan
    volume: float = nan
    cool_until_ms: int = 0
    held: HeldTrade | None = None
    order: ClientOrderId | None = None
    order_candle_ms: int = 0
    price: float = 0.0
    reason: int = 0

    def market(self, price: float) -> Market:
        """The pair at a price, with what is known of its last closed candle."""
        return Market(price, self.atr, self.volatility, self.volume)


class HostBook(msgspec.Struct, kw_only=True):
    """All pairs and the one wallet of a strategy.

    Args:
        candle_ms: Start of the candle that prices belong to now: the clock of the rules, UTC.
        is_marked: The wallet has been valued once.
    """

    pairs: dict[Symbol, PairBook]
    candle_ms: int = 0
    order_count: int = 0
    is_marked: bool = False
    equity: float = 0.0
    peak: float = 0.0
    day_start: float = 0.0
    day_end_ms: int = 0
    entries_today: int = 0
    streak: int = 0
    paused_until_ms: int = 0
    wins: int = 0
    losses: int = 0
    win_sum: float = 0.0
    loss_sum: float = 0.0
    traded: dict[int, int] = {}
    completed: list[CompletedTrade] = []
    blocks: dict[int, int] = {}

    def exposure(self) -> float:
        """Value of all positions at the last closes, quote."""
        total = 0.0
        for pair in self.pairs.values():
            if pair.held is not None:
                total += quantity_of(pair.held.lots, pair.grid.lots_per_unit) * pair.close
        return total

    def lots_held(self) -> dict[Symbol, int]:
        """What is held of each pair that something is held of."""
        return {
            symbol: pair.held.lots for symbol, pair in self.pairs.items() if pair.held is not None
        }

    def open_count(self) -> int:
        """Positions that are open."""
        return sum(pair.held is not None for pair in self.pairs.values())

    def can_sell(self) -> bool:
        """Whether anything is held that an exchange would take."""
        for pair in self.pairs.values():
            ticks = round(pair.close * pair.grid.ticks_per_unit)
            if pair.held is not None and is_large_enough(pair.held.lots, ticks, pair.grid):
                return True
        return False

    def block(self, symbol: Symbol, risk: RiskRules) -> int:
        """First limit that forbids an entry now, or FREE."""
        return entry_block(
            self.candle_ms,
            self.equity,
            self.day_start,
            self.peak,
            self.open_count(),
            self.entries_today,
            self.paused_until_ms,
            self.pairs[symbol].cool_until_ms,
            risk,
        )

    def is_pausing(self) -> bool:
        """Whether a pause or a cool-down lasts in the candle of now."""
        return self.paused_until_ms > self.candle_ms or any(
            pair.cool_until_ms > self.candle_ms for pair in self.pairs.values()
        )

    def begin(self, cash: int) -> None:
        """Mark a wallet that has not traded yet."""
        self.equity = self.peak = self.day_start = quote_of(cash)

    def mark(self, cash: int) -> None:
        """Value everything at the last closes."""
        self.equity = self.exposure() + quote_of(cash)
        self.peak = max(self.peak, self.equity)

    def begin_day(self, now_ms: int) -> None:
        """A new UTC day counts its entries anew, and its loss from the last mark before it."""
        if now_ms >= self.day_end_ms:
            self.day_end_ms = (utc_day(now_ms) + 1) * MS_PER_DAY
            self.entries_today = 0
            self.day_start = self.equity

    def fee_now(self, now_ms: int, rules: TradeRules) -> float:
        """What an order pays on this day."""
        return fee_of_day(self.traded, utc_day(now_ms), rules)

    def account(self, cash: int) -> Account:
        """The account as an entry sees it."""
        return Account(
            cash,
            self.equity,
            self.exposure(),
            self.wins,
            self.losses,
            self.win_sum,
            self.loss_sum,
        )

    def close_candle(
        self, symbol: Symbol, candle: Candle, *, now_ms: int, rules: TradeRules
    ) -> None:
        """What the close decides for the next candle: the stop and the time stop."""
        pair = self.pairs[symbol]
        pair.close, pair.volume = candle.close, candle.volume_base
        held = pair.held
        if held is None:
            return
        held.bars += 1
        held.reach(candle.low, candle.high)
        if moves_stop(rules):
            fee = self.fee_now(now_ms, rules) if rules.break_even_r > 0.0 else 0.0
            level = next_stop_level(
                held.entry, held.risk_price, held.highest, candle.close, pair.atr, fee, rules
            )
            if level > held.stop:
                unit = pair.grid.ticks_per_unit
                held.stop_ticks = next_stop_ticks(held.stop_ticks, level, unit)
                held.stop = price_of(held.stop_ticks, unit)
        pair.is_time_up = is_time_up(held.bars, rules.time_stop_bars)

    def book_entry(self, symbol: Symbol, fill: Filled, *, rules: TradeRules) -> None:
        """A purchase, or the next part of one."""
        pair = self.pairs[symbol]
        grid = pair.grid
        cost = value_money(fill.lots, fill.ticks, grid.lots_per_unit, grid.ticks_per_unit)
        price = price_of(fill.ticks, grid.ticks_per_unit)
        slippage = (price - pair.price) * quantity_of(fill.lots, grid.lots_per_unit)
        held = pair.held
        if held is None:
            self.entries_today += 1
            held = pair.held = HeldTrade(
                entry_time_ms=fill.time_ms,
                entry_ticks=fill.ticks,
                entry=price,
                lots=fill.lots,
                lots_first=fill.lots,
                cost=cost,
                fees=fill.fee,
                highest=price,
                lowest=price,
                slippage=slippage,
            )
        else:
            held.lots += fill.lots
            held.lots_first += fill.lots
            held.cost += cost
            held.fees += fill.fee
            held.slippage += slippage
            held.entry = quote_of(held.cost) / quantity_of(held.lots_first, grid.lots_per_unit)
        self._count(cost, fill.time_ms)
        pair.is_time_up = False
        held.protect(pair.atr, rules=rules, grid=grid)

    def book_sale(self, symbol: Symbol, fill: Filled, *, risk: RiskRules) -> None:
        """A sale, or a part of one; the last one ends the trade."""
        pair = self.pairs[symbol]
        held, grid = pair.held, pair.grid
        assert held is not None, symbol
        value = value_money(fill.lots, fill.ticks, grid.lots_per_unit, grid.ticks_per_unit)
        held.lots -= fill.lots
        held.proceeds += value
        held.fees += fill.fee
        held.sales += 1
        price = price_of(fill.ticks, grid.ticks_per_unit)
        held.slippage += (pair.price - price) * quantity_of(fill.lots, grid.lots_per_unit)
        self._count(value, fill.time_ms)
        if held.lots == 0:
            self._end(symbol, fill, risk=risk)

    def write_off(self, symbol: Symbol, lots: int, *, risk: RiskRules) -> None:
        """Coins that are not there any more: nobody knows what they brought, so they win and lose nothing."""
        pair = self.pairs[symbol]
        held = pair.held
        assert held is not None, symbol
        held.cost -= held.cost * lots // held.lots_first
        held.lots -= lots
        held.lots_first -= lots
        if held.lots > 0:
            return
        if held.sales:
            self._end(symbol, Filled(time_ms=self.candle_ms, lots=0, ticks=0, fee=0), risk=risk)
        pair.held, pair.is_time_up, pair.leaving = None, False, STAYS

    def _count(self, value: int, time_ms: int) -> None:
        day = utc_day(time_ms)
        self.traded[day] = self.traded.get(day, 0) + value

    def _end(self, symbol: Symbol, fill: Filled, *, risk: RiskRules) -> None:
        pair = self.pairs[symbol]
        held = pair.held
        assert held is not None, symbol
        pnl = held.proceeds - held.cost - held.fees
        share = float(pnl) / float(held.cost)
        if pnl > 0:
            self.wins += 1
            self.win_sum += share
        else:
            self.losses += 1
            self.loss_sum -= share
        self.streak = streak_after(self.streak, pnl)
        self.paused_until_ms = pause_after(self.streak, fill.time_ms, self.paused_until_ms, risk)
        pair.cool_until_ms = cool_down_after(pnl, fill.time_ms, pair.cool_until_ms, risk)
        self.completed.append(
            CompletedTrade(
                symbol=symbol,
                held=held,
                exit_time_ms=fill.time_ms,
                exit_ticks=fill.ticks,
                reason=pair.reason,
            )
        )
        del self.completed[:-COMPLETED_MAX]
        pair.held, pair.is_time_up, pair.leaving = None, False, STAYS
