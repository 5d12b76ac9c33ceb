"""docs/metrics.md, written from the table of metrics.

Run `python -m tests.engine.analysis.statistics.metric_page --write` after a change of a metric.
"""

import sys
from pathlib import Path

from tui_trader.engine.values.metrics import METRICS, Better, MetricGroup

PAGE = Path(__file__).resolve().parents[4] / "docs" / "metrics.md"
HEAD = """\
# Metrics of a run

This page is written from the table of metrics (`python -m tests.engine.analysis.statistics.metric_page --write`); reports,
JSON, exports and screens take names and order from the same table.

What is not defined is `null` in JSON and "n/a" on screens, never 0 and never infinite: a run that lost no trade has no profit
factor, one that never moved no Sharpe. A sum or a level needs one day, a spread two, skew three, kurtosis four.

- A ratio of 0.1 is 10 %. A year has 365 days unless somebody asks for another. The risk-free rate is 0.
- *Days* are UTC days: the last value of a day over that of the day before. 00:00 belongs to the day that ends. A day without a
  value changed nothing. Drawdowns are taken from every value of the curve, not from days alone, and are sizes above 0.
- Daily measures equal empyrical 0.7.1 and quantstats 0.0.86 to 1e-9, trade measures (wins, expectancy, system quality, Kelly)
  those of backtesting.py 0.6.6, on real days and trades (`tests/engine/analysis/statistics/test_reference_metrics.py`). Three
  names differ between libraries: the ulcer index divides by n - 1 as quantstats does; a profit factor of a run counts money of
  trades, not their percentages; winning days are counted among the days that moved.
- MAE and MFE: the candle in which a trade ends counts by its exit price alone.
"""
TABLE = "| name | title | unit | better | meaning |\n|---|---|---|---|---|"
SIGNS = {Better.MORE: "more", Better.LESS: "less", Better.NEITHER: "-"}


def draw() -> str:
    """The whole page."""
    parts = [HEAD]
    for group in MetricGroup:
        rows = [
            f"| `{metric.name}` | {metric.title} | {metric.unit.value} | {SIGNS[metric.better]} "
            f"| {metric.says} |"
            for metric in METRICS.values()
            if metric.group is group
        ]
        title = group.value[0].upper() + group.value[1:]
        parts.append("\n".join([f"## {title}\n", TABLE, *rows, ""]))
    return "\n".join(parts)


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(draw())
    else:
        sys.stdout.write(draw())
