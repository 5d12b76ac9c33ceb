"""Commands: what a person or a strategy wants done. Each may be refused."""

from decimal import Decimal

import msgspec

from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import (
    PLAIN_TERMS,
    ClientOrderId,
    CommandId,
    OrderTerms,
    OrderType,
    Side,
)


class BaseCommand(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What every command carries.

    Args:
        command_id: Chosen by the client; events that answer the command repeat it.
        time_ms: When the session took it in, UTC; a client's own value is overwritten there.
        actor: Who asks: `console`, `cli`, `strategy NAME`.
    """

    command_id: CommandId
    actor: str
    time_ms: int = 0


class PlaceOrder(BaseCommand, frozen=True, kw_only=True):
    """Send one order to the exchange, if every gate agrees.

    Args:
        client_order_id: UUID, chosen once per ticket: a second command with the same id is refused,
            which is what makes a double Enter harmless.
        price: Limit price; `None` for a market order.
        post_only: Refuse to take liquidity.
    """

    client_order_id: ClientOrderId
    symbol: Symbol
    side: Side
    order_type: OrderType
    quantity_base: Decimal
    price: Decimal | None = None
    post_only: bool = False
    terms: OrderTerms = PLAIN_TERMS


class CancelOrder(BaseCommand, frozen=True, kw_only=True):
    """Cancel one order."""

    client_order_id: ClientOrderId


class AmendPlacedOrder(BaseCommand, frozen=True, kw_only=True):
    """Give one open order new terms; `None` leaves what is. The gates judge it like a new one.

    Args:
        quantity_base: All of it, what is filled included.
        price: Limit.
        trigger_price: Last trade that wakes it.
    """

    client_order_id: ClientOrderId
    quantity_base: Decimal | None = None
    price: Decimal | None = None
    trigger_price: Decimal | None = None


class ClosePosition(BaseCommand, frozen=True, kw_only=True):
    """Sell a share of one position at market; the pair's own open sells are cancelled as needed.

    Allowed while trading is halted: it can only reduce what is held.

    Args:
        fraction: Above 0, up to 1.
    """

    symbol: Symbol
    fraction: Decimal = Decimal(1)


class CancelAllOrders(BaseCommand, frozen=True, kw_only=True):
    """Cancel every open order of the account; new ones stay allowed."""


class HaltTrading(BaseCommand, frozen=True, kw_only=True):
    """Emergency stop: cancel everything, refuse every new order until a person resumes.

    Args:
        asked_ms: When a person asked, where that was before the engine heard of it, UTC; else 0.
    """

    reason: str
    asked_ms: int = 0


class FlattenAll(BaseCommand, frozen=True, kw_only=True):
    """Emergency stop, and sell every position at market: the only orders that pass the stop.

    Trading stays halted afterwards, until a person resumes.
    """


class ResumeTrading(BaseCommand, frozen=True, kw_only=True):
    """Unlatch the emergency stop."""


class StartStrategy(BaseCommand, frozen=True, kw_only=True):
    """Let a strategy trade by itself, with the sizes, stops and limits of [rules] and [risk] as they are now.

    For one that is held: let it enter again, as it was started; everything else must then be the same.

    Args:
        name: Its own name.
        file: Path of a user's own file, "" for one that comes with the program.
        file_digest: SHA-256 of that file when the session took this in; a client's own value is overwritten.
        parameters: Those that are not at their defaults.
    """

    name: str
    file: str = ""
    symbols: tuple[Symbol, ...]
    interval: Interval
    parameters: dict[str, float] = {}
    file_digest: str = ""


class StopStrategy(BaseCommand, frozen=True, kw_only=True):
    """End a strategy.

    Args:
        is_flattening: Sell what it holds first; otherwise that stays, and nothing protects it any more.
    """

    name: str
    is_flattening: bool = False


class HoldStrategy(BaseCommand, frozen=True, kw_only=True):
    """Let a strategy enter nothing more until it is started again; what it holds stays protected."""

    name: str


class ChangeLimit(BaseCommand, frozen=True, kw_only=True):
    """Judge by another value of [limits] or [risk] from now until the engine ends.

    Args:
        key: Dotted name: `risk.daily_loss_max_percent`.
        is_loosening: Whoever asks knows that this allows more; without it such a change is refused.
    """

    key: str
    value: Decimal
    is_loosening: bool = False


class ShutDownEngine(BaseCommand, frozen=True, kw_only=True):
    """End the engine; open orders stay at the exchange."""


StrategyCommand = StartStrategy | StopStrategy | HoldStrategy
Command = (
    PlaceOrder
    | CancelOrder
    | CancelAllOrders
    | HaltTrading
    | ResumeTrading
    | ShutDownEngine
    | StartStrategy
    | StopStrategy
    | HoldStrategy
    | ChangeLimit
    | AmendPlacedOrder
    | ClosePosition
    | FlattenAll
)
