"""Forecasts of the walk-forward as columns that are stored with a model: what a backtest trades on.

Law: each row was forecast by models that had not seen its outcome. Whoever tests a strategy on the past
asks these and never the stored model, which knows that past.
"""

from typing import NamedTuple

import numpy as np

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.statistics.forecasts import log_loss
from tui_trader.engine.learning.ensemble import ENSEMBLE, Ensemble
from tui_trader.engine.learning.plan import Plan
from tui_trader.engine.learning.validation import Forecasts

VOTE = "vote "
ROWS_MAX = 300
"""Of each fold, evenly spread, that the importance of a feature is measured on."""


class Forward(NamedTuple):
    """Rows in the order of time, shape (N,) each; empty where nothing was kept.

    Args:
        open_time_ms: Start of the candle at whose close it was said, UTC.
        close: Of that candle: tells whether other candles are the same market.
        end_ms: Start of the candle at which the outcome was known.
        confidence: Of the vote.
        base_rate: Known at the time.
        break_even: Known at the time.
        expected: Net return that was promised.
        happened: 1 where the take profit came first.
        net: Net return of the trade.
        fold: Number of the fold.
        votes: By model.
        importance: What shuffling each feature costs in log-loss, shape (F,).
    """

    open_time_ms: FloatArray
    close: FloatArray
    end_ms: FloatArray
    confidence: FloatArray
    base_rate: FloatArray
    break_even: FloatArray
    expected: FloatArray
    happened: FloatArray
    net: FloatArray
    fold: FloatArray
    votes: dict[str, FloatArray]
    importance: FloatArray

    @property
    def apart(self) -> FloatArray:
        """Highest vote less the lowest."""
        every = np.array(list(self.votes.values()))
        return np.asarray(np.ptp(every, axis=0)) if len(every) else np.zeros(len(self.confidence))


def columns_of(
    forecasts: Forecasts, candles: Candles, importance: FloatArray
) -> dict[str, FloatArray]:
    """What is stored."""
    told = forecasts.dataset
    columns = {
        "open_time_ms": candles.open_time_ms[told.candle],
        "close": candles.close[told.candle],
        "end_ms": candles.open_time_ms[told.end],
        "confidence": forecasts.votes[ENSEMBLE],
        "base_rate": forecasts.base_rate,
        "break_even": forecasts.break_even,
        "expected": forecasts.expected[ENSEMBLE],
        "happened": told.happened,
        "net": told.net,
        "fold": forecasts.fold,
        "importance": importance,
        **{VOTE + name: vote for name, vote in forecasts.votes.items() if name != ENSEMBLE},
    }
    # Moments in milliseconds are whole numbers far below 2**53: floats hold them exactly.
    return {name: np.asarray(column, dtype=np.float64) for name, column in columns.items()}


def forward_of(columns: dict[str, FloatArray]) -> Forward:
    """What was stored; every column is there or none is."""
    empty = np.empty(0)
    named = {name: columns.get(name, empty) for name in Forward._fields if name != "votes"}
    votes = {
        name.removeprefix(VOTE): column for name, column in columns.items() if name.startswith(VOTE)
    }
    return Forward(**named, votes=votes)


def shuffled_costs(
    ensemble: Ensemble, rows: FloatArray, happened: FloatArray, *, plan: Plan
) -> FloatArray:
    """How much worse the vote gets on rows it had not seen when one feature is shuffled.

    Returns:
        In log-loss, shape (F,); 0 where no model looks at a feature.
    """
    spread = slice(None, None, max(1, len(rows) // ROWS_MAX))
    seen, known = rows[spread], happened[spread]
    chance = np.random.default_rng(plan.seed)
    whole = log_loss(ensemble.probability(seen), known)
    looked_at = sorted({int(place) for member in ensemble.members for place in member.columns})
    costs = np.zeros(rows.shape[1])
    for place in looked_at:
        changed = seen.copy()
        changed[:, place] = chance.permutation(changed[:, place])
        costs[place] = (log_loss(ensemble.probability(changed), known) or 0.0) - (whole or 0.0)
    return costs
