"""What the engine and the process that holds the models say to each other.

One question, one answer, by number. An answer never raises: what is wrong with a model, its file or
its candles is silence with a reason.
"""

import msgspec

from tui_trader.engine.messages.signal_queries import (
    FeatureShift,
    ModelAnswer,
    ModelRow,
    PromiseBand,
    SignalReason,
)
from tui_trader.engine.messages.signal_reports import ForecastView
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Symbol


class BaseQuestion(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Root of every question."""


class BaseReply(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Root of every reply."""


class Forecast(BaseQuestion, frozen=True, kw_only=True):
    """What the models of a pair say at the close of the newest of these candles.

    Args:
        candles: Closed ones, oldest first.
    """

    symbol: Symbol
    interval: Interval
    candles: tuple[Candle, ...]


class Forecasted(BaseReply, frozen=True, kw_only=True):
    """What is said.

    Args:
        champion: Of the model that serves.
        challenger: Of the one that shadows it, which never trades; None while there is none.
    """

    champion: ForecastView
    challenger: ForecastView | None = None


class Study(BaseQuestion, frozen=True, kw_only=True):
    """Why that was said, how far the market has moved, and what became of earlier promises.

    Asked once a candle, after all forecasts: it may take its time. It enters the newest forecast into
    the track record and scores those whose barriers these candles have touched.
    """

    symbol: Symbol
    interval: Interval
    candles: tuple[Candle, ...]


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """How the word of one version has held since it was stored.

    Args:
        bands: Promises by band, lowest first.
        outcomes: Promises whose outcome is known.
        promised: Mean promise of those; None without one.
        right_ratio: Share whose take profit came first; None without an outcome.
        is_broken: Whether the outcomes refute the promises.
        recent: Start of the candle, confidence, and 1 or 0 where the outcome is known; oldest first.
    """

    version: int
    bands: tuple[PromiseBand, ...] = ()
    outcomes: int = 0
    promised: float | None = None
    right_ratio: float | None = None
    is_broken: bool = False
    recent: tuple[tuple[int, float | None, int | None], ...] = ()


class Studied(BaseReply, frozen=True, kw_only=True):
    """What was found.

    Args:
        open_time_ms: Candle it is about; 0 where there is no model.
        reasons: Of the champion, the strongest first.
        drifts: Every feature, the farthest first.
        tracks: Of champion and challenger.
        forward: The champion's promises of the walk-forward, by band.
        note: What could not be told, "" for nothing.
    """

    open_time_ms: int = 0
    reasons: tuple[SignalReason, ...] = ()
    drifts: tuple[FeatureShift, ...] = ()
    tracks: tuple[Track, ...] = ()
    forward: tuple[PromiseBand, ...] = ()
    note: str = ""


class ListModels(BaseQuestion, frozen=True, kw_only=True):
    """Every stored model, and which candles each is for."""


class ModelsListed(BaseReply, frozen=True, kw_only=True):
    """One row a version, champions first, then by age."""

    rows: tuple[ModelRow, ...]


class ShowModel(BaseQuestion, frozen=True, kw_only=True):
    """How one model was judged."""

    symbol: Symbol
    interval: Interval
    version: int


class ModelShown(BaseReply, frozen=True, kw_only=True):
    """The model in full; None where there is none of that number, with the reason."""

    answer: ModelAnswer | None = None
    reason: str = ""


class NotAnswered(BaseReply, frozen=True, kw_only=True):
    """Nobody could be asked: too many wait, it took too long, or the process ended."""

    reason: str


Question = Forecast | Study | ListModels | ShowModel
Reply = Forecasted | Studied | ModelsListed | ModelShown | NotAnswered


class Asked(msgspec.Struct, frozen=True):
    """A question with its number."""

    number: int
    question: Question


class Told(msgspec.Struct, frozen=True):
    """A reply with the number of its question; 0 says that the process is ready."""

    number: int
    reply: Reply
