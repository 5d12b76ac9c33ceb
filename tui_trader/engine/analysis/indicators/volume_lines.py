"""Lines that add volume up since the first candle."""

from tui_trader.engine.analysis.declaration import (
    Anchor,
    Group,
    Indicator,
    Output,
    Unit,
)
from tui_trader.engine.analysis.talib_source import TaLib

OBV = Indicator(
    name="obv",
    title="On Balance Volume",
    group=Group.VOLUME,
    says="Volume added on a rise and taken off on a fall.",
    outputs=(Output("obv", Unit.VOLUME),),
    source=TaLib("OBV", ("close", "volume")),
    memory=Anchor.FIRST_BAR,
)

ACCUMULATION = Indicator(
    name="accumulation",
    title="Accumulation/Distribution Line",
    group=Group.VOLUME,
    says="Volume added by where the close lies in its candle.",
    outputs=(Output("accumulation", Unit.VOLUME),),
    source=TaLib("AD", ("high", "low", "close", "volume")),
    memory=Anchor.FIRST_BAR,
)

PRICE_VOLUME_TREND = Indicator(
    name="price_volume_trend",
    title="Price Volume Trend",
    group=Group.VOLUME,
    says="Volume times the relative change of the close, added up.",
    outputs=(Output("price_volume_trend", Unit.VOLUME),),
    source=TaLib("PVT", ("close", "volume")),
    memory=Anchor.FIRST_BAR,
)

POSITIVE_VOLUME = Indicator(
    name="positive_volume",
    title="Positive Volume Index",
    group=Group.VOLUME,
    says="Changes of the close on bars with more volume than the one before.",
    outputs=(Output("positive_volume", Unit.RATIO),),
    source=TaLib("PVI", ("close", "volume")),
    memory=Anchor.FIRST_BAR,
)

NEGATIVE_VOLUME = Indicator(
    name="negative_volume",
    title="Negative Volume Index",
    group=Group.VOLUME,
    says="Changes of the close on bars with less volume than the one before.",
    outputs=(Output("negative_volume", Unit.RATIO),),
    source=TaLib("NVI", ("close", "volume")),
    memory=Anchor.FIRST_BAR,
)
