"""Indicators of the catalogue that already are free of price and volume, centred on 0."""

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.catalogue import indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.features.columns import Columns
from tui_trader.engine.analysis.features.declaration import Feature, FeatureGroup


def reading(  # noqa: PLR0917
    indicator: str, period: int, group: FeatureGroup, centre: float, size: float
) -> Feature:
    """One output of an indicator, as (value - centre) / size.

    Args:
        indicator: Of the catalogue, with one output of its name and one parameter `period`.
        period: Bars.
        group: What it is about.
        centre: Value that says nothing.
        size: Distance from it that counts as 1.
    """
    entry = indicator_named(indicator)
    chosen = entry.checked({"period": period})
    memory_bars = entry.memory_bars(chosen)
    assert memory_bars is not None, indicator

    def values(columns: Columns) -> FloatArray:
        found = compute(columns.candles, entry, period=period)[indicator]
        return (found - centre) / size

    return Feature(
        name=f"{indicator}_{period}",
        says=f"{entry.title} of {period} candles",
        group=group,
        warm_up_bars=entry.warm_up_bars(chosen),
        memory_bars=memory_bars,
        values=values,
    )


RSI_14 = reading("rsi", 14, FeatureGroup.TREND, 50, 20)
ADX_14 = reading("adx", 14, FeatureGroup.TREND, 25, 15)
MFI_14 = reading("mfi", 14, FeatureGroup.VOLUME, 50, 20)
CMF_20 = reading("cmf", 20, FeatureGroup.VOLUME, 0, 0.2)
