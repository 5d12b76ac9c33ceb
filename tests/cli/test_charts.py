"""Charts of reports: their labels read as money."""

import pytest

from tui_trader.cli.charts import LABEL_CELLS, two_line_chart
from tui_trader.engine.values.time import MS_PER_DAY


def labels(*values: float) -> list[str]:
    times = [place * MS_PER_DAY for place in range(len(values))]
    lines = two_line_chart(values, values, times, width=60, is_coloured=False)
    found = (line[:LABEL_CELLS].strip() for line in lines[1:-2])
    return [label for label in found if label]


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (10_000.0, 5_080_930.4, ["5,080,930", "2,545,465", "10,000"]),
        (9_876.25, 12_000.75, ["12,000.8", "10,938.5", "9,876.25"]),
        (0.0, 99_999_999.0, ["99,999,999", "50,000,000", "0"]),
        (0.0, 4e12, ["4e+12", "2e+12", "0"]),
    ],
)
def test_labels_are_written_out_where_they_fit(low, high, told):
    assert labels(low, high) == told
