"""The scene: everything the panes may look at, gathered in one place.

Law: the app writes the scene, panes only read it, and nothing in it waits for anybody. What a pane
shows is a function of the scene, the size and the palette.
"""

from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from tui_trader.actions import TABS
from tui_trader.actions.key_table import KeyTable
from tui_trader.engine.client.mirror import Mirror
from tui_trader.engine.messages.events import CommandRefused
from tui_trader.engine.messages.queries import TicketAnswer
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.state.valuation import equity_quote
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Asset, Instrument, Symbol
from tui_trader.engine.values.modes import LinkState, Mode
from tui_trader.engine.values.orders import CommandId, OrderStatus
from tui_trader.widgets.arming import Arming
from tui_trader.widgets.backtest_board import BacktestBoard
from tui_trader.widgets.boards import AnalysisBoard, MarketsBoard, Topic
from tui_trader.widgets.desk_board import DeskBoard
from tui_trader.widgets.drawing.event_words import LogLine
from tui_trader.widgets.drill_board import DrillBoard
from tui_trader.widgets.journal_board import JournalBoard
from tui_trader.widgets.log_board import LogBoard
from tui_trader.widgets.models_board import ModelsBoard
from tui_trader.widgets.orders_board import OrdersBoard
from tui_trader.widgets.pace import LinkReading
from tui_trader.widgets.program import Program
from tui_trader.widgets.risk_board import RiskBoard
from tui_trader.widgets.settings_board import SettingsBoard
from tui_trader.widgets.signals_board import SignalsBoard
from tui_trader.widgets.strategies_board import StrategiesBoard
from tui_trader.widgets.ticket_form import TicketForm, Wish
from tui_trader.widgets.toasts import Toasts

LOG_LINES_MAX = 500
REFUSALS_MAX = 100
SILENCE_MS = 2_500
"""Longest silence of a feed or of the engine that is not worth a word."""
INTERVALS = tuple(Interval)
FIRST_PANES = {tab.name: tab.first_pane or tab.name for tab in TABS}
_ACCOUNT_WORDS = ("account", "private", "execution", "orders")


class Attachment(Enum):
    """How the console stands to its engine."""

    CONNECTING = "connecting"
    ATTACHED = "attached"
    GONE = "gone"


class StopCall(Enum):
    """What became of the stop that was pressed here."""

    SENT = "sent"
    UNCONFIRMED = "unconfirmed"
    NOT_REACHED = "not reached"
    READ_ONLY = "read-only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A short word in the key bar that goes by itself."""

    text: str
    until_ms: int
    is_bad: bool = False


@dataclass(slots=True, kw_only=True)
class Scene:
    """What the console knows, as of `now_ms`.

    Args:
        mirror: `None` before the first attachment; kept, and old, when the engine is gone.
        attached_sequence: Newest event the snapshot of this attachment contains.
        heard_ms: When the engine was last heard, on this console's clock.
        screen: Name of the screen that is shown.
        active_panes: The active pane of each screen.
        keys: The table of actions, with the keys as this person has them.
        commands: What was typed on the `:` line, oldest first.
        setting_keys: Dotted names of all settings.
        beside: How this program is run once more, for what is computed beside the console.
        topics: What was asked of the engine for the boards, by kind.
        link: What the line to the terminal does, as last measured.
        toasts: What has just happened and matters.
        stop_beside: What became of the halt that was run without the engine; empty for none.
        refusals: Newest refusals by the command they answer.
        ticket_rest: Ticks of the clock that must still pass before Enter sends a ticket that was filled
            by words: an Enter that bounces confirms the line, and no more.
        ticket_wish: The order the ticket showed when it was last drawn: this is what Enter sends,
            however the prices behind `25%` or `250$` have moved since.
        ticket_problem: What that ticket lacked instead.
        ticket_answer: The engine's word on the ticket as it is now, `None` while asking.
    """

    now_ms: int
    is_read_only: bool = False
    keys: KeyTable = field(default_factory=KeyTable)
    arming: Arming = field(default_factory=Arming)
    commands: list[str] = field(default_factory=list)
    setting_keys: tuple[str, ...] = ()
    attachment: Attachment = Attachment.CONNECTING
    attachment_detail: str = ""
    mirror: Mirror | None = None
    attached_sequence: int = 0
    heard_ms: int = 0
    symbol: Symbol | None = None
    interval: Interval = Interval.M1
    candles: dict[tuple[Symbol, Interval], tuple[Candle, ...]] = field(default_factory=dict)
    screen: str = TABS[0].name
    active_panes: dict[str, str] = field(default_factory=lambda: dict(FIRST_PANES))
    desk: DeskBoard = field(default_factory=DeskBoard)
    markets: MarketsBoard = field(default_factory=MarketsBoard)
    analysis: AnalysisBoard = field(default_factory=AnalysisBoard)
    backtest: BacktestBoard = field(default_factory=BacktestBoard)
    beside: Program = field(default_factory=Program)
    topics: dict[str, Topic] = field(default_factory=dict)
    journal: JournalBoard = field(default_factory=JournalBoard)
    logs: LogBoard = field(default_factory=LogBoard)
    order_board: OrdersBoard = field(default_factory=OrdersBoard)
    signals: SignalsBoard = field(default_factory=SignalsBoard)
    models: ModelsBoard = field(default_factory=ModelsBoard)
    strategies: StrategiesBoard = field(default_factory=StrategiesBoard)
    risk: RiskBoard = field(default_factory=RiskBoard)
    settings: SettingsBoard = field(default_factory=SettingsBoard)
    drills: DrillBoard = field(default_factory=DrillBoard)
    order_cursor: int = 0
    is_marked_order_gone: bool = False
    log_offset: int = 0
    log: deque[LogLine] = field(default_factory=lambda: deque(maxlen=LOG_LINES_MAX))
    log_version: int = 0
    link: LinkReading | None = None
    refusals: dict[CommandId, CommandRefused] = field(default_factory=dict)
    notice: Notice | None = None
    toasts: Toasts = field(default_factory=Toasts)
    stop: StopCall | None = None
    stop_ms: int = 0
    stop_beside: str = ""
    is_shutting_down: bool = False
    ticket: TicketForm | None = None
    ticket_rest: int = 0
    ticket_wish: Wish | None = None
    ticket_problem: str = ""
    ticket_answer: TicketAnswer | None = None
    ticket_fault: str = ""
    _orders: list[OrderRecord] = field(default_factory=list)
    _orders_as_of: tuple[int, int] = (0, 0)

    @property
    def pane(self) -> str:
        """Name of the active pane of the screen that is shown."""
        return self.active_panes[self.screen]

    @pane.setter
    def pane(self, name: str) -> None:
        self.active_panes[self.screen] = name

    def topic(self, name: str) -> Topic:
        """What is known of one kind of question."""
        return self.topics.setdefault(name, Topic())

    @property
    def state(self) -> TradingState:
        """Trading as last heard; an empty one before that."""
        return self.mirror.state if self.mirror is not None else _NOTHING

    @property
    def market(self) -> MarketView:
        """Prices as last heard; none before that."""
        return self.mirror.market if self.mirror is not None else _NO_MARKET

    @property
    def symbols(self) -> list[Symbol]:
        """Pairs in the order of the engine's list."""
        return list(self.market.instruments) or sorted(self.market.tickers)

    @property
    def instrument(self) -> Instrument | None:
        """The selected pair as its exchange lists it."""
        return self.market.instruments.get(self.symbol) if self.symbol else None

    @property
    def quote(self) -> Asset:
        """Asset in which equity is counted."""
        first = next(iter(self.market.instruments.values()), None)
        return first.quote if first is not None else Asset("USD")

    @property
    def equity(self) -> Decimal | None:
        """Account value now, else as last marked."""
        now = equity_quote(self.state, self.market, self.quote)
        return now if now is not None else self.state.equity_last

    @property
    def orders(self) -> list[OrderRecord]:
        """Open orders, newest first, UNKNOWN ones on top."""
        if self.mirror is None:
            return []
        # The state remembers every order ever sent; only an event can change which are open.
        as_of = (id(self.mirror), self.mirror.sequence)
        if self._orders_as_of != as_of:
            found = self.mirror.state.open_orders()[::-1]
            before = self._orders
            self._orders = sorted(found, key=lambda order: order.status is not OrderStatus.UNKNOWN)
            self._orders_as_of = as_of
            self._keep_order_cursor(before)
        return self._orders

    def _keep_order_cursor(self, before: list[OrderRecord]) -> None:
        """Leave the cursor with its order while others come and go: a key must not meet another one."""
        if not before or not (self.order_cursor or self.active_panes["desk"] == "orders"):
            return
        marked = before[min(self.order_cursor, len(before) - 1)].client_order_id
        for place, order in enumerate(self._orders):
            if order.client_order_id == marked:
                self.order_cursor = place
                return
        self.is_marked_order_gone = bool(self._orders)

    def mark_order(self, place: int) -> None:
        """Put the cursor on another order; no further than the ends."""
        self.order_cursor = max(0, min(len(self.orders) - 1, place))
        self.is_marked_order_gone = False

    @property
    def selected_order(self) -> OrderRecord | None:
        """The order under the cursor."""
        orders = self.orders
        return orders[min(self.order_cursor, len(orders) - 1)] if orders else None

    @property
    def current_notice(self) -> Notice | None:
        """The short word that is said now."""
        notice = self.notice
        return notice if notice is not None and self.now_ms < notice.until_ms else None

    @property
    def is_asleep(self) -> bool:
        """Trading keys do nothing: real money, and nobody has armed them."""
        return self.state.mode is Mode.LIVE and self.arming.left_s(self.now_ms) is None

    @property
    def engine_silence_ms(self) -> int:
        """How long the engine has not been heard."""
        return max(0, self.now_ms - self.heard_ms)

    @property
    def is_market_old(self) -> bool:
        """Prices may not be trusted: the engine or a market feed is silent or gone."""
        if self.attachment is not Attachment.ATTACHED or self.engine_silence_ms > SILENCE_MS:
            return True
        return any(not is_account(name) for name, _ in self.feed_troubles())

    @property
    def market_age_ms(self) -> int:
        """How long ago the link that tells prices was heard, the most silent one if there are more."""
        heard = [ms for name, ms in self.market.heard_ms.items() if name and not is_account(name)]
        oldest_ms = self.now_ms - min(heard) if heard else 0
        return max(oldest_ms, self.engine_silence_ms)

    def feed_troubles(self) -> list[tuple[str, str]]:
        """Each link that is not well, and in which words; empty when all is well."""
        troubles = []
        links, heard = self.state.links, self.market.heard_ms
        for name in sorted({*links, *heard}):
            link, since_ms = links.get(name, LinkState.UP), heard.get(name)
            age_ms = None if since_ms is None else max(0, self.now_ms - since_ms)
            seconds = "" if age_ms is None else f" {age_ms // 1_000}s"
            if link is LinkState.DOWN:
                troubles.append((name, f"DOWN{seconds}"))
            elif link is LinkState.CONNECTING:
                troubles.append((name, "CONNECTING"))
            elif age_ms is not None and age_ms > SILENCE_MS:
                troubles.append((name, f"STALE{seconds}"))
        return troubles


_NOTHING = TradingState()
_NO_MARKET = MarketView()


def is_account(link: str) -> bool:
    """Whether a link tells orders and balances rather than prices."""
    return any(word in link.lower() for word in _ACCOUNT_WORDS)
