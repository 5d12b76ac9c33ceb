"""From rows in whole steps to the columns of an outcome, the same for both engines."""

import numpy as np

from tui_trader.engine.backtest.assembly import Assembly, closing_times
from tui_trader.engine.backtest.outcome import BacktestOutcome, Fills, OpenPosition, Trades
from tui_trader.engine.backtest.request import BacktestRequest
from tui_trader.engine.kernels import walk_arrays as at
from tui_trader.engine.kernels.walk_arrays import Sheets
from tui_trader.engine.rules.grid import MONEY_PER_QUOTE
from tui_trader.engine.rules.limits import BLOCKS

TOO_RICH = "equity grew beyond 50 billion, more than can be counted; begin with less cash"
END = "end_of_candles"
"""Reason of a sale that only the end of the candles asked for."""


def outcome_of(
    request: BacktestRequest,
    assembly: Assembly,
    sheets: Sheets,
    *,
    engine: str,
    positions: tuple[OpenPosition, ...],
    seconds: dict[str, float],
) -> BacktestOutcome:
    """The outcome that the rows tell.

    Args:
        request: What was asked.
        assembly: What it ran on.
        sheets: Rows of `kernels.walk_arrays`, only those that were written.
        engine: "compiled" or "core".
        positions: What is still held.
        seconds: How long each step took.
    """
    tape, fills = assembly.tape, sheets.fills
    return BacktestOutcome(
        engine=engine,
        symbols=tuple(request.candles),
        cash_quote=request.cash_quote,
        time_ms=tape.time_ms,
        equity_quote=sheets.equity,
        trades=_trades(request, assembly, sheets),
        fills=Fills(
            time_ms=tape.time_ms[fills[:, at.FILL_ROW]],
            pair=fills[:, at.FILL_PAIR],
            side=fills[:, at.FILL_SIDE],
            lots=fills[:, at.FILL_LOTS],
            ticks=fills[:, at.FILL_TICKS],
            fee=fills[:, at.FILL_FEE],
            reason=fills[:, at.FILL_REASON],
        ),
        positions=positions,
        blocks={
            name: int(count) for name, count in zip(BLOCKS, sheets.blocks, strict=True) if count
        },
        seconds=seconds,
    )


def _trades(request: BacktestRequest, assembly: Assembly, sheets: Sheets) -> Trades:
    symbols, tape = tuple(request.candles), assembly.tape
    rows, floats = sheets.trades, sheets.trade_floats
    pair = rows[:, at.TRADE_PAIR]
    units, lots_per_unit = tape.grid[pair, 0], tape.grid[pair, 1]
    quantity = rows[:, at.TRADE_LOTS] / lots_per_unit
    cost, proceeds = rows[:, at.TRADE_COST], rows[:, at.TRADE_PROCEEDS]
    pnl = proceeds - cost - rows[:, at.TRADE_FEES]
    exit_time_ms = tape.time_ms[rows[:, at.TRADE_EXIT_ROW]]
    reason = np.array((*at.REASONS, END))[rows[:, at.TRADE_REASON]]
    if request.is_sold_at_end:
        is_last = exit_time_ms == closing_times(assembly)[pair]
        reason[is_last & (rows[:, at.TRADE_REASON] == at.BY_SIGNAL)] = END
    return Trades(
        symbol=np.array(symbols)[pair],
        side=np.ones(len(rows), dtype=np.int8),
        quantity_base=quantity,
        entry_time_ms=tape.time_ms[rows[:, at.TRADE_ENTRY_ROW]],
        entry_price=rows[:, at.TRADE_ENTRY_TICKS] / units,
        exit_time_ms=exit_time_ms,
        exit_price=np.where(
            rows[:, at.TRADE_SALES] == 1,
            rows[:, at.TRADE_EXIT_TICKS] / units,
            proceeds / MONEY_PER_QUOTE / quantity,
        ),
        fees_quote=rows[:, at.TRADE_FEES] / MONEY_PER_QUOTE,
        slippage_quote=floats[:, at.TRADE_SLIPPAGE],
        pnl_quote=pnl / MONEY_PER_QUOTE,
        return_ratio=pnl / cost,
        mae_ratio=floats[:, at.TRADE_MAE],
        mfe_ratio=floats[:, at.TRADE_MFE],
        bars=rows[:, at.TRADE_BARS],
        exit_reason=reason,
    )
