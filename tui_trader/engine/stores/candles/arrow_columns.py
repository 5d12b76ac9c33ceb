"""Columns between Arrow and numpy, without pandas.

Arrow's own `to_numpy` and `array` load pandas where it is installed: 0.3 s and 40 MB in every command and
in the engine, and a Ctrl-C meanwhile ends in half a pandas instead of an interrupt.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tui_trader.engine.analysis.candles import FloatArray, TimeArray

ITEM_BYTES = 8


def floats_of(column: pa.ChunkedArray) -> FloatArray:
    """A column of float64; a missing value is a NaN."""
    if column.null_count:
        column = column.fill_null(float("nan"))
    values: FloatArray = _items(column, np.dtype(np.float64))
    return values


def integers_of(column: pa.ChunkedArray, *, missing: int = -1) -> TimeArray:
    """A column of int64."""
    if column.null_count:
        column = column.fill_null(missing)
    values: TimeArray = _items(column, np.dtype(np.int64))
    return values


def column_of(values: npt.NDArray[Any], kind: pa.DataType) -> pa.Array:
    """A column without missing values, on the memory of `values` where that is in one piece."""
    flat = np.ascontiguousarray(values)
    return pa.Array.from_buffers(kind, len(flat), [None, pa.py_buffer(flat)])


def _items(column: pa.ChunkedArray, kind: np.dtype[Any]) -> npt.NDArray[Any]:
    whole: Any = column.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0)
    if not len(whole):
        return np.empty(0, dtype=kind)
    return np.frombuffer(whole.buffers()[1], kind, len(whole), whole.offset * ITEM_BYTES)
