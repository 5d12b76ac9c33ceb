"""What the boards want to know now: a function of the scene."""

from collections.abc import Callable, Iterator
from typing import Final

from tui_trader.engine.messages.analysis_queries import (
    AskAnalysis,
    AskCatalogue,
    AskMarkets,
    AskTimeframes,
)
from tui_trader.engine.messages.queries import AskRecentEvents, AskSettings, Query
from tui_trader.engine.messages.risk_queries import AskRisk
from tui_trader.engine.messages.sentiment_queries import AskSentiment
from tui_trader.engine.messages.signal_queries import AskSignals, AskWaterfalls
from tui_trader.engine.values.time import MS_PER_DAY
from tui_trader.widgets.journal_board import PAGE
from tui_trader.widgets.models_view import wanted_models
from tui_trader.widgets.risk_view import RISK, STATUS, wanted_risk
from tui_trader.widgets.scene import Scene
from tui_trader.widgets.signals_view import CHART_DECISIONS, ON_CHART, SIGNALS, wanted_signals
from tui_trader.widgets.strategies_view import SETTINGS, STRATEGIES, wanted_strategies

REFRESH_MS = 10_000
"""The engine answers from memory until a candle closes; this is how soon a closed one is seen."""
RETRY_MS = 3_000
CATALOGUE, MARKETS, ANALYSIS, TIMEFRAMES = "catalogue", "markets", "analysis", "timeframes"
SENTIMENT = "sentiment"
QUICK: Final = {RISK: 2_000, STATUS: 2_000}
"""What moves with every price is asked for more often."""
LASTING = frozenset({CATALOGUE, STRATEGIES})
"""What does not change while an engine runs."""


def due(scene: Scene) -> Iterator[tuple[str, Query]]:
    """Questions of the shown screen that are new, or old enough to be asked again."""
    for name, query in _wanted(scene):
        topic = scene.topic(name)
        if topic.is_under_way:
            continue
        pause_ms = RETRY_MS if topic.fault else QUICK.get(name, REFRESH_MS)
        is_old = name not in LASTING or bool(topic.fault) or topic.answer is None
        if topic.query != query or (is_old and scene.now_ms - topic.asked_ms >= pause_ms):
            yield name, query


def page_due(scene: Scene) -> AskRecentEvents | None:
    """The page of the journal that is to be read now, if one is."""
    journal = scene.journal
    if journal.is_under_way or (journal.fault and scene.now_ms - journal.asked_ms < RETRY_MS):
        return None
    match scene.screen:
        case "orders" | "risk":
            is_wanted = journal.wants_older_than(scene.now_ms // MS_PER_DAY * MS_PER_DAY)
        case "journal":
            is_wanted = not scene.logs.is_shown and journal.wants_lines_below(journal.cursor)
        case _:
            is_wanted = False
    return AskRecentEvents(limit=PAGE, before=journal.oldest) if is_wanted else None


Wanted = list[tuple[str, Query]]


def _wanted(scene: Scene) -> Wanted:
    of_screen = _WANTED.get(scene.screen)
    return of_screen(scene) if of_screen is not None else []


def _of_desk(_: Scene) -> Wanted:
    return [(SIGNALS, AskSignals()), (RISK, AskRisk())]


def _of_markets(scene: Scene) -> Wanted:
    board = scene.markets
    asked = AskMarkets(interval=board.interval, picks=tuple(board.picks))
    return [(CATALOGUE, AskCatalogue()), (MARKETS, asked)]


def _of_analysis(scene: Scene) -> Wanted:
    if scene.symbol is None:
        return []
    picks = tuple(scene.analysis.picks)
    chart = AskAnalysis(symbol=scene.symbol, interval=scene.interval, picks=picks)
    return [
        (CATALOGUE, AskCatalogue()),
        (ANALYSIS, chart),
        (TIMEFRAMES, AskTimeframes(symbol=scene.symbol)),
        (SENTIMENT, AskSentiment()),
        (CHART_DECISIONS, AskWaterfalls(symbol=scene.symbol, limit=ON_CHART)),
    ]


def _of_settings(_: Scene) -> Wanted:
    return [(SETTINGS, AskSettings())]


def _of_strategies(scene: Scene) -> Wanted:
    return [*_of_settings(scene), *wanted_strategies(scene)]


_WANTED: Final[dict[str, Callable[[Scene], Wanted]]] = {
    "desk": _of_desk,
    "signals": wanted_signals,
    "models": wanted_models,
    "markets": _of_markets,
    "analysis": _of_analysis,
    "strategies": _of_strategies,
    "risk": wanted_risk,
    "settings": _of_settings,
}
