"""Declarations in words, for the command line and for docs/indicators.md."""

from tui_trader.engine.analysis.compute import parsed_claim
from tui_trader.engine.analysis.declaration import (
    Indicator,
    Output,
    Parameter,
    Parameters,
    Placement,
)


def parameter_words(parameter: Parameter) -> str:
    """`14 (2 to 1000), bars`."""
    bounds = f"{parameter.default} ({parameter.low} to {parameter.high})"
    return f"{bounds}, {parameter.says}" if parameter.says else bounds


def output_words(output: Output) -> str:
    """`price, drawn 26 bars ahead`."""
    if not output.displacement:
        return output.unit.label
    way = "ahead" if output.displacement > 0 else "behind"
    return f"{output.unit.label}, drawn {abs(output.displacement)} bars {way}"


def placement_words(draw: Placement) -> str:
    """Where it is drawn."""
    if draw.is_overlay:
        return "over the candles"
    if draw.low is None or draw.high is None:
        return "in a pane of its own"
    return f"in a pane from {draw.low:g} to {draw.high:g}"


def memory_words(indicator: Indicator) -> str:
    """How much history decides a value, at the default parameters."""
    bars = indicator.memory_bars(indicator.checked({}))
    if bars is None:
        assert indicator.anchor is not None
        return f"since {indicator.anchor.value}"
    words = "1 bar" if bars == 1 else f"{bars} bars"
    return words if indicator.is_steady else f"{words}, while the price moves"


FEEDS = {
    "buy_volume": "a live feed of trades",
    "book_imbalance": "a live feed of the order book",
}


def needs_words(indicator: Indicator) -> str:
    """`a live feed of trades`; empty where candles are enough."""
    return " and ".join(FEEDS[column] for column in indicator.needs)


def claim_words(claim: str) -> str:
    """`rsi is below 30`."""
    left, is_below, right = parsed_claim(claim)
    return f"{left} is {'below' if is_below else 'above'} {right}"


def label(indicator: Indicator, parameters: Parameters) -> str:
    """`macd(12,26,9)`."""
    numbers = ",".join(f"{parameters[knob.name]:g}" for knob in indicator.parameters)
    return f"{indicator.name}({numbers})" if numbers else indicator.name


def parameter_list(indicator: Indicator) -> str:
    """`fast=12 slow=26`, or `-`."""
    return " ".join(f"{knob.name}={knob.default}" for knob in indicator.parameters) or "-"


def output_list(indicator: Indicator) -> str:
    """`upper middle lower`."""
    return " ".join(output.name for output in indicator.outputs)
