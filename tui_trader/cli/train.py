"""`train`: models for one pair, judged on folds they had not seen, and stored with what they promise."""

import argparse
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from tui_trader.cli.candle_options import interval_named
from tui_trader.cli.exit_codes import EXIT_OK
from tui_trader.cli.held_interrupt import held_interrupt
from tui_trader.cli.narration import answer, counted, tell
from tui_trader.cli.parser import Subparsers
from tui_trader.cli.progress import ProgressLine
from tui_trader.cli.surroundings import chosen_home
from tui_trader.cli.table import print_json, print_table

if TYPE_CHECKING:
    from tui_trader.cli.candle_source import FoundCandles
    from tui_trader.engine.learning.assessment import Assessment
    from tui_trader.engine.learning.manifest import Manifest
    from tui_trader.engine.learning.training import TrainingRequest

ENSEMBLE = "ensemble"
LINES, JSON = "words", "json"
HEADS = (
    "MODEL",
    ">AUC",
    ">SIZE",
    ">DIRECTION",
    ">LOG-LOSS",
    ">BASE RATE",
    ">CALIBRATION",
    ">TRADES",
    ">NET A TRADE",
    ">NET",
    "EDGE",
)


def add_parser(subparsers: Subparsers) -> None:
    """Declare `train`."""
    train = subparsers.add_parser(
        "train",
        description="Train models on the candles of one pair. They are judged by walking forward "
        "over purged folds, net of costs; then fitted to the newest candles and stored. Ctrl-C leaves "
        "what is stored as it was.",
        examples="tui-trader train --pair BTC/USD --timeframe 1h\n"
        "tui-trader train --pair BTC/USD --timeframe 1h --data XBTUSD_60.csv.gz --json\n"
        "tui-trader train --pair ETH/USD --timeframe 5m --models logistic,boosting",
    )
    train.add_argument("--pair", required=True, metavar="PAIR", help="like BTC/USD")
    train.add_argument("--timeframe", required=True, metavar="T", help="length of the candles")
    train.add_argument("--data", metavar="FILE", help="candles: CSV, Parquet or Feather")
    train.add_argument("--columns", metavar="NAMES", help="what the columns of FILE are")
    train.add_argument("--venue", metavar="NAME", help="whose stored candles")
    train.add_argument("--models", metavar="NAMES", help="with commas between; default: settings")
    train.add_argument(
        "--no-store", action="store_true", help="judge only: store no model, count the try"
    )
    train.add_argument(
        "--progress",
        choices=(LINES, JSON),
        default=LINES,
        help="on stderr: words for people, or one JSON document a step",
    )
    train.add_argument("--json", action="store_true", help="JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """Find candles, train, judge, store, tell.

    Raises:
        ConfigError: the call, a setting or the file is wrong, or there are too few candles.
        StoreError: stored candles are damaged, or the model cannot be written.
    """
    began_s = time.monotonic()
    interval = interval_named(args.timeframe)
    # numpy, scikit-learn, numba: two seconds that a wrong call need not wait for.
    from tui_trader.cli.learning_setup import found_candles, model_store, training_request
    from tui_trader.engine.learning import training
    from tui_trader.engine.learning.model_store import Key

    key = Key(args.pair.upper(), interval)
    store = model_store(chosen_home(args))
    request = training_request(args, variants_before=store.standing(key).variants)
    found = found_candles(args, key)
    request = _with_source(request, found)
    with ProgressLine() as line:
        trained = training.train(
            found.candles, request, progress=reporter(args.progress, line, began_s)
        )
    manifest = training.manifest_of(
        trained, found.candles, request, created_ms=time.time_ns() // 1_000_000
    )
    if args.no_store:
        store.count(key, manifest.variants)
        tell("no model was stored (--no-store); the try is counted")
    else:
        # Ctrl-C comes before or after the write, never inside it.
        with held_interrupt():
            manifest = store.save(key, manifest, training.contents_of(trained))
        tell(_stored(manifest, store.standing(key).champion))
    if args.json:
        print_json(document(manifest, time.monotonic() - began_s))
    else:
        print_report(manifest)
    return EXIT_OK


def reporter(form: str, line: ProgressLine, began_s: float) -> Callable[[int, int, str], None]:
    """Tells each step on stderr, in words or as JSON."""

    def words(done: int, planned: int, subject: str) -> None:
        line.show(done / planned, subject)

    def lines(done: int, planned: int, subject: str) -> None:
        taken_s = time.monotonic() - began_s
        step = {
            "done": done,
            "planned": planned,
            "step": subject,
            "left_s": round(taken_s * (planned - done) / done, 1),
        }
        sys.stderr.write(msgspec.json.encode(step).decode() + "\n")
        sys.stderr.flush()

    return lines if form == JSON else words


def document(manifest: "Manifest", seconds: float) -> dict[str, object]:
    """The answer as JSON, as docs/learning.md describes it."""
    each = {
        name: msgspec.to_builtins(scores) | {"seconds": round(seconds, 3)}
        for name, scores in manifest.scores.items()
    }
    return {
        "pair": manifest.pair,
        "timeframe": manifest.interval,
        "version": manifest.version or None,
        "candles": msgspec.to_builtins(manifest.candles),
        "variants": manifest.variants,
        "shuffled": manifest.shuffled,
        "models": {name: scores for name, scores in each.items() if name != ENSEMBLE},
        "ensemble": each[ENSEMBLE],
        "seconds": round(seconds, 3),
    }


def print_report(manifest: "Manifest") -> None:
    """The table of models, and the verdict in words."""
    rows = [_row(name, scores) for name, scores in manifest.scores.items()]
    print_table(HEADS, rows, empty="no model")
    together = manifest.scores[ENSEMBLE]
    answer("")
    answer(together.verdict)
    answer(
        f"A trade earns its costs above a probability of {together.break_even:.0%} (median), or "
        "never where that is above 100 %."
        if together.break_even > 1
        else f"A trade earns its costs above a probability of {together.break_even:.0%} (median)."
    )
    answer(
        f"{together.samples:,} candles forecast in {counted(together.folds, 'fold')}; holding "
        f"brought {together.buy_and_hold_ratio:+.1%}; {manifest.variants} variants tried so far; "
        f"{counted(manifest.unresolved, 'label')} left open at the end and not counted."
    )
    if manifest.shuffled is not None:
        answer(f"Shuffled labels for comparison: AUC {_figure(manifest.shuffled[1], 3)}.")


def _row(name: str, scores: "Assessment") -> tuple[str, ...]:
    net = scores.net_a_trade
    return (
        name,
        _figure(scores.auc, 3),
        _figure(scores.auc_size, 3),
        _figure(scores.auc_direction, 3),
        _figure(scores.log_loss, 4),
        _figure(scores.baseline_log_loss, 4),
        _figure(scores.calibration_error, 3),
        f"{scores.trades:,}",
        "n/a" if net is None else f"{net[0]:+.2%} ({net[1]:+.2%} to {net[2]:+.2%})",
        f"{scores.net_return_ratio:+.1%}",
        "yes" if scores.edge else "no",
    )


def _figure(value: float | None, digits: int) -> str:
    return "n/a" if value is None else f"{value:.{digits}f}"


def _stored(manifest: "Manifest", champion: int | None) -> str:
    if champion == manifest.version:
        return f"stored as version {manifest.version}, which serves"
    return (
        f"stored as version {manifest.version}, which shadows version {champion}; "
        f"`models promote {manifest.pair} {manifest.interval} {manifest.version}` lets it serve"
    )


def _with_source(request: "TrainingRequest", found: "FoundCandles") -> "TrainingRequest":
    from dataclasses import replace

    return replace(request, source=found.source)
