"""New terms for an open order: what they are, and whether they are allowed.

Law: who only asks for less keeps his place in the queue; any other price, or more, goes to its end.
<https://docs.kraken.com/api/docs/rest-api/amend-order>
"""

from decimal import Decimal

import msgspec

from tui_trader.engine.exchanges.simulator import rejections
from tui_trader.engine.exchanges.simulator.admission import (
    Surroundings,
    check_deadline,
    check_display,
    check_funds,
    check_price,
    check_volume,
    grid_ticks,
)
from tui_trader.engine.exchanges.simulator.events import OrderAmended, TriggerTerms
from tui_trader.engine.exchanges.simulator.listings import PAIR_BY_SYMBOL, PairListing, quantity
from tui_trader.engine.exchanges.simulator.orders import OrderRecord, OrderTicket
from tui_trader.engine.exchanges.simulator.pair_rules import check_mode
from tui_trader.engine.exchanges.simulator.price_terms import PriceMark, PriceTerm, resolve
from tui_trader.engine.exchanges.simulator.rejections import Rejected
from tui_trader.engine.exchanges.simulator.requests import Amendment
from tui_trader.engine.exchanges.simulator.triggers import trailing_price


def amended(
    record: OrderRecord, amendment: Amendment, *, reference: Decimal, amend_id: str, now_ms: int
) -> OrderAmended:
    """The event that an amendment would be.

    Raises:
        Rejected: it changes nothing, or what the order does not have.
    """
    order, pair = record.accepted, record.pair
    fields = (
        amendment.volume,
        amendment.price,
        amendment.trigger_price,
        amendment.display_volume,
        amendment.post_only,
    )
    if all(field is None for field in fields):
        raise Rejected(rejections.INVALID_ARGUMENTS)
    volume = order.volume if amendment.volume is None else amendment.volume
    price, trigger = order.price, order.trigger
    if amendment.price is not None:
        if price is None:
            raise Rejected(rejections.INVALID_PRICE)
        price = resolve(
            amendment.price, reference, pair=pair, side=order.side, kind=order.order_type
        )
    if amendment.trigger_price is not None:
        trigger = _new_trigger(record, amendment.trigger_price, reference)
    shown = order.display_volume
    if amendment.display_volume is not None:
        if shown is None:
            raise Rejected(rejections.INVALID_DISPLAY)
        shown = amendment.display_volume
    elif shown is not None:
        shown = min(shown, volume)
    keeps_place = price == order.price and shown == order.display_volume and volume <= order.volume
    return OrderAmended(
        time_ms=now_ms,
        txid=order.txid,
        cl_ord_id=order.cl_ord_id,
        userref=order.userref,
        pair=order.pair,
        side=order.side,
        order_type=order.order_type,
        volume=volume,
        price=price,
        amend_id=amend_id,
        keeps_place=keeps_place or record.is_dormant,
        display_volume=shown,
        trigger=trigger,
        post_only=order.post_only if amendment.post_only is None else amendment.post_only,
    )


def check_amendment(
    record: OrderRecord, change: OrderAmended, around: Surroundings, *, deadline_ms: int | None
) -> None:
    """Refuse new terms that a new order could not have either.

    Raises:
        Rejected: with Kraken's error string.
    """
    pair, rules = record.pair, around.rules
    check_mode(rules.status, change.order_type, is_post_only=change.post_only)
    check_deadline(deadline_ms, around.now_ms)
    check_volume(change.volume, rules)
    if change.volume <= record.filled:
        return
    if change.price != record.accepted.price:
        check_price(change.price, pair, rules)
    if change.trigger is not None:
        check_price(change.trigger.price, pair, rules)
    if change.display_volume is not None:
        check_display(change.display_volume, change.volume)
    worth = change.price or (change.trigger.price if change.trigger else None)
    if worth is not None and worth * change.volume < rules.cost_min:
        raise Rejected(rejections.COST_MINIMUM)
    if record.is_dormant or change.keeps_place:
        return
    _check_crossing(change, around, pair)
    rest = OrderTicket(
        pair=pair,
        side=change.side,
        order_type=change.order_type,
        volume=change.volume - record.filled,
        price=change.price,
        post_only=change.post_only,
        fee_in_base=record.accepted.fee_in_base,
    )
    check_funds(rest, around)


def named(change: OrderAmended, amend_id: str) -> OrderAmended:
    """The change under its name, its numbers written with the pair's decimals."""
    pair = PAIR_BY_SYMBOL[change.pair]
    return msgspec.structs.replace(
        change,
        amend_id=amend_id,
        volume=change.volume.quantize(quantity(1)),
        price=None if change.price is None else change.price.quantize(pair.price(1)),
    )


def _check_crossing(change: OrderAmended, around: Surroundings, pair: PairListing) -> None:
    if change.price is None or not change.post_only:
        return
    if around.book.crosses(change.side, grid_ticks(change.price, pair)):
        raise Rejected(rejections.POST_ONLY)


def _new_trigger(record: OrderRecord, term: PriceTerm, reference: Decimal) -> TriggerTerms:
    order, trigger = record.accepted, record.accepted.trigger
    if trigger is None or not record.is_dormant:
        raise Rejected(rejections.INVALID_TRIGGER_PRICE)
    if trigger.trail is None:
        price = resolve(term, reference, pair=record.pair, side=order.side, kind=order.order_type)
        return msgspec.structs.replace(trigger, price=price)
    if term.mark is not PriceMark.ADD or not term.amount:
        raise Rejected(rejections.INVALID_TRIGGER_PRICE)
    assert trigger.peak is not None
    price = trailing_price(record.pair, order.side, trail=term, peak=trigger.peak)
    return msgspec.structs.replace(trigger, trail=term, price=price)
