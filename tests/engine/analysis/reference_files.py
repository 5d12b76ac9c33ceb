"""Recorded reference values, read into candles and columns."""

import csv
import gzip
import io
import json
import zipfile
from pathlib import Path

import numpy as np

from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.values.candles import Interval

DAY_MS = Interval.D1.ms


def around(**known) -> Candles:
    """Candles from the columns that a reference has; the others are made to fit."""
    count = len(next(iter(known.values())))
    middle = (known["high"] + known["low"]) / 2 if "high" in known else np.ones(count)
    close = known.get("close", known.get("open", middle))
    close = np.where(np.isnan(close), middle, close)
    open_ = known.get("open", close)
    high = known.get("high", np.maximum(open_, close))
    low = known.get("low", np.minimum(open_, close))
    return Candles(
        interval=Interval.D1,
        open_time_ms=DAY_MS * np.arange(count),
        open=np.clip(open_, low, high),
        high=high,
        low=low,
        close=np.clip(close, low, high),
        volume=known.get("volume", np.ones(count)),
    )


def numbers(texts) -> np.ndarray:
    return np.array([float(text) if text.strip() else np.nan for text in texts])


def tulip_cases(path: Path) -> dict[str, list[np.ndarray]]:
    """`rsi 5` → its inputs, then its outputs; of a case that stands twice, the last."""
    cases: dict[str, list[np.ndarray]] = {}
    name = ""
    for line in map(str.strip, path.read_text().splitlines()):
        if line.startswith("{"):
            cases[name].append(numbers(cell for cell in line.strip("{}").split(",") if cell))
        elif line and not line.startswith("#"):
            name = line
            cases[name] = []
    return cases


def sheet(archive: Path, name: str) -> list[np.ndarray | None]:
    """Columns of a StockCharts sheet; None where one holds no numbers."""
    with zipfile.ZipFile(archive) as opened:
        rows = list(csv.reader(io.StringIO(opened.read(name).decode())))
    width = len(rows[0])
    cells = [[*row, *[""] * width][:width] for row in rows[1:]]
    columns: list[np.ndarray | None] = []
    for texts in zip(*cells, strict=True):
        try:
            columns.append(numbers(texts))
        except ValueError:
            columns.append(None)
    return columns


def spy_candles(path: Path) -> Candles:
    """5,241 days of SPY, the input of the tulipy values."""
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(path.read_bytes()).decode())))
    names = ("open", "high", "low", "close", "volume")
    return around(**{name: numbers(row[name] for row in rows) for name in names})


def tulipy_values(path: Path) -> dict[str, np.ndarray]:
    """The last 2,100 values of each."""
    return {
        name: np.array(values)
        for name, values in json.loads(gzip.decompress(path.read_bytes()))["arrays"].items()
    }
