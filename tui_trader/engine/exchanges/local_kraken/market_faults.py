"""Rows of the table of faults that are about one market: its rules, its price, its pace."""

from tui_trader.engine.exchanges.local_kraken.faults import FaultKind, Parameter, Place
from tui_trader.engine.exchanges.simulator.listings import PAIRS
from tui_trader.engine.exchanges.simulator.pair_rules import PairStatus

SAME = "same"
"""Leaves a rule as it is."""
_PAIR = Parameter(
    name="pair",
    default="BTC/USD",
    choices=tuple(str(pair.symbol) for pair in PAIRS),
    explanation="which market",
)


def _rule(name: str, explanation: str) -> Parameter:
    return Parameter(
        name=name,
        default=SAME,
        pattern=rf"{SAME}|\d{{1,9}}(\.\d{{1,10}})?",
        explanation=explanation,
    )


RULES = FaultKind(
    name="rules",
    place=Place.VENUE,
    explanation="a pair gets other rules, overnight as it were, and keeps them after a restart",
    parameters=(
        _PAIR,
        _rule("tick_size", "price grid, a multiple of the listed one"),
        _rule("lot", "quantity grid, a multiple of the listed one"),
        _rule("ordermin", "least quantity"),
        _rule("costmin", "least cost"),
        Parameter(
            name="status",
            default=SAME,
            choices=(SAME, *(status.value for status in PairStatus)),
            explanation="what may be placed",
        ),
    ),
    is_counted=False,
)
MOVE = FaultKind(
    name="move",
    place=Place.MARKET,
    explanation="the fair price jumps",
    parameters=(
        _PAIR,
        Parameter(
            name="percent", default=-5.0, lowest=-95.0, highest=1_000.0, explanation="by how much"
        ),
    ),
    is_counted=False,
    mix={"percent": -3.0},
)
PAUSE = FaultKind(
    name="pause",
    place=Place.MARKET,
    explanation="the market stands still until `resume`; orders are still taken",
    is_counted=False,
)
RESUME = FaultKind(
    name="resume", place=Place.MARKET, explanation="the market goes on", is_counted=False
)
STEP = FaultKind(
    name="step",
    place=Place.MARKET,
    explanation="of a replay: up to the first trade of the next candle, so many times",
    parameters=(
        Parameter(name="candles", default=1, lowest=1, highest=10_000, explanation="how many"),
    ),
    is_counted=False,
)
SPEED = FaultKind(
    name="speed",
    place=Place.MARKET,
    explanation="how fast the market goes from now on",
    parameters=(
        Parameter(
            name="times",
            default=1.0,
            lowest=0.001,
            highest=100_000.0,
            explanation="as fast as `--speed` says",
        ),
    ),
    is_counted=False,
)
