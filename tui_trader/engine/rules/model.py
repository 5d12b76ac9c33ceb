"""What the rules are told: the choices of the user, the grid of a pair, the account and the market.

All are tuples of plain numbers: they pickle, they compile, and `_asdict()` is JSON. 0 switches a rule
off. `from_settings` makes them from [rules] and [risk].
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

FEE_TIERS = 9
NEVER = 1e300
"""Volume that nobody reaches: pads the table of fee tiers."""

SIZING_AMOUNT = 0
SIZING_FRACTION = 1
SIZING_RISK = 2
SIZING_VOLATILITY = 3
SIZING_KELLY = 4
SIZINGS = ("amount", "fraction", "risk", "volatility", "kelly")

KRAKEN_VOLUMES = (0.0, 10e3, 50e3, 100e3, 250e3, 500e3, 1e6, 2.5e6, 5e6)
KRAKEN_MAKER = (0.0025, 0.0020, 0.0014, 0.0012, 0.0010, 0.0008, 0.0006, 0.0004, 0.0002)
KRAKEN_TAKER = (0.0040, 0.0035, 0.0024, 0.0022, 0.0020, 0.0018, 0.0016, 0.0014, 0.0012)


class TradeRules(NamedTuple):
    """How a position is sized, protected and paid for.

    Args:
        sizing: One of SIZING_*.
        amount_quote: Value of every entry, for SIZING_AMOUNT.
        fraction_ratio: Share of equity of every entry, for SIZING_FRACTION; also what SIZING_KELLY
            takes before it has seen `kelly_trades_min` trades, if that is less than its cap.
        risk_ratio: Share of equity lost when the first stop fills at its price, for SIZING_RISK.
        volatility_ratio: Volatility per year that the position should have, as a share of equity.
        kelly_cap_ratio: Largest share of equity that SIZING_KELLY takes.
        stop_ratio: First stop this far below the entry, as a share of it.
        stop_atr: First stop this many ATR below the entry.
        trail_ratio: Stop this far below the highest high since the entry.
        chandelier_atr: Stop this many ATR below the highest high since the entry.
        break_even_r: When the high was this many times the first risk above the entry, the stop
            rises to where fees are earned back.
        time_stop_bars: Position is sold at the open after this many candles.
        take_ratio: Take profit this far above the entry, as a share of it.
        take_r: Take profit this many times the first risk above the entry.
        take_atr: Take profit this many ATR above the entry.
        take_parts: The position is sold in this many equal parts, the k-th at k/parts of the way.
        slippage_bps: Paid by every order, in hundredths of a percent.
        spread_bps: Bid-ask spread; every order pays half of it.
        impact: Square-root law: impact * ATR * sqrt(order / volume of the last candle).
        atr_bars: Candles of the average true range; `volatility_bars` of the realised volatility.
        fee_volumes: From which traded volume of 30 days, in quote, each tier begins.
        fee_makers: Fee ratio of each tier for orders that rested.
        fee_takers: Fee ratio of each tier for orders that took; every order here takes.
    """

    sizing: int = SIZING_FRACTION
    amount_quote: float = 100.0
    fraction_ratio: float = 0.1
    risk_ratio: float = 0.005
    volatility_ratio: float = 0.2
    kelly_cap_ratio: float = 0.1
    kelly_trades_min: int = 30
    stop_ratio: float = 0.0
    stop_atr: float = 0.0
    trail_ratio: float = 0.0
    chandelier_atr: float = 0.0
    break_even_r: float = 0.0
    time_stop_bars: int = 0
    take_ratio: float = 0.0
    take_r: float = 0.0
    take_atr: float = 0.0
    take_parts: int = 1
    slippage_bps: float = 2.0
    spread_bps: float = 1.0
    impact: float = 0.0
    atr_bars: int = 14
    volatility_bars: int = 30
    fee_volumes: tuple[float, ...] = KRAKEN_VOLUMES
    fee_makers: tuple[float, ...] = KRAKEN_MAKER
    fee_takers: tuple[float, ...] = KRAKEN_TAKER


class RiskRules(NamedTuple):
    """What no strategy may exceed.

    Args:
        position_max_quote: Largest value of one position, at its entry.
        position_max_ratio: The same as a share of equity.
        exposure_max_ratio: Largest value of all positions together, as a share of equity.
        positions_max: Most positions at once.
        daily_loss_max_ratio: No entry for the rest of the UTC day once equity is this far below
            where the day began.
        drawdown_max_ratio: No entry while equity is this far below its peak.
        losing_streak_max: After this many losing trades in a row, nobody enters for
            `losing_streak_pause_ms`.
        cool_down_ms: After a losing trade no entry in that pair for this long.
        trades_per_day_max: Most entries a UTC day.
    """

    position_max_quote: float = 0.0
    position_max_ratio: float = 0.0
    exposure_max_ratio: float = 0.0
    positions_max: int = 0
    daily_loss_max_ratio: float = 0.0
    drawdown_max_ratio: float = 0.0
    losing_streak_max: int = 0
    losing_streak_pause_ms: int = 0
    cool_down_ms: int = 0
    trades_per_day_max: int = 0


class Grid(NamedTuple):
    """Steps and minimums of one pair.

    Args:
        ticks_per_unit: Ticks in one quote unit of price (10 for a tick of 0.1).
        lots_per_unit: Lots in one base unit.
        lots_min: Smallest order.
        cost_min_quote: Smallest value of an order.
    """

    ticks_per_unit: float
    lots_per_unit: float
    lots_min: int
    cost_min_quote: float


class Market(NamedTuple):
    """One pair at the moment of an order. Unknown is NaN.

    Args:
        price: Open of the candle for an entry; the price that set an exit off for an exit.
        atr: Average true range of the last closed candle, quote.
        volatility: Realised volatility of the last closed candle, ratio per year.
        volume: Base quantity traded in the last closed candle.
    """

    price: float
    atr: float
    volatility: float
    volume: float


class Account(NamedTuple):
    """The account at the moment of an entry.

    Args:
        cash: Money steps that are free.
        equity: Quote, as marked at the last close of a candle.
        exposure: Value of all positions, marked at the last closes, quote.
        wins: Trades that ended above zero after fees; `losses` all others.
        win_sum: Sum of the gains as ratios of what was invested; `loss_sum` alike, above zero.
    """

    cash: int
    equity: float
    exposure: float
    wins: int
    losses: int
    win_sum: float
    loss_sum: float


Rules = TypeVar("Rules", TradeRules, RiskRules, Grid)

_KINDS: dict[str, Callable[[Any], Any]] = {
    "float": float,
    "int": int,
    "tuple": lambda table: tuple(float(item) for item in table),
}


def exact(rules: Rules) -> Rules:
    """The same rules with a float where a float is meant and an int where an int is.

    Compiled code is made for types: `slippage_bps=0` instead of `0.0` would compile everything anew.
    """
    notes = type(rules).__annotations__
    return rules._replace(
        **{
            name: _KINDS[getattr(notes[name], "__name__", "tuple")](value)
            for name, value in rules._asdict().items()
        }
    )
