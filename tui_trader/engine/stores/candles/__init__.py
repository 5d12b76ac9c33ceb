"""Closed candles on disk: the store, and the files that people bring.

`ParquetCandleStore(home).load(venue, symbol, interval)` reads what is stored; `load_candles_file(path)`
reads a file of any known format without storing it.
"""

from tui_trader.engine.stores.candles.candle_file import load_candles_file
from tui_trader.engine.stores.candles.store import ParquetCandleStore

__all__ = ["ParquetCandleStore", "load_candles_file"]
