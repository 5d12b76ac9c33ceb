"""From a request to the tape that both engines read: pairs on one clock, signals, ranges."""

from importlib import import_module
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import Candles, FloatArray, TimeArray
from tui_trader.engine.analysis.catalogue import indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.strategy import SignalArray
from tui_trader.engine.backtest.request import BacktestRequest
from tui_trader.engine.kernels.compiler import Kernel, kernel_of
from tui_trader.engine.kernels.walk_arrays import Tape
from tui_trader.engine.rules.model import SIZING_VOLATILITY, TradeRules
from tui_trader.engine.rules.stops import needs_atr

Rows = slice | npt.NDArray[np.int64]


class Assembly(NamedTuple):
    """Tape, and where each pair ends on it.

    Args:
        ends: For each pair, the column of the tape of its last candle.
    """

    tape: Tape
    ends: tuple[int, ...]


def signals_of(request: BacktestRequest, *, use_kernel: bool) -> tuple[SignalArray, ...]:
    """What the strategy says of every candle of every pair.

    Args:
        request: The run.
        use_kernel: Whether the compiled form of the strategy may speak for it.
    """
    strategy, candles = request.strategy, tuple(request.candles.values())
    choices = strategy.checked(request.parameters)
    if not (use_kernel and strategy.kernel):
        return strategy.signals_of(candles, choices)
    module, _, name = strategy.kernel.partition(":")
    function = cast("Kernel", getattr(import_module(module), name))
    values = tuple(int(value) for value in choices.values())
    found = []
    for pair in candles:
        signal = np.empty(len(pair), dtype=np.int8)
        kernel = kernel_of(function, request.cache_root).made_for(pair.close, *values, signal)
        kernel(pair.close, *values, signal)
        found.append(signal)
    return tuple(found)


def assemble(request: BacktestRequest, signals: tuple[SignalArray, ...]) -> Assembly:
    """Lay all pairs on one clock; a pair without a candle has NaN there."""
    pairs = tuple(request.candles.values())
    times, rows = _clock(pairs)

    def laid(columns: list[FloatArray]) -> FloatArray:
        if len(columns) == 1:
            return columns[0].reshape(1, -1)
        table = np.full((len(columns), len(times)), np.nan)
        for number, row in enumerate(rows):
            table[number, row] = columns[number]
        return table

    signal = np.zeros((len(pairs), len(times)), dtype=np.int8)
    ends = []
    for number, row in enumerate(rows):
        signal[number, row] = signals[number]
        last_two = (
            np.arange(max(0, len(times) - 2), len(times)) if isinstance(row, slice) else row[-2:]
        )
        ends.append(int(last_two[-1]))
        if request.is_sold_at_end:
            signal[number, last_two] = -1
    close = laid([pair.close for pair in pairs])
    grids = [tuple(request.grids[symbol]) for symbol in request.candles]
    tape = Tape(
        time_ms=times,
        open=laid([pair.open for pair in pairs]),
        high=laid([pair.high for pair in pairs]),
        low=laid([pair.low for pair in pairs]),
        close=close,
        volume=laid([pair.volume for pair in pairs]),
        # What no rule reads is not computed; any column of the right shape may stand there.
        atr=laid(_atr(pairs, request.rules)) if needs_atr(request.rules) else close,
        volatility=laid(_volatility(pairs, request.rules))
        if request.rules.sizing == SIZING_VOLATILITY
        else close,
        signal=signal,
        grid=np.array(grids, dtype=np.float64),
    )
    return Assembly(Tape._make(_read_only(column) for column in tape), tuple(ends))


def _clock(pairs: tuple[Candles, ...]) -> tuple[TimeArray, list[Rows]]:
    """One clock for all pairs, and where on it the candles of each are."""
    first = pairs[0].open_time_ms
    if all(np.array_equal(first, pair.open_time_ms) for pair in pairs[1:]):
        return first, [slice(None)] * len(pairs)
    times = np.unique(np.concatenate([pair.open_time_ms for pair in pairs]))
    return times, [np.searchsorted(times, pair.open_time_ms) for pair in pairs]


def closing_times(assembly: Assembly) -> TimeArray:
    """Start of the last candle of each pair, UTC."""
    times: TimeArray = assembly.tape.time_ms[list(assembly.ends)]
    return times


def _atr(pairs: tuple[Candles, ...], rules: TradeRules) -> list[FloatArray]:
    return [compute(pair, indicator_named("atr"), period=rules.atr_bars)["atr"] for pair in pairs]


def _volatility(pairs: tuple[Candles, ...], rules: TradeRules) -> list[FloatArray]:
    indicator = indicator_named("realised_volatility")
    name = indicator.outputs[0].name
    return [compute(pair, indicator, period=rules.volatility_bars)[name] for pair in pairs]


def _read_only(column: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    # One kind of array, whoever gave it: the compiled code is made for read-only ones.
    view = np.ascontiguousarray(column).view()
    view.flags.writeable = False
    return view
