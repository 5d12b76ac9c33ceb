"""Booking: trades become fills, fills become ledger entries, everything becomes an event.

Law: every change of the account is an event, decided here or in `matching` and applied by
`Account.apply`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from tui_trader.engine.exchanges.simulator.account import REWARDS_SUFFIX, Account
from tui_trader.engine.exchanges.simulator.book import Execution
from tui_trader.engine.exchanges.simulator.events import (
    AccountEvent,
    BalanceChanged,
    OrderAccepted,
    OrderCancelled,
    OrderFilled,
    TapePrint,
)
from tui_trader.engine.exchanges.simulator.fee_schedule import fee_ratios
from tui_trader.engine.exchanges.simulator.listings import PairListing, quantity
from tui_trader.engine.exchanges.simulator.orders import OrderRecord, OrderTicket
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import ExchangeOrderId, ExecutionId, OrderType, Side

NewId = Callable[[str], str]
"""Gives a fresh name that begins with a letter: `O` order, `T` trade, `L` ledger entry."""


@dataclass(slots=True)
class Outcome:
    """What one act led to: events of the account, prints of the tape.

    Args:
        closes_seen: Events up to here have brought forth their conditional closes.
    """

    events: list[AccountEvent] = field(default_factory=list)
    prints: list[TapePrint] = field(default_factory=list)
    closes_seen: int = 0

    def add(self, other: "Outcome") -> None:
        """Append what came after."""
        self.events += other.events
        self.prints += other.prints


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerCause:
    """Why a balance changes."""

    reason: str
    ref_id: str
    fee: Decimal = ZERO


class Books:
    """The bookkeeper: turns what happened into events and lets them happen.

    Args:
        new_id: Source of names; the only chance in here, and it is injected.
        tape_id_first: Number of the next trade on the tape.
    """

    def __init__(self, account: Account, *, new_id: NewId, tape_id_first: int) -> None:
        self.account = account
        self.new_id = new_id
        self._tape_id_next = tape_id_first

    def happen(self, outcome: Outcome, event: AccountEvent) -> None:
        """Let one event happen."""
        self.account.apply(event)
        outcome.events.append(event)

    def accept(self, outcome: Outcome, ticket: OrderTicket, *, now_ms: int) -> OrderRecord:
        """Give an order its name."""
        maker, taker = fee_ratios(self.account.volume_usd(now_ms))
        accepted = OrderAccepted(
            time_ms=now_ms,
            txid=ExchangeOrderId(self.new_id("O")),
            cl_ord_id=ticket.cl_ord_id,
            userref=ticket.userref,
            pair=ticket.pair.symbol,
            side=ticket.side,
            order_type=ticket.order_type,
            volume=ticket.volume.quantize(quantity(1)),
            price=None if ticket.price is None else ticket.price.quantize(ticket.pair.price(1)),
            post_only=ticket.post_only,
            time_in_force=ticket.time_in_force,
            fee_maker_ratio=maker,
            fee_taker_ratio=taker,
            fee_in_base=ticket.fee_in_base,
            cash=ticket.cash,
            display_volume=ticket.display_volume,
            expires_ms=ticket.expires_ms,
            starts_ms=ticket.starts_ms,
            self_trade=ticket.self_trade,
            trigger=ticket.trigger,
            close=ticket.close,
            parent_txid=ticket.parent_txid,
        )
        self.happen(outcome, accepted)
        return self.account.orders[accepted.txid]

    def end(
        self,
        outcome: Outcome,
        record: OrderRecord,
        reason: str,
        *,
        now_ms: int,
        is_expired: bool = False,
    ) -> None:
        """End an order that is not filled."""
        order = record.accepted
        cancelled = OrderCancelled(
            time_ms=now_ms,
            txid=order.txid,
            cl_ord_id=order.cl_ord_id,
            userref=order.userref,
            pair=order.pair,
            side=order.side,
            order_type=order.order_type,
            volume=record.remaining,
            price=order.price,
            reason=reason,
            is_expired=is_expired,
        )
        self.happen(outcome, cancelled)

    def trade(
        self,
        outcome: Outcome,
        deal: tuple[PairListing, Side, OrderType],
        executions: Iterable[Execution],
        *,
        taker: OrderRecord | None,
        now_ms: int,
    ) -> None:
        """Print executions on the tape and book the account's part in them."""
        pair, side, order_type = deal
        for execution in executions:
            tape = TapePrint(
                tape_id=self._tape_id_next,
                time_ms=now_ms,
                symbol=pair.symbol,
                side=side,
                order_type=order_type,
                ticks=execution.ticks,
                lots=execution.lots,
            )
            self._tape_id_next += 1
            outcome.prints.append(tape)
            if taker is not None:
                self._fill(outcome, taker, tape, is_maker=False)
            if execution.maker is not None:
                self._fill(outcome, self.account.orders[execution.maker], tape, is_maker=True)

    def book(
        self, outcome: Outcome, asset: str, amount: Decimal, *, now_ms: int, cause: LedgerCause
    ) -> None:
        """One ledger entry; what the balance lacks comes from the one that earns rewards."""
        balance = self.account.balances.get(asset, ZERO) + amount - cause.fee
        if balance < ZERO:
            self._fetch_rewards(outcome, asset, -balance, now_ms=now_ms)
            balance = ZERO
        assert balance >= ZERO, (asset, balance)
        entry = BalanceChanged(
            time_ms=now_ms,
            ledger_id=self.new_id("L"),
            ref_id=cause.ref_id,
            asset=asset,
            amount=amount,
            fee=cause.fee,
            balance=balance,
            reason=cause.reason,
        )
        self.happen(outcome, entry)

    def _fetch_rewards(self, outcome: Outcome, asset: str, amount: Decimal, *, now_ms: int) -> None:
        earning = asset + REWARDS_SUFFIX
        assert self.account.balances.get(earning, ZERO) >= amount, (asset, amount)
        cause = LedgerCause(reason="transfer", ref_id=self.new_id("Q"))
        self.book(outcome, earning, -amount, now_ms=now_ms, cause=cause)
        self.book(outcome, asset, amount, now_ms=now_ms, cause=cause)

    def _fill(
        self, outcome: Outcome, record: OrderRecord, tape: TapePrint, *, is_maker: bool
    ) -> None:
        order, pair = record.accepted, record.pair
        price, volume = pair.price(tape.ticks), quantity(tape.lots)
        maker, taker = fee_ratios(self.account.volume_usd(tape.time_ms))
        # Never above the tier of the acceptance: that is what was set aside.
        ratio = min(maker, order.fee_maker_ratio) if is_maker else min(taker, order.fee_taker_ratio)
        charge = record.charge(price, volume, ratio=ratio)
        fill = OrderFilled(
            time_ms=tape.time_ms,
            txid=order.txid,
            cl_ord_id=order.cl_ord_id,
            userref=order.userref,
            pair=order.pair,
            side=order.side,
            order_type=order.order_type,
            volume=volume,
            price=price,
            cost=charge.cost,
            fee=charge.fee,
            trade_id=ExecutionId(self.new_id("T")),
            tape_id=tape.tape_id,
            is_maker=is_maker,
            fee_base=charge.fee_base,
            fee_ratio=ratio,
        )
        self.happen(outcome, fill)
        fee_base = charge.fee_base
        for asset, amount, fee in (
            (pair.base.name, order.side.sign * volume, fee_base or ZERO),
            (
                pair.quote.name,
                -order.side.sign * charge.cost,
                charge.fee if fee_base is None else ZERO,
            ),
        ):
            cause = LedgerCause(reason="trade", ref_id=fill.trade_id, fee=fee)
            self.book(outcome, asset, amount, now_ms=tape.time_ms, cause=cause)


def tape_type(record: OrderRecord) -> OrderType:
    """How the public tape calls a taker: with a limit, or without one."""
    is_market = record.accepted.price is None
    return OrderType.MARKET if is_market else OrderType.LIMIT
