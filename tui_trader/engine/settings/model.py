"""The settings, section by section, as TOML shows them.

Law: every field is `Annotated[type, Setting(...)]` with a default that is safe for a small account.
`config.example.toml` and `.env.example` are written from this file.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from tui_trader.engine.settings.bounds import Section, Setting
from tui_trader.engine.settings.learning import LearningSettings
from tui_trader.engine.settings.rulebook import RiskSettings, RuleSettings


class MarketSettings(Section, frozen=True, kw_only=True):
    """[market]: what is watched."""

    pairs: Annotated[
        tuple[str, ...],
        Setting(
            help="Pairs to watch and trade, base before quote.",
            unit="pairs",
            minimum=Decimal(1),
            maximum=Decimal(20),
        ),
    ] = ("BTC/USD", "ETH/USD", "SOL/USD", "XRP/USD", "DOGE/USD")
    quote_asset: Annotated[
        str,
        Setting(help="Asset in which equity and P&L are counted; every pair must be quoted in it."),
    ] = "USD"
    book_depth: Annotated[
        int,
        Setting(help="Levels of the order book to follow, per side.", choices=("10", "25", "100")),
    ] = 25


class LimitSettings(Section, frozen=True, kw_only=True):
    """[limits]: what the risk gate refuses."""

    price_collar_percent: Annotated[
        Decimal,
        Setting(
            help="Farthest a limit price may be on the costly side of the market; also the farthest a market order may walk the book.",
            unit="percent",
            minimum=Decimal("0.1"),
            maximum=Decimal(50),
        ),
    ] = Decimal(3)
    position_value_max_quote: Annotated[
        Decimal,
        Setting(
            help="Largest value of one position, open buy orders included.",
            unit="quote asset",
            minimum=Decimal(0),
            maximum=Decimal(100_000_000),
        ),
    ] = Decimal(5_000)
    order_value_max_quote: Annotated[
        Decimal,
        Setting(
            help="Largest value of one order.",
            unit="quote asset",
            minimum=Decimal(0),
            maximum=Decimal(100_000_000),
        ),
    ] = Decimal(2_500)
    open_orders_max: Annotated[
        int,
        Setting(
            help="Most orders open at once, over all pairs.",
            minimum=Decimal(1),
            maximum=Decimal(500),
        ),
    ] = 50
    stale_after_s: Annotated[
        Decimal,
        Setting(
            help="Silence of the market feed after which no order is sent.",
            unit="seconds",
            minimum=Decimal(2),
            maximum=Decimal(120),
        ),
    ] = Decimal(10)


class ExecutionSettings(Section, frozen=True, kw_only=True):
    """[execution]: how orders travel."""

    order_deadline_s: Annotated[
        Decimal,
        Setting(
            help="Moment after sending when the exchange must no longer accept an order.",
            unit="seconds",
            minimum=Decimal("0.5"),
            maximum=Decimal(60),
        ),
    ] = Decimal(5)
    lookup_margin_s: Annotated[
        Decimal,
        Setting(
            help="Wait beyond the deadline before an order that cannot be found counts as absent.",
            unit="seconds",
            minimum=Decimal(0),
            maximum=Decimal(300),
        ),
    ] = Decimal(5)
    request_timeout_s: Annotated[
        Decimal,
        Setting(
            help="Longest wait for an answer of the exchange.",
            unit="seconds",
            minimum=Decimal(1),
            maximum=Decimal(60),
        ),
    ] = Decimal(10)
    reconcile_every_s: Annotated[
        Decimal,
        Setting(
            help="Pause between two comparisons of journal and exchange.",
            unit="seconds",
            minimum=Decimal(10),
            maximum=Decimal(3_600),
        ),
    ] = Decimal(60)


class VenueSettings(Section, frozen=True, kw_only=True):
    """[venue]: the exchange of paper and live mode. Demo mode brings its own."""

    exchange: Annotated[
        str,
        Setting(
            help="Which exchange, by its id in ccxt. kraken has an adapter of its own; any other goes over ccxt.pro, which knows market and limit orders, has no order deadline and checks no book; the addresses below are Kraken's."
        ),
    ] = "kraken"
    rest_url: Annotated[str, Setting(help="Address of the REST interface.")] = (
        "https://api.kraken.com"
    )
    ws_public_url: Annotated[str, Setting(help="Address of the public WebSocket v2.")] = (
        "wss://ws.kraken.com/v2"
    )
    ws_private_url: Annotated[str, Setting(help="Address of the private WebSocket v2.")] = (
        "wss://ws-auth.kraken.com/v2"
    )
    api_key: Annotated[str, Setting(help="API key; keep it in .env.", is_secret=True)] = ""
    api_secret: Annotated[str, Setting(help="API secret; keep it in .env.", is_secret=True)] = ""

    def __repr__(self) -> str:
        """Never the key: a repr ends up in logs and tracebacks."""
        return f"VenueSettings(rest_url={self.rest_url!r}, api_key=…, api_secret=…)"

    def __rich_repr__(self) -> Iterator[tuple[str, str]]:  # type: ignore[override]
        """The same for rich's printer, which would show every field of a struct."""
        yield "rest_url", self.rest_url


class SentimentSettings(Section, frozen=True, kw_only=True):
    """[sentiment]: the mood of the market. Nothing outside is asked unless an address stands here."""

    market_parts: Annotated[
        bool,
        Setting(
            help="Score what the market itself says: books, takers, breadth, volatility, momentum."
        ),
    ] = True
    fear_greed_url: Annotated[
        str,
        Setting(
            help="Address of a Fear & Greed index that answers in the JSON of alternative.me; empty: not asked."
        ),
    ] = ""
    headline_urls: Annotated[
        tuple[str, ...],
        Setting(
            help="Addresses of RSS or Atom feeds whose headlines are scored; empty: none.",
            unit="addresses",
            minimum=Decimal(0),
            maximum=Decimal(10),
        ),
    ] = ()
    refresh_minutes: Annotated[
        int,
        Setting(
            help="Pause between two requests to each of these addresses.",
            unit="minutes",
            minimum=Decimal(1),
            maximum=Decimal(60),
        ),
    ] = 10


class DemoSettings(Section, frozen=True, kw_only=True):
    """[demo]: the local exchange."""

    seed: Annotated[
        int,
        Setting(
            help="Seed of the market: the same seed gives the same prices.",
            minimum=Decimal(0),
            maximum=Decimal(2**31),
        ),
    ] = 1
    speed: Annotated[
        Decimal,
        Setting(
            help="Market events compared with the usual ten a second; 0 freezes the market.",
            minimum=Decimal(0),
            maximum=Decimal(1_000),
        ),
    ] = Decimal(1)
    cash: Annotated[
        Decimal,
        Setting(
            help="Cash of a new demo account.",
            unit="USD",
            minimum=Decimal(0),
            maximum=Decimal(1_000_000_000),
        ),
    ] = Decimal(10_000)


class ConsoleSettings(Section, frozen=True, kw_only=True):
    """[console]: how the terminal looks."""

    armed_minutes: Annotated[
        int,
        Setting(
            help="Live mode: how long trading keys act once they were armed.",
            unit="minutes",
            minimum=Decimal(1),
            maximum=Decimal(120),
        ),
    ] = 10
    idle_minutes: Annotated[
        int,
        Setting(
            help="Live mode: armed trading keys sleep again when nothing was pressed for so long.",
            unit="minutes",
            minimum=Decimal(1),
            maximum=Decimal(120),
        ),
    ] = 3

    fps: Annotated[
        int,
        Setting(
            help="Most repaints of the live panes a second.",
            minimum=Decimal(1),
            maximum=Decimal(30),
        ),
    ] = 4
    theme: Annotated[
        str,
        Setting(
            help="Colours; none sends bold, dim, reverse and underline alone, as NO_COLOR does.",
            choices=("dark", "light", "contrast", "colour-blind", "none"),
        ),
    ] = "dark"
    glyphs: Annotated[
        str,
        Setting(
            help="Signs: full has boxes, blocks and arrows; ascii has none of them; auto goes by locale and TERM.",
            choices=("auto", "full", "ascii"),
        ),
    ] = "auto"
    bell: Annotated[bool, Setting(help="Fills, refusals and trips ring the terminal's bell.")] = (
        False
    )
    desktop_notes: Annotated[
        bool,
        Setting(
            help="They are sent to the desktop too (OSC 9), where the terminal passes them on."
        ),
    ] = False


class Settings(Section, frozen=True, kw_only=True):
    """All sections."""

    market: MarketSettings = MarketSettings()
    limits: LimitSettings = LimitSettings()
    rules: RuleSettings = RuleSettings()
    risk: RiskSettings = RiskSettings()
    execution: ExecutionSettings = ExecutionSettings()
    venue: VenueSettings = VenueSettings()
    sentiment: SentimentSettings = SentimentSettings()
    demo: DemoSettings = DemoSettings()
    console: ConsoleSettings = ConsoleSettings()
    learning: LearningSettings = LearningSettings()
