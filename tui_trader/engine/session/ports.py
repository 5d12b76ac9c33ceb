"""The outside, as a session sees it."""

from typing import NamedTuple

from tui_trader.engine.ports.candle_past import CandlePast
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.execution import Execution
from tui_trader.engine.ports.forecaster import ForecastDesk
from tui_trader.engine.ports.journal import Journal
from tui_trader.engine.ports.market_feed import MarketFeed
from tui_trader.engine.ports.sentiment_source import SentimentSource
from tui_trader.engine.ports.trainer import Trainer
from tui_trader.engine.ports.waterfall_store import WaterfallStore


class Ports(NamedTuple):
    """Who is asked, and who keeps what; all but the first four may be missing."""

    journal: Journal
    feed: MarketFeed
    execution: Execution
    clock: Clock
    sentiment: tuple[SentimentSource, ...] = ()
    past: CandlePast | None = None
    forecaster: ForecastDesk | None = None
    waterfalls: WaterfallStore | None = None
    trainer: Trainer | None = None
