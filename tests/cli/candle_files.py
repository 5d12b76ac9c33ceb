"""Made candles as a user would have them: a CSV file, a store, an answer of the engine."""

import csv
from pathlib import Path

from tests.engine.analysis.made_candles import candle_at
from tui_trader.engine.analysis.candles import COLUMNS, Candles
from tui_trader.engine.messages.queries import CandlesAnswer
from tui_trader.engine.stores.candles import ParquetCandleStore
from tui_trader.engine.stores.candles.layout import Series
from tui_trader.engine.values.instruments import Symbol


def write_csv(path: Path, candles: Candles) -> Path:
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["time", *COLUMNS])
        for row, time_ms in enumerate(candles.open_time_ms.tolist()):
            rows.writerow([time_ms, *(repr(float(candles.column(c)[row])) for c in COLUMNS)])
    return path


def store(home: Path, candles: Candles, *, venue="kraken", symbol="BTC/USD") -> None:
    home.mkdir(mode=0o700, exist_ok=True)
    series = Series(venue, Symbol(symbol), candles.interval)
    ParquetCandleStore(home).write(series, candles)


def answered(candles: Candles, *, symbol="BTC/USD") -> CandlesAnswer:
    return CandlesAnswer(
        symbol=Symbol(symbol),
        interval=candles.interval,
        candles=tuple(candle_at(candles, row)[0] for row in range(len(candles))),
    )
