"""From what people set to what the rules are told: percents become ratios, minutes milliseconds."""

from decimal import Decimal

from tui_trader.engine.rules.model import (
    FEE_TIERS,
    KRAKEN_MAKER,
    KRAKEN_TAKER,
    KRAKEN_VOLUMES,
    NEVER,
    SIZINGS,
    RiskRules,
    TradeRules,
)
from tui_trader.engine.settings.rulebook import RiskSettings, RuleSettings
from tui_trader.engine.values.time import MS_PER_MINUTE

PERCENT = Decimal(100)


def _ratio(percent: Decimal) -> float:
    return float(percent / PERCENT)


def flat_fees(rules: TradeRules, ratio: float) -> TradeRules:
    """The same rules with one fee for every order, whatever was traded before."""
    table = (ratio,) * FEE_TIERS
    return rules._replace(
        fee_volumes=(0.0, *(NEVER,) * (FEE_TIERS - 1)), fee_makers=table, fee_takers=table
    )


def trade_rules(settings: RuleSettings) -> TradeRules:
    """[rules] as the rulebook reads it."""
    rules = TradeRules(
        sizing=SIZINGS.index(settings.sizing),
        amount_quote=float(settings.amount_quote),
        fraction_ratio=_ratio(settings.fraction_percent),
        risk_ratio=_ratio(settings.risk_percent),
        volatility_ratio=_ratio(settings.volatility_percent),
        kelly_cap_ratio=_ratio(settings.kelly_cap_percent),
        kelly_trades_min=settings.kelly_trades_min,
        stop_ratio=_ratio(settings.stop_percent),
        stop_atr=float(settings.stop_atr),
        trail_ratio=_ratio(settings.trail_percent),
        chandelier_atr=float(settings.chandelier_atr),
        break_even_r=float(settings.break_even_r),
        time_stop_bars=settings.time_stop_bars,
        take_ratio=_ratio(settings.take_percent),
        take_r=float(settings.take_r),
        take_atr=float(settings.take_atr),
        take_parts=settings.take_parts,
        slippage_bps=float(settings.slippage_bps),
        spread_bps=float(settings.spread_bps),
        impact=float(settings.impact),
        atr_bars=settings.atr_bars,
        volatility_bars=settings.volatility_bars,
        fee_volumes=KRAKEN_VOLUMES,
        fee_makers=KRAKEN_MAKER,
        fee_takers=KRAKEN_TAKER,
    )
    return flat_fees(rules, _ratio(settings.fee_percent)) if settings.fees == "flat" else rules


def risk_rules(settings: RiskSettings) -> RiskRules:
    """[risk] as the rulebook reads it."""
    return RiskRules(
        position_max_quote=float(settings.position_max_quote),
        position_max_ratio=_ratio(settings.position_max_percent),
        exposure_max_ratio=_ratio(settings.exposure_max_percent),
        positions_max=settings.positions_max,
        daily_loss_max_ratio=_ratio(settings.daily_loss_max_percent),
        drawdown_max_ratio=_ratio(settings.drawdown_max_percent),
        losing_streak_max=settings.losing_streak_max,
        losing_streak_pause_ms=settings.losing_streak_pause_minutes * MS_PER_MINUTE,
        cool_down_ms=settings.cool_down_minutes * MS_PER_MINUTE,
        trades_per_day_max=settings.trades_per_day_max,
    )
