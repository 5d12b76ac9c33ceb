"""Reports about signals: what a model said of a candle, and that its word did not hold.

They are journal rows like any other report: a replay decides on them without a model.
"""

import msgspec

from tui_trader.engine.messages.reports import BaseReport
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol


class ForecastView(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one pair at the close of one candle; unknown is None.

    Args:
        symbol: Pair.
        interval: Length of the candle.
        open_time_ms: Its start, UTC.
        version: Of the model that speaks.
        confidence: Calibrated probability that the take profit comes first; None is no opinion.
        break_even: Probability above which the trade earns its costs; above 1 none can.
        expected_net_ratio: Net return that the confidence promises.
        votes: Confidence of each model.
        has_edge: Whether the model was worth money beyond chance when it was judged.
        silence: Why there is no opinion, "" where there is one.
        state: `speaks`, `late`, `no_model` or `broken`.
    """

    symbol: Symbol
    interval: Interval
    open_time_ms: int
    version: int | None = None
    confidence: float | None = None
    break_even: float | None = None
    expected_net_ratio: float | None = None
    votes: tuple[tuple[str, float], ...] = ()
    has_edge: bool = False
    silence: str = ""
    state: str = "speaks"

    @property
    def disagreement(self) -> float | None:
        """Highest vote less the lowest; None without a vote."""
        said = [vote for _, vote in self.votes]
        return max(said) - min(said) if said else None


def model_name(symbol: Symbol, interval: Interval, version: int | None) -> str:
    """One stored version: `BTC/USD 1h 3`."""
    return f"{symbol} {interval.value} {version}"


class ForecastReport(BaseReport, frozen=True, kw_only=True):
    """What models say of candles that have just closed; ahead of the report that they closed.

    Args:
        strategy: Name of the hosted strategy that decides on it.
        forecasts: One a pair that has a candle.
    """

    strategy: str
    forecasts: tuple[ForecastView, ...]


class PromiseBrokenReport(BaseReport, frozen=True, kw_only=True):
    """Outcomes have refuted what a model promised.

    Args:
        outcomes: How many were known by then.
        promised: Mean of what it had promised.
        right: Share whose take profit came first.
    """

    symbol: Symbol
    interval: Interval
    version: int
    outcomes: int
    promised: float
    right: float


class StandingModel(msgspec.Struct, frozen=True, kw_only=True):
    """The model that serves a pair and interval."""

    symbol: Symbol
    interval: Interval
    version: int
    has_edge: bool


class ModelsReport(BaseReport, frozen=True, kw_only=True):
    """Every model that serves now; told when that changes."""

    models: tuple[StandingModel, ...]


SignalReport = PromiseBrokenReport | ModelsReport
