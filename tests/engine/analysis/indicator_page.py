"""docs/indicators.md, written from the registry.

Run `python -m tests.engine.analysis.indicator_page --write` after a change of an indicator or pattern.
"""

import sys
from pathlib import Path

from tui_trader.engine.analysis.catalogue import all_indicators
from tui_trader.engine.analysis.declaration import Group, Indicator
from tui_trader.engine.analysis.description import memory_words, placement_words
from tui_trader.engine.analysis.pattern_table import PATTERNS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "indicators.md"
HEAD = """\
# Indicators and patterns

This page is written from the registry (`python -m tests.engine.analysis.indicator_page --write`); `tui-trader indicators
list NAME` tells the same of one.

A value at a candle depends on that candle and on earlier ones, never on a later one. *Memory* is how many candles, its own
included, decide a value to 1e-9 at the default parameters; the laws in `tests/laws/test_indicator_laws.py` hold every entry
to it. Before its warm-up a value is unknown, and nowhere else; what needs a live feed of trades or of the order book is also
unknown where nobody listened. A year has 365 days.
"""
TABLE = "| name | what it says | parameters | outputs (unit) | bullish · bearish | drawn | warm-up · memory |"
RULE = "|---|---|---|---|---|---|---|"


def draw() -> str:
    """The whole page."""
    parts = [HEAD, f"{len(all_indicators())} indicators, {len(PATTERNS)} patterns.\n"]
    for group in Group:
        rows = [_row(indicator) for indicator in all_indicators(group)]
        parts.append("\n".join([f"## {group.value.capitalize()}\n", TABLE, RULE, *rows, ""]))
    rows = [
        f"| {pattern.name} | `{pattern.function}` | {pattern.lean.value}"
        f"{', once confirmed' if pattern.is_confirmed_later else ''} | {pattern.meaning} |"
        for pattern in PATTERNS
    ]
    heads = [
        "## Candlestick patterns\n",
        "| name | in TA-Lib | speaks | meaning |",
        "|---|---|---|---|",
    ]
    parts.append("\n".join([*heads, *rows, ""]))
    return "\n".join(parts)


def _row(indicator: Indicator) -> str:
    knobs = "<br>".join(
        f"{knob.name} {knob.default:g} ({knob.low:g}-{knob.high:.16g})"
        for knob in indicator.parameters
    )
    lines = "<br>".join(
        f"{output.name} ({output.unit.label}{f', drawn {output.displacement:+} bars' if output.displacement else ''})"
        for output in indicator.outputs
    )
    sides = f"{indicator.bullish} · {indicator.bearish}" if indicator.bullish else "-"
    bars = f"{indicator.warm_up_bars(indicator.checked({}))} · {memory_words(indicator)}"
    cells = (f"`{indicator.name}`", f"**{indicator.title}.** {indicator.says}", knobs or "-", lines)
    return f"| {' | '.join((*cells, sides, placement_words(indicator.draw), bars))} |"


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(draw())
    else:
        sys.stdout.write(draw())
