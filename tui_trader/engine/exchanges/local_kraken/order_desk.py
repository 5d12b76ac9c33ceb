"""The order desk: the one entry of orders, whichever face of the exchange they come in by.

Law: REST and WebSocket only read requests and write answers. Every order, amendment and cancel is
judged, counted, carried out and made durable here, and refused with Kraken's string.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tui_trader.engine.exchanges.local_kraken.rate_counters import (
    ADD_COST,
    amend_cost,
    cancel_cost,
    edit_cost,
)
from tui_trader.engine.exchanges.local_kraken.venue import Venue
from tui_trader.engine.exchanges.simulator import rejections
from tui_trader.engine.exchanges.simulator.events import TriggerSource
from tui_trader.engine.exchanges.simulator.orders import OrderRecord, OrderTicket
from tui_trader.engine.exchanges.simulator.price_terms import PriceTerm
from tui_trader.engine.exchanges.simulator.rejections import Rejected
from tui_trader.engine.exchanges.simulator.requests import Amendment, OrderRequest
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import ExchangeOrderId
from tui_trader.engine.values.time import MS_PER_SECOND

BATCH_MIN, BATCH_MAX = 2, 15
CANCEL_BATCH_MAX = 50
SWITCH_S_MAX = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNames:
    """Orders as a client names them; a userref may mean several."""

    txids: Sequence[str] = ()
    cl_ord_ids: Sequence[str] = ()
    userrefs: Sequence[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEdit:
    """What EditOrder changes; `None` leaves what is."""

    volume: Decimal | None = None
    price: PriceTerm | None = None
    price2: PriceTerm | None = None
    display_volume: Decimal | None = None
    post_only: bool | None = None
    userref: int | None = None
    deadline_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """An order that was taken in.

    Args:
        txid: Its name, `None` when it was only checked.
    """

    ticket: OrderTicket
    txid: ExchangeOrderId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An order of a batch that was not taken in."""

    ticket: OrderTicket
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """An order with new terms."""

    amend_id: str
    record: OrderRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """An order that replaced another; `txid` is `None` when it was only checked."""

    ticket: OrderTicket
    txid: ExchangeOrderId | None
    original: OrderRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """The dead man's switch; `fires_ms` is `None` when it is off."""

    now_ms: int
    fires_ms: int | None


class OrderDesk:
    """Where orders come in; every face has one, and all of them count on the venue's counters."""

    def __init__(self, venue: Venue) -> None:
        self._venue, self._counters = venue, venue.order_counters

    def add(self, request: OrderRequest, *, validate: bool = False) -> Added:
        """Take an order in, or only check it.

        Raises:
            Rejected: with Kraken's string; it does not exist.
        """
        ticket = self._venue.ticket(request)
        if validate:
            self._venue.check(ticket)
            return Added(ticket=ticket, txid=None)
        self._spend(request.pair.symbol, ADD_COST)
        return Added(ticket=ticket, txid=self._venue.place(ticket))

    def add_batch(
        self, requests: Sequence[OrderRequest], *, validate: bool = False
    ) -> list[Added | Refused]:
        """Take 2 to 15 orders of one pair in.

        Raises:
            Rejected: one of them is malformed; none exists.
        """
        if not BATCH_MIN <= len(requests) <= BATCH_MAX:
            raise Rejected(rejections.INVALID_ORDERS)
        if len({request.pair.symbol for request in requests}) != 1:
            raise Rejected(rejections.INVALID_ORDERS)
        tickets = [self._venue.ticket(request) for request in requests]
        for ticket in tickets:
            self._venue.check_form(ticket)
        if not validate:
            self._spend(requests[0].pair.symbol, ADD_COST * len(requests))
        return [self._added(ticket, validate=validate) for ticket in tickets]

    def amend(self, names: OrderNames, amendment: Amendment) -> Amended:
        """Give one open order new terms; it keeps its name.

        Raises:
            Rejected: nothing has changed.
        """
        record = self._one(names)
        self._spend(record.accepted.pair, amend_cost(self._age_ms(record)))
        return Amended(amend_id=self._venue.amend(record.accepted.txid, amendment), record=record)

    def edit(self, names: OrderNames, edit: OrderEdit, *, validate: bool = False) -> Edited:
        """Replace one open order by another; the new one has a new name.

        Raises:
            Rejected: the old order is as it was.
        """
        record = self._one(names)
        if record.accepted.close is not None:
            raise Rejected(rejections.INVALID_CLOSE)
        request = edited_request(record, edit)
        ticket = self._venue.ticket(request)
        if validate:
            self._venue.check_form(replace(ticket, cl_ord_id=None))
            return Edited(ticket=ticket, txid=None, original=record)
        self._spend(record.accepted.pair, edit_cost(self._age_ms(record)))
        txid = self._venue.replace(record.accepted.txid, ticket)
        return Edited(ticket=ticket, txid=txid, original=record)

    def cancel(self, names: OrderNames) -> int:
        """Cancel open orders; how many.

        Raises:
            Rejected: one of those named is not open; those before it are cancelled.
        """
        count = 0
        for name in names.txids:
            count += self._cancel_one(self._venue.engine.open_record(ExchangeOrderId(name)))
        for cl_ord_id in names.cl_ord_ids:
            count += self._cancel_one(self._with_client_id(cl_ord_id))
        for userref in names.userrefs:
            count += sum(self._cancel_one(record) for record in self._with_userref(userref))
        return count

    def cancel_batch(self, names: OrderNames) -> int:
        """Cancel up to 50 orders; how many of them were open.

        Raises:
            Rejected: none is named, or too many are.
        """
        asked = len(names.txids) + len(names.cl_ord_ids) + len(names.userrefs)
        if not 0 < asked <= CANCEL_BATCH_MAX:
            raise Rejected(rejections.INVALID_ORDERS)
        return sum(self._cancel_one(record) for record in self.named(names).values())

    def cancel_all(self) -> int:
        """Cancel every open order; how many. Never refused: it ends what got out of hand."""
        return self._venue.cancel_all()

    def cancel_after(self, timeout_s: int) -> Switch:
        """Set the dead man's switch, so many seconds ahead; 0 turns it off.

        Raises:
            Rejected: the time makes no sense.
        """
        if not 0 <= timeout_s <= SWITCH_S_MAX:
            raise Rejected(rejections.INVALID_TIMEOUT)
        now_ms = self._venue.clock.now_ms()
        fires_ms = now_ms + timeout_s * MS_PER_SECOND if timeout_s else None
        self._venue.set_switch(fires_ms)
        return Switch(now_ms=now_ms, fires_ms=fires_ms)

    def rate_level(self, symbol: Symbol) -> float:
        """Where the counter of a pair stands."""
        return self._counters.level(symbol, self._venue.clock.monotonic_ms())

    def named(self, names: OrderNames) -> Mapping[ExchangeOrderId, OrderRecord]:
        """The open orders that names mean; unknown ones are left out."""
        account = self._venue.account
        records = [account.open_orders.get(ExchangeOrderId(txid)) for txid in names.txids]
        records += [account.open_with_client_id(name) for name in names.cl_ord_ids]
        records += [one for ref in names.userrefs for one in self._with_userref(ref)]
        return {record.accepted.txid: record for record in records if record is not None}

    def _added(self, ticket: OrderTicket, *, validate: bool) -> Added | Refused:
        try:
            if validate:
                self._venue.check(ticket)
                return Added(ticket=ticket, txid=None)
            return Added(ticket=ticket, txid=self._venue.place(ticket))
        except Rejected as refusal:
            return Refused(ticket=ticket, error=refusal.error)

    def _cancel_one(self, record: OrderRecord) -> int:
        self._spend(record.accepted.pair, cancel_cost(self._age_ms(record)))
        return self._venue.cancel((record.accepted.txid,))

    def _one(self, names: OrderNames) -> OrderRecord:
        if names.cl_ord_ids:
            return self._with_client_id(names.cl_ord_ids[0])
        if names.userrefs:
            records = self._with_userref(names.userrefs[0])
            if not records:
                raise Rejected(rejections.UNKNOWN_ORDER)
            return records[0]
        if not names.txids:
            raise Rejected(rejections.INVALID_TXID)
        return self._venue.engine.open_record(ExchangeOrderId(names.txids[0]))

    def _with_client_id(self, cl_ord_id: str) -> OrderRecord:
        record = self._venue.account.open_with_client_id(cl_ord_id)
        if record is None:
            raise Rejected(rejections.UNKNOWN_ORDER)
        return record

    def _with_userref(self, userref: int) -> list[OrderRecord]:
        records = self._venue.account.open_orders.values()
        return [record for record in records if record.accepted.userref == userref]

    def _age_ms(self, record: OrderRecord) -> int:
        return self._venue.clock.now_ms() - record.accepted.time_ms

    def _spend(self, symbol: Symbol, cost: float) -> None:
        self._counters.spend(symbol, cost, self._venue.clock.monotonic_ms())


def edited_request(record: OrderRecord, edit: OrderEdit) -> OrderRequest:
    """The order that replaces another: its terms, except where the edit has its own.

    Raises:
        Rejected: it asks for no more than what is filled already.
    """
    order = record.accepted
    volume = order.volume if edit.volume is None else edit.volume
    if volume <= record.filled:
        raise Rejected(rejections.INVALID_VOLUME)
    price, price2 = _prices_of(record)
    return OrderRequest(
        pair=record.pair,
        side=order.side,
        order_type=order.order_type,
        # What is filled stays with the old order.
        volume=volume - record.filled,
        price=edit.price or price,
        price2=edit.price2 or price2,
        trigger_source=order.trigger.source if order.trigger else TriggerSource.LAST,
        display_volume=edit.display_volume or order.display_volume,
        post_only=order.post_only if edit.post_only is None else edit.post_only,
        fee_in_base=order.fee_in_base,
        time_in_force=order.time_in_force,
        self_trade=order.self_trade,
        userref=order.userref if edit.userref is None else edit.userref,
        deadline_ms=edit.deadline_ms,
        expires_ms=order.expires_ms,
        starts_ms=order.starts_ms if record.is_dormant else None,
    )


def _prices_of(record: OrderRecord) -> tuple[PriceTerm | None, PriceTerm | None]:
    order = record.accepted
    limit = None if order.price is None else PriceTerm(amount=order.price)
    if order.trigger is None:
        return limit, None
    if order.trigger.trail is not None:
        return order.trigger.trail, order.trigger.limit_offset
    return PriceTerm(amount=order.trigger.price), limit
