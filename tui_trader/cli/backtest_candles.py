"""Candles that a kept run was computed on, around a moment: what a chart of it is drawn from."""

import argparse
from pathlib import Path

from tui_trader.cli.candle_options import interval_named, moment_named
from tui_trader.cli.surroundings import chosen_home
from tui_trader.cli.table import moment, print_json, print_table
from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.stores.candles.store import ParquetCandleStore
from tui_trader.engine.values.backtests import BacktestDocument, RunCandles
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.text import sanitize

ROWS_MAX = 8_000
"""At most so many around the moment: 0.6 MB of JSON, read in a few milliseconds."""
HEADS = ("TIME (UTC)", ">OPEN", ">HIGH", ">LOW", ">CLOSE", ">VOLUME")


def show_candles(args: argparse.Namespace, document: BacktestDocument) -> None:
    """Print them, as JSON or as a table.

    Raises:
        ConfigError: the moment is none, the pair is not of the run, or its candles are gone.
        StoreError: stored candles are damaged.
    """
    around_ms = moment_named(args.candles, "--candles")
    found = candles_around(args, document, around_ms=around_ms)
    if args.json:
        print_json(found)
        return
    rows = [
        (
            moment(one.open_time_ms),
            *(f"{price:,.8g}" for price in (one.open, one.high, one.low, one.close)),
            f"{one.volume_base:,.8g}",
        )
        for one in found.candles
    ]
    print_table(HEADS, rows, empty="no candle")


def candles_around(
    args: argparse.Namespace, document: BacktestDocument, *, around_ms: int
) -> RunCandles:
    """At most ROWS_MAX of them, the moment in their middle where there are enough on both sides.

    Raises:
        ConfigError: the pair is not of the run, or its candles are gone.
        StoreError: stored candles are damaged.
    """
    pair = sanitize(args.pair[0]).upper() if args.pair else document.pairs[0]
    if pair not in document.pairs:
        message = f"the run {document.id} has no {pair}; it has {document.pair}"
        raise ConfigError(message)
    interval = interval_named(document.timeframe)
    whole = _within(_candles(args, document, pair=pair, interval=interval), document)
    times = whole.open_time_ms
    middle = int(times.searchsorted(around_ms))
    first = max(0, min(middle - ROWS_MAX // 2, len(whole) - ROWS_MAX))
    part = whole[first : first + ROWS_MAX]
    rows = zip(
        *(column.tolist() for column in (part.open_time_ms, part.open, part.high, part.low)),
        *(column.tolist() for column in (part.close, part.volume)),
        strict=True,
    )
    return RunCandles(
        id=str(document.id),
        pair=pair,
        interval=interval,
        candles=tuple(
            Candle(open_time_ms=time, open=o, high=h, low=low, close=c, volume_base=volume)
            for time, o, h, low, c, volume in rows
        ),
        first_time_ms=int(times[0]),
        last_time_ms=int(times[-1]),
    )


def _candles(
    args: argparse.Namespace, document: BacktestDocument, *, pair: str, interval: Interval
) -> Candles:
    call = document.call
    if call.files:
        # Reads all formats there are, which the store needs none of.
        from tui_trader.cli.candle_source import candles_of_file

        path = Path(call.files[document.pairs.index(pair)]).expanduser()
        if not path.is_file():
            message = f"the run was made of {sanitize(str(path))}, which is not there any more"
            raise ConfigError(message)
        return candles_of_file(path, interval=interval, columns=args.columns)
    store = ParquetCandleStore(chosen_home(args))
    return store.load(
        call.venue or args.venue or _only_venue(store, pair),
        Symbol(pair),
        interval,
        start_ms=document.first_time_ms,
        end_ms=document.last_time_ms + interval.ms,
    )


def _only_venue(store: ParquetCandleStore, pair: str) -> str:
    """Whose candles a run took that did not keep it: an early one, or one of several venues."""
    venues = sorted({series.venue for series in store.series() if series.symbol == pair})
    if len(venues) > 1:
        message = (
            f"{pair} is stored of {', '.join(venues)}, and the run does not say whose it took; say which "
            "one with --venue"
        )
        raise ConfigError(message)
    return next(iter(venues), "")


def _within(candles: Candles, document: BacktestDocument) -> Candles:
    times = candles.open_time_ms
    first = int(times.searchsorted(document.first_time_ms))
    end = int(times.searchsorted(document.last_time_ms, side="right"))
    if first == end:
        message = f"the candles of the run {document.id} are not there any more"
        raise ConfigError(message)
    return candles[first:end]
