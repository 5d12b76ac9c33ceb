"""Rules for the signals alone: costs stay, everything else that could end or forbid a trade goes."""

from tui_trader.engine.rules.model import SIZING_FRACTION, TradeRules


def plain_rules(costs: TradeRules, *, pairs: int) -> TradeRules:
    """Each pair gets its share of all there is, and only the strategy ends a trade.

    Args:
        costs: Whose fees and slippage hold.
        pairs: How many share the wallet.
    """
    return TradeRules(
        sizing=SIZING_FRACTION,
        fraction_ratio=1.0 / pairs,
        slippage_bps=costs.slippage_bps,
        spread_bps=costs.spread_bps,
        impact=costs.impact,
        atr_bars=costs.atr_bars,
        fee_volumes=costs.fee_volumes,
        fee_makers=costs.fee_makers,
        fee_takers=costs.fee_takers,
    )


def with_slippage(rules: TradeRules, bps: float) -> TradeRules:
    """The same rules with one slippage for every order, in place of slippage, spread and impact."""
    return rules._replace(slippage_bps=bps, spread_bps=0.0, impact=0.0)
