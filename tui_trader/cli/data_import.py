"""`tui-trader data import`: files into the store, with what became of each."""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tui_trader.cli.candle_options import interval_named
from tui_trader.cli.exit_codes import EXIT_OK, EXIT_WRONG
from tui_trader.cli.held_interrupt import held_interrupt
from tui_trader.cli.narration import answer, counted, tell
from tui_trader.cli.progress import ProgressLine
from tui_trader.cli.surroundings import chosen_home
from tui_trader.cli.table import UNKNOWN, moment, print_json, print_table
from tui_trader.engine.session.clock import SystemClock
from tui_trader.engine.stores.candles.candle_file import FAULTS_SHOWN, FileRequest
from tui_trader.engine.stores.candles.csv_dialect import Wishes
from tui_trader.engine.stores.candles.file_names import symbol_named
from tui_trader.engine.stores.candles.importing import (
    Imported,
    Importer,
    ImportRequest,
    Outcome,
    PassedOver,
    Refused,
)
from tui_trader.engine.stores.candles.layout import series_of
from tui_trader.engine.stores.candles.store import ParquetCandleStore
from tui_trader.engine.stores.candles.time_units import unit_named
from tui_trader.engine.stores.home import Home
from tui_trader.engine.values.candles import Interval

HEADS = ("FILE", "CANDLES OF", ">ROWS", ">NEW", ">KNOWN", ">DIFFER", ">LEFT OUT", "FROM", "TO")
REFUSALS_TOLD_MAX = 20
ASSUMED_VENUE = "kraken"
FAULTS_IN_JSON_MAX = 1_000


def import_candles(args: argparse.Namespace) -> int:
    """Import every file; 2 when one was refused.

    Raises:
        ConfigError: the call is wrong.
        StoreError: the store cannot be used.
    """
    home = chosen_home(args)
    request = _request(args)
    if not args.dry_run:
        Home(home).prepare()
    writes: list[None] = []

    @contextmanager
    def counted_write() -> Iterator[None]:
        with held_interrupt():
            yield
            writes.append(None)

    store = ParquetCandleStore(home, shield=counted_write)
    outcomes: list[Outcome] = []
    try:
        with ProgressLine() as progress:
            for outcome in Importer(store, request, progress.show).run(_paths(args.files)):
                progress.clear()
                _narrate(outcome, outcomes)
                outcomes.append(outcome)
    except KeyboardInterrupt:
        stored = counted(len(writes), "file") + " stored whole, nothing of any other"
        tell(f"interrupted; {stored if writes else 'nothing was stored'}")
        raise
    _show(outcomes, args)
    if args.venue is None and any(isinstance(one, Imported) for one in outcomes):
        tell(f"taken for candles of {ASSUMED_VENUE}; --venue names another")
    return EXIT_WRONG if any(isinstance(one, Refused) for one in outcomes) else EXIT_OK


def _request(args: argparse.Namespace) -> ImportRequest:
    symbol = symbol_named(args.pair) if args.pair is not None else None
    # Names are checked before a byte is read.
    venue = args.venue if args.venue is not None else ASSUMED_VENUE
    series_of(venue, symbol or "BTC/USD", Interval.M1)
    return ImportRequest(
        venue=venue,
        symbol=symbol,
        file=FileRequest(
            now_ms=SystemClock().now_ms(),
            interval=interval_named(args.timeframe) if args.timeframe is not None else None,
            wishes=Wishes(
                columns=args.columns,
                time_unit=unit_named(args.time_unit) if args.time_unit is not None else None,
            ),
            skips_bad=args.skip_bad,
        ),
        is_better=args.replace,
        is_trial=args.dry_run,
    )


def _paths(names: Sequence[str]) -> list[Path]:
    return [Path(name).expanduser() for name in names]


def _narrate(outcome: Outcome, before: Sequence[Outcome]) -> None:
    """What a person should know about one file beside its numbers."""
    match outcome:
        case Refused(source, reason):
            refused = sum(isinstance(one, Refused) for one in before)
            if refused < REFUSALS_TOLD_MAX:
                tell(f"tui-trader: {source}: {reason}")
            elif refused == REFUSALS_TOLD_MAX:
                tell("tui-trader: more files were refused; --json names all of them")
        case Imported():
            _narrate_imported(outcome)
        case PassedOver():
            pass


def _narrate_imported(one: Imported) -> None:
    for fault in one.faults[:FAULTS_SHOWN]:
        tell(f"{one.sources[0]}, line {fault.line}: {fault.reason}; left out")
    if len(one.faults) > FAULTS_SHOWN:
        tell(f"{one.sources[0]}: {counted(len(one.faults), 'bad row')} left out in all")
    if one.is_last_open:
        tell(f"{one.series}: the last candle is not over yet; left out")
    if one.merge.differing and one.merge.first_differing_ms is not None:
        first = moment(one.merge.first_differing_ms)
        tell(
            f"{one.series}: {counted(one.merge.differing, 'stored candle')} "
            f"said something else, the first at {first}; --replace takes those of the file"
        )


def _show(outcomes: Sequence[Outcome], args: argparse.Namespace) -> None:
    imported = [one for one in outcomes if isinstance(one, Imported)]
    passed = [one for one in outcomes if isinstance(one, PassedOver)]
    if args.json:
        refused = [one for one in outcomes if isinstance(one, Refused)]
        print_json(
            {
                "is_dry_run": args.dry_run,
                "imported": [_document(one) for one in imported],
                "refused": [one._asdict() for one in refused],
                "passed_over": [one._asdict() for one in passed],
            }
        )
        return
    if passed:
        tell(f"{counted(len(passed), 'file')} passed over: {passed[0].reason}")
    if imported:
        print_table(HEADS, [_row(one) for one in imported], empty="")
        answer("nothing was stored (--dry-run)" if args.dry_run else _total(imported))


def _total(imported: Sequence[Imported]) -> str:
    added = sum(one.merge.added for one in imported)
    return f"{counted(added, 'new candle')} stored"


def _row(one: Imported) -> tuple[str, ...]:
    name = Path(one.sources[0].rpartition(": ")[2]).name
    first, last = one.range_ms or (None, None)
    return (
        name if len(one.sources) == 1 else f"{name} and {len(one.sources) - 1} more",
        str(one.series),
        f"{one.rows:,}",
        f"{one.merge.added:,}",
        f"{one.merge.same:,}",
        f"{one.merge.differing:,}",
        f"{len(one.faults):,}",
        UNKNOWN if first is None else moment(first),
        UNKNOWN if last is None else moment(last),
    )


def _document(one: Imported) -> dict[str, object]:
    first, last = one.range_ms or (None, None)
    return {
        "files": one.sources,
        "venue": one.series.venue,
        "pair": one.series.symbol,
        "timeframe": one.series.interval.value,
        "rows": one.rows,
        "added": one.merge.added,
        "known": one.merge.same,
        "differing": one.merge.differing,
        "first_differing_ms": one.merge.first_differing_ms,
        "repeated": one.repeated,
        "is_last_open": one.is_last_open,
        "left_out": len(one.faults),
        "faults": [fault._asdict() for fault in one.faults[:FAULTS_IN_JSON_MAX]],
        "first_ms": first,
        "last_ms": last,
    }
