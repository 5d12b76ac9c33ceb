"""`tui-trader data list` and `data verify`: what is stored, and whether it is whole."""

import argparse
from collections.abc import Iterator, Sequence

from tui_trader.cli.exit_codes import EXIT_OK, EXIT_WRONG
from tui_trader.cli.narration import answer, counted, painted
from tui_trader.cli.progress import ProgressLine
from tui_trader.cli.surroundings import chosen_home
from tui_trader.cli.table import UNKNOWN, moment, print_json, print_table
from tui_trader.engine.session.clock import SystemClock
from tui_trader.engine.stores.candles.file_names import symbol_named
from tui_trader.engine.stores.candles.layout import Series
from tui_trader.engine.stores.candles.store import ParquetCandleStore
from tui_trader.engine.stores.candles.verification import (
    Stretch,
    Verdict,
    verify_series,
)
from tui_trader.engine.values.errors import ConfigError

HEADS = ("VENUE", "PAIR", "TIMEFRAME", ">ROWS", "FROM", "TO", ">GAPS", ">MISSING", ">SIZE", "")
STRETCHES_SHOWN = 5
BYTES_PER_MB = 1_000_000
NOTHING = "no candle is stored; `tui-trader data import` and `data download` bring some"


def list_candles(args: argparse.Namespace) -> int:
    """Print every series that is stored."""
    store = ParquetCandleStore(chosen_home(args))
    verdicts = list(_verdicts(store, store.series()))
    if args.json:
        print_json([_overview(verdict, store) for verdict in verdicts])
        return EXIT_OK
    print_table(HEADS, [_row(verdict, store) for verdict in verdicts], empty=NOTHING)
    return EXIT_OK


def verify_candles(args: argparse.Namespace) -> int:
    """Print what is wrong with what is stored; 2 when there is damage.

    Raises:
        ConfigError: a pair that was named is not stored.
    """
    store = ParquetCandleStore(chosen_home(args))
    verdicts = list(_verdicts(store, _chosen(store.series(), args.pairs)))
    if args.json:
        print_json([_document(verdict, store) for verdict in verdicts])
    elif not verdicts:
        answer(NOTHING)
    else:
        for verdict in verdicts:
            _show(verdict)
    return EXIT_WRONG if any(verdict.damage for verdict in verdicts) else EXIT_OK


def _verdicts(store: ParquetCandleStore, chosen: Sequence[Series]) -> Iterator[Verdict]:
    now_ms = SystemClock().now_ms()
    with ProgressLine() as progress:
        for number, series in enumerate(chosen):
            progress.show(number / len(chosen), str(series))
            yield verify_series(store, series, now_ms=now_ms)


def _chosen(stored: Sequence[Series], names: Sequence[str]) -> list[Series]:
    wanted = {symbol_named(name) for name in names}
    there = {series.symbol for series in stored}
    if lacking := sorted(wanted - there):
        message = f"{lacking[0]}: no candle is stored; `tui-trader data list` shows what is"
        raise ConfigError(message)
    return [series for series in stored if not wanted or series.symbol in wanted]


def _row(verdict: Verdict, store: ParquetCandleStore) -> tuple[str, ...]:
    first, last = verdict.range_ms or (None, None)
    return (
        verdict.series.venue,
        verdict.series.symbol,
        verdict.series.interval.value,
        f"{verdict.rows:,}",
        UNKNOWN if first is None else moment(first),
        UNKNOWN if last is None else moment(last),
        f"{len(verdict.gaps):,}",
        f"{verdict.missing:,}",
        f"{_size_bytes(verdict, store) / BYTES_PER_MB:.1f} MB",
        "damaged: see `data verify`" if verdict.damage else "",
    )


def _size_bytes(verdict: Verdict, store: ParquetCandleStore) -> int:
    return sum(path.stat().st_size for path in store.files(verdict.series))


def _show(verdict: Verdict) -> None:
    word = painted("DAMAGED", "red") if verdict.damage else painted("ok", "green")
    answer(f"{word}  {verdict.series}: {counted(verdict.rows, 'row')}{_range_words(verdict)}")
    for damage in verdict.damage:
        rows = "" if damage.first_ms is None else f"{counted(damage.rows, 'row')}, "
        place = "" if damage.first_ms is None else f", the first at {moment(damage.first_ms)}"
        answer(f"    damage: {rows}{damage.kind}{place}")
    _show_stretches("gap", verdict.gaps, "missing")
    _show_stretches("quiet stretch", verdict.quiet, "without volume")


def _show_stretches(noun: str, stretches: Sequence[Stretch], adjective: str) -> None:
    if not stretches:
        return
    total = sum(one.candles for one in stretches)
    plural = noun if len(stretches) == 1 else f"{noun}es" if noun.endswith("h") else f"{noun}s"
    heading = f"{len(stretches):,} {plural}, {counted(total, 'candle')} {adjective}"
    longest = sorted(stretches, key=lambda one: (-one.candles, one.start_ms))[:STRETCHES_SHOWN]
    answer(f"    {heading}{'; the longest:' if len(stretches) > STRETCHES_SHOWN else ':'}")
    for one in longest:
        until = f"{moment(one.start_ms)} to {moment(one.end_ms)}"
        answer(f"      {until}  {counted(one.candles, 'candle')}")


def _range_words(verdict: Verdict) -> str:
    if verdict.range_ms is None:
        return ""
    first, last = verdict.range_ms
    return f", {moment(first)} to {moment(last)}"


def _overview(verdict: Verdict, store: ParquetCandleStore) -> dict[str, object]:
    first, last = verdict.range_ms or (None, None)
    return {
        "venue": verdict.series.venue,
        "pair": verdict.series.symbol,
        "timeframe": verdict.series.interval.value,
        "rows": verdict.rows,
        "first_ms": first,
        "last_ms": last,
        "gaps": len(verdict.gaps),
        "missing": verdict.missing,
        "size_bytes": _size_bytes(verdict, store),
        "is_damaged": bool(verdict.damage),
    }


def _document(verdict: Verdict, store: ParquetCandleStore) -> dict[str, object]:
    return _overview(verdict, store) | {
        "gaps": [one._asdict() for one in verdict.gaps],
        "quiet": [one._asdict() for one in verdict.quiet],
        "damage": [one._asdict() for one in verdict.damage],
    }
