"""What a pair's rules are at the moment: they change while the exchange runs, as Kraken's do.

Law: the book counts in the listing's own ticks and lots for ever; a rule can only be coarser. What
rested before a change stays.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from tui_trader.engine.exchanges.simulator import rejections
from tui_trader.engine.exchanges.simulator.events import RulesChanged
from tui_trader.engine.exchanges.simulator.listings import LOT_DECIMALS, PairListing
from tui_trader.engine.exchanges.simulator.price_terms import OrderKind
from tui_trader.engine.exchanges.simulator.rejections import Rejected


class PairStatus(Enum):
    """Kraken's words for what may be done on a pair, or on the whole exchange."""

    ONLINE = "online"
    CANCEL_ONLY = "cancel_only"
    POST_ONLY = "post_only"
    LIMIT_ONLY = "limit_only"
    REDUCE_ONLY = "reduce_only"
    MAINTENANCE = "maintenance"


@dataclass(slots=True, kw_only=True)
class PairRules:
    """Minimums, grid and status of one pair."""

    order_min: Decimal
    cost_min: Decimal
    tick: Decimal
    lot: Decimal
    status: PairStatus = PairStatus.ONLINE

    @classmethod
    def of(cls, pair: PairListing) -> "PairRules":
        """As the pair is listed."""
        return cls(
            order_min=pair.order_min,
            cost_min=pair.cost_min,
            tick=pair.price(1),
            lot=Decimal(1).scaleb(-LOT_DECIMALS),
        )

    @classmethod
    def of_event(cls, event: RulesChanged) -> "PairRules":
        """As they were changed to."""
        return cls(
            order_min=event.order_min,
            cost_min=event.cost_min,
            tick=event.tick,
            lot=event.lot,
            status=PairStatus(event.status),
        )

    def changed(
        self,
        pair: PairListing,
        *,
        order_min: Decimal | None = None,
        cost_min: Decimal | None = None,
        tick: Decimal | None = None,
        lot: Decimal | None = None,
        status: PairStatus | None = None,
    ) -> "PairRules":
        """These rules with some of them changed; `None` leaves what is.

        Raises:
            ValueError: a minimum is below 0, or a grid finer than the listing's.
        """
        for least in (order_min, cost_min):
            if least is not None and not (least.is_finite() and least >= 0):
                message = f"a minimum of {least} makes no sense"
                raise ValueError(message)
        rules = PairRules(
            order_min=self.order_min if order_min is None else order_min,
            cost_min=self.cost_min if cost_min is None else cost_min,
            tick=self.tick,
            lot=self.lot,
            status=self.status if status is None else status,
        )
        if tick is not None:
            rules.set_tick(pair, tick)
        if lot is not None:
            rules.set_lot(lot)
        return rules

    def set_tick(self, pair: PairListing, tick: Decimal) -> None:
        """Change the price grid.

        Raises:
            ValueError: the new one is finer than the listing's, or no multiple of it.
        """
        self.tick = _coarser(tick, pair.price(1))

    def set_lot(self, lot: Decimal) -> None:
        """Change the quantity grid.

        Raises:
            ValueError: the new one is finer than the listing's, or no multiple of it.
        """
        self.lot = _coarser(lot, Decimal(1).scaleb(-LOT_DECIMALS))


def check_mode(status: PairStatus, kind: OrderKind, *, is_post_only: bool) -> None:
    """Refuse a new order that the status does not allow.

    Raises:
        Rejected: with Kraken's word for the status.
    """
    match status:
        case PairStatus.ONLINE:
            return
        case PairStatus.MAINTENANCE:
            raise Rejected(rejections.UNAVAILABLE)
        case PairStatus.CANCEL_ONLY:
            raise Rejected(rejections.MODE_CANCEL_ONLY)
        case PairStatus.REDUCE_ONLY:
            raise Rejected(rejections.MODE_REDUCE_ONLY)
        case PairStatus.POST_ONLY:
            if not is_post_only:
                raise Rejected(rejections.MODE_POST_ONLY)
        case PairStatus.LIMIT_ONLY:
            if kind not in {OrderKind.LIMIT, OrderKind.ICEBERG}:
                raise Rejected(rejections.MODE_LIMIT_ONLY)


def _coarser(step: Decimal, unit: Decimal) -> Decimal:
    if not step.is_finite() or step <= 0 or step % unit:
        message = f"{step} is no multiple of {unit:f}"
        raise ValueError(message)
    return step
