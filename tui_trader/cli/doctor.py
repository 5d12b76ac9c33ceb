"""Checks of this machine and this home, each with what to do."""

import argparse
import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

from tui_trader.cli import health
from tui_trader.cli.exit_codes import EXIT_OK, EXIT_REFUSED, EXIT_WRONG
from tui_trader.cli.health import Check, Verdict
from tui_trader.cli.narration import answer, painted
from tui_trader.cli.parser import Subparsers
from tui_trader.cli.surroundings import chosen_config_file, chosen_home
from tui_trader.cli.table import print_json
from tui_trader.cli.truth import read_truth, show_truth, truth_document

COLOURS = {Verdict.OK: "green", Verdict.WARN: "yellow", Verdict.FAIL: "red"}
NAME_WIDTH = 11


def add_parser(subparsers: Subparsers) -> None:
    """Declare `doctor`."""
    parser = subparsers.add_parser(
        "doctor",
        description="Check this machine and this home; each line is ok, warn or FAIL, with what to "
        "do. Exits with 2 when a line says FAIL. With --against, hold the engine's journal against "
        "the exchange's instead: 0 when they agree, 4 when they do not.",
        examples="tui-trader doctor\ntui-trader doctor --json\n"
        "tui-trader doctor --against ~/.local/share/tui-trader/exchange/journal.jsonl",
    )
    parser.add_argument("--json", action="store_true", help="JSON on stdout")
    parser.add_argument(
        "--against",
        metavar="JOURNAL",
        help="journal of the local exchange: compare fills, balances and orders with it",
    )


def run(args: argparse.Namespace) -> int:
    """Run every check and print it; with `--against`, the comparison of the journals alone."""
    if args.against is not None:
        return _compare(args)
    checks = list(all_checks(chosen_home(args), chosen_config_file(args)))
    if args.json:
        print_json({"home": str(chosen_home(args)), "checks": checks})
    else:
        for check in checks:
            show_check(check)
    is_ill = any(check.verdict is Verdict.FAIL for check in checks)
    return EXIT_WRONG if is_ill else EXIT_OK


def _compare(args: argparse.Namespace) -> int:
    report = read_truth(chosen_home(args), Path(args.against).expanduser())
    if args.json:
        print_json(truth_document(report))
    else:
        show_truth(report)
    return EXIT_OK if report.is_true else EXIT_REFUSED


def all_checks(home: Path, config_file: Path | None) -> Iterator[Check]:
    """Every check, the quick ones first."""
    yield health.python_check()
    yield health.libraries_check()
    yield health.terminal_check(os.environ)
    yield health.home_check(home)
    yield health.config_check(home, config_file, os.environ)
    yield health.journal_check(home)
    yield health.halt_check(home)
    yield from asyncio.run(health.engine_checks(home))


def show_check(check: Check) -> None:
    """One line; what to do stands below."""
    verdict = painted(f"{check.verdict.value:<4}", COLOURS[check.verdict])
    first, *more = check.text.splitlines()
    answer(f"{verdict}  {check.name:<{NAME_WIDTH}}  {first}")
    for line in more:
        answer(f"{'':<{NAME_WIDTH + 8}}{line.strip()}")
    if check.remedy:
        answer(f"{'':<{NAME_WIDTH + 8}}→ {check.remedy}")
