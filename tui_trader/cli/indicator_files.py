"""`indicators compute`: the catalogue over a file of candles, as a table for other programs."""

import argparse
import sys
import time
from pathlib import Path

from tui_trader.cli.candle_options import interval_named
from tui_trader.cli.candle_source import candles_of_file
from tui_trader.cli.exit_codes import EXIT_OK
from tui_trader.cli.narration import counted, tell
from tui_trader.engine.analysis.candles import COLUMNS, Candles
from tui_trader.engine.analysis.description import needs_words
from tui_trader.engine.analysis.picks import (
    catalogue_picks,
    indicator_columns,
    parse_picks,
    pattern_columns,
)
from tui_trader.engine.analysis.readings import Pick
from tui_trader.engine.stores.tables import Columns, check_target, print_columns, write_columns
from tui_trader.engine.values.errors import ConfigError

STDOUT = "-"


def compute_file(args: argparse.Namespace) -> int:
    """Read candles, compute, write.

    Raises:
        ConfigError: the call or the file is wrong, or the target is there already.
        StoreError: the target cannot be written.
    """
    for option, name in ((args.data, "--data"), (args.out, "--out")):
        if not option:
            message = f"`indicators compute` needs {name} FILE"
            raise ConfigError(message)
    is_printed = args.out == STDOUT
    target = Path(args.out).expanduser()
    if not is_printed:
        check_target(target, may_replace=args.force)
    picks = parse_picks(args.only) if args.only is not None else None
    interval = interval_named(args.timeframe) if args.timeframe else None
    path = Path(args.data).expanduser()
    candles = candles_of_file(path, interval=interval, columns=args.columns)
    begin = time.perf_counter()
    columns = _table(candles, _possible(picks), with_patterns=args.patterns)
    seconds = time.perf_counter() - begin
    if is_printed:
        print_columns(columns, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    else:
        write_columns(target, columns, may_replace=args.force)
    width = len(columns) - len(COLUMNS) - 1
    tell(
        f"{counted(len(candles), 'candle')} of {candles.interval.value}, "
        f"{counted(width, 'column')} computed in {seconds:.2f} s"
        f"{'' if is_printed else f', written to {target}'}"
    )
    return EXIT_OK


def _possible(picks: list[Pick] | None) -> list[Pick]:
    """What candles alone can tell.

    Raises:
        ConfigError: an indicator was named that needs more.
    """
    for indicator, _ in picks or ():
        if indicator.needs:
            message = f"{indicator.name} needs {needs_words(indicator)}; a file has only candles"
            raise ConfigError(message)
    return picks or [(entry, given) for entry, given in catalogue_picks() if not entry.needs]


def _table(candles: Candles, picks: list[Pick], *, with_patterns: bool) -> Columns:
    return {
        "open_time_ms": candles.open_time_ms,
        **{name: candles.column(name) for name in COLUMNS},
        **indicator_columns(candles, picks),
        **(pattern_columns(candles) if with_patterns else {}),
    }
