"""Assumptions of a run in one line; docs/differs.md has every one, and which way it leans."""

from tui_trader.engine.backtest.request import BacktestRequest
from tui_trader.engine.rules.model import SIZINGS, RiskRules, TradeRules
from tui_trader.engine.rules.stops import has_stop

BPS = 10_000


def assumptions_of(request: BacktestRequest) -> str:
    """What was assumed of fills, costs, size and rules."""
    rules = request.rules
    return (
        "Signals at the close, filled at the next open; "
        f"{_fees(rules)}, {_slippage(rules)}; size by {SIZINGS[rules.sizing]}{_share(rules)}; "
        f"{_exits(rules)}, {_limits(request.risk)}; orders fill whole and move nothing."
    )


def _fees(rules: TradeRules) -> str:
    low, high = min(rules.fee_takers), max(rules.fee_takers)
    if low == high:
        return f"fee {_bps(high * BPS)} a side"
    return f"taker fees of Kraken's tiers from {_bps(high * BPS)} a side"


def _slippage(rules: TradeRules) -> str:
    worse = rules.slippage_bps + rules.spread_bps / 2
    own = f" and {rules.impact:g} of the range by the order's own weight" if rules.impact else ""
    return f"slippage {_bps(worse)} an order{own}"


def _bps(value: float) -> str:
    return f"{round(value, 6):g} bps"


def _share(rules: TradeRules) -> str:
    return f" ({rules.fraction_ratio:.0%})" if SIZINGS[rules.sizing] == "fraction" else ""


def _exits(rules: TradeRules) -> str:
    takes = rules.take_ratio or rules.take_r or rules.take_atr
    named = [
        name
        for name, is_on in (
            ("stop", has_stop(rules)),
            ("take profit", takes),
            ("time stop", rules.time_stop_bars),
        )
        if is_on
    ]
    return f"{', '.join(named)} on" if named else "no stop, no take profit"


def _limits(risk: RiskRules) -> str:
    return "no limits" if not any(risk) else "limits of [risk]"
