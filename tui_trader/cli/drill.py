"""`exchange drill`: rehearse a disaster, and see what the engine does about it."""

import argparse
import asyncio
import shutil
import tempfile
import time
from pathlib import Path

import msgspec

from tui_trader.cli.exit_codes import EXIT_OK, EXIT_REFUSED
from tui_trader.cli.narration import answer, painted, tell
from tui_trader.cli.parser import Subparsers, nearest
from tui_trader.cli.table import print_json
from tui_trader.engine.stores.home import Home, is_locked
from tui_trader.engine.values.errors import ConfigError

NAMES = ("lost-answer", "exchange-down", "engine-killed", "silence", "fills-away")
"""As `drill_plays` performs them; written out here so that `--help` need not load an engine's client."""
EXAMPLES = """\
tui-trader exchange drill                    all five, about a minute
tui-trader exchange drill lost-answer        one
tui-trader exchange drill --json             every step and the verdict, for scripts; on stderr each step
                                             as it happens, one JSON line each"""
DESCRIPTION = f"""\
Rehearse a disaster on a throw-away demo with a home, an engine and an exchange of its own: yours is
not touched. Afterwards both journals are held against each other. Exits with 4 when they disagree.

drills: {", ".join(NAMES)}.
"""
_WHO_WIDTH = 8
_COLOURS = {"you": "bold", "disaster": "red", "engine": "green"}


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """One drill, performed."""

    name: str
    title: str
    survived: bool
    seconds: float
    steps: tuple[object, ...]
    truth: dict[str, object]


def add_drill(actions: Subparsers) -> None:
    """Declare `exchange drill`."""
    parser = actions.add_parser("drill", description=DESCRIPTION, examples=EXAMPLES)
    parser.add_argument("name", nargs="?", metavar="NAME", help="which one (default: all five)")
    parser.add_argument("--json", action="store_true", help="JSON on stdout")


def run_drills(args: argparse.Namespace) -> int:
    """Perform one drill, or all.

    Raises:
        ConfigError: there is no drill of that name.
        TraderError: a rehearsal could not be set up.
    """
    if args.name is not None and args.name not in NAMES:
        message = (
            f"there is no drill {args.name!r}{nearest(args.name, NAMES)}; "
            f"there are {', '.join(NAMES)}"
        )
        raise ConfigError(message)
    names = NAMES if args.name is None else (args.name,)
    verdicts = [_perform(name, is_told=not args.json) for name in names]
    if args.json:
        print_json({"drills": verdicts})
    return EXIT_OK if all(verdict.survived for verdict in verdicts) else EXIT_REFUSED


def _perform(name: str, *, is_told: bool) -> Verdict:
    # Each loads the engine's client, which the help of this command does not need.
    from tui_trader.cli.drill_plays import PLAYS
    from tui_trader.cli.rehearsal import Rehearsal, Step, rehearsal
    from tui_trader.cli.truth import read_truth, truth_document

    play = PLAYS[name]
    if is_told:
        answer(painted(f"{play.name}: {play.title}", "bold"))
        answer(f"  what must happen: {play.lesson}")

    def say(step: Step) -> None:
        if not is_told:
            # Whoever waits for the document (the console does) hears the steps meanwhile.
            tell(msgspec.json.encode(step).decode())
        else:
            who = painted(f"{step.who:<{_WHO_WIDTH}}", _COLOURS[step.who])
            answer(f"  {step.after_ms / 1_000:6.1f} s  {who}  {step.text}")

    async def act(home: Path) -> Rehearsal:
        async with rehearsal(home, say) as stage:
            await stage.start_engine()
            stage.begin()
            await play.perform(stage)
        return stage

    # Short, because a unix socket's path may have 108 bytes and no more.
    home = Path(tempfile.mkdtemp(prefix="tt-drill-"))
    begun_s, report = time.monotonic(), None
    try:
        stage = asyncio.run(act(home))
        report = read_truth(home, stage.exchange_journal)
    except KeyboardInterrupt:
        # Given up, not failed: there is nothing to look into. Interrupted again while it cleared away,
        # it may have left an engine, whose home stays.
        if not is_locked(Home(home).lock):
            shutil.rmtree(home, ignore_errors=True)
        raise
    finally:
        if report is None and home.exists():
            tell(f"the rehearsal did not come to its end; its home is kept: {home}")
    shutil.rmtree(home)
    if is_told:
        _tell_verdict(report.is_true, [each.text for each in report.differences])
    return Verdict(
        name=play.name,
        title=play.title,
        survived=report.is_true,
        seconds=round(time.monotonic() - begun_s, 1),
        steps=tuple(stage.steps),
        truth=truth_document(report),
    )


def _tell_verdict(is_true: bool, differences: list[str]) -> None:  # noqa: FBT001 - the verdict
    if is_true:
        answer(
            f"  {painted('survived', 'green')}: both journals tell the same fills and the same "
            "balances, and every order was sent once"
        )
    else:
        answer(f"  {painted('FAILED', 'red')}: the journals disagree")
    for difference in differences:
        answer(f"    {difference}")
    answer("")
