"""`models`: what was trained: list, show, verify, promote, roll back, delete."""

import argparse
from typing import TYPE_CHECKING

import msgspec

from tui_trader.cli.candle_options import interval_named
from tui_trader.cli.exit_codes import EXIT_OK, EXIT_WRONG
from tui_trader.cli.narration import answer, is_agreed, tell
from tui_trader.cli.parser import Subparsers
from tui_trader.cli.surroundings import chosen_home
from tui_trader.cli.table import print_json, print_table
from tui_trader.engine.values.errors import ConfigError, StoreError
from tui_trader.engine.values.time import UtcMs, format_rfc3339

if TYPE_CHECKING:
    from tui_trader.engine.learning.manifest import Manifest
    from tui_trader.engine.learning.model_store import Key, ModelStore

HEADS = ("PAIR", "TIMEFRAME", ">VERSION", "ROLE", "TRAINED", ">CANDLES", ">AUC", "EDGE", "STATE")
ACTIONS = ("list", "show", "verify", "promote", "rollback", "delete")
ENSEMBLE = "ensemble"
UNKNOWN = "n/a"


def add_parser(subparsers: Subparsers) -> None:
    """Declare `models …`."""
    models = subparsers.add_parser(
        "models",
        description="Stored models: which one serves, what each promises, whether each is whole.",
        examples="tui-trader models list\n"
        "tui-trader models show BTC/USD 1h\n"
        "tui-trader models verify\n"
        "tui-trader models promote BTC/USD 1h 2\n"
        "tui-trader models rollback BTC/USD 1h\n"
        "tui-trader models delete BTC/USD 1h 1 --yes",
    )
    models.add_argument("action", metavar="list|show|verify|promote|rollback|delete")
    models.add_argument("pair", metavar="PAIR", nargs="?", help="like BTC/USD")
    models.add_argument("timeframe", metavar="T", nargs="?", help="length of the candles")
    models.add_argument("number", metavar="VERSION", nargs="?", type=int, help="default: serving")
    models.add_argument("--yes", action="store_true", help="delete without asking")
    models.add_argument("--json", action="store_true", help="JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """Carry out the one that was called.

    Raises:
        ConfigError: the call is wrong, or there is no such model.
        StoreError: a model is broken.
    """
    if args.action not in ACTIONS:
        message = f"`models {args.action}` does not exist; there is: {', '.join(ACTIONS)}"
        raise ConfigError(message)
    # scikit-learn and numba: not for a call that only asks for help.
    from tui_trader.cli.learning_setup import model_store

    store = model_store(chosen_home(args))
    if args.action in {"list", "verify"} and args.pair is None:
        return _list(store, store.keys(), args)
    key = _key(args)
    match args.action:
        case "list" | "verify":
            return _list(store, (key,), args)
        case "show":
            _show(store.manifest(key, args.number), args)
        case "promote":
            if args.number is None:
                message = "say which version to promote; `tui-trader models list` shows them"
                raise ConfigError(message)
            store.promote(key, args.number)
            tell(f"version {args.number} of {key} serves now")
        case "rollback":
            tell(f"version {store.rollback(key).champion} of {key} serves again")
        case _:
            _delete(store, key, args)
    return EXIT_OK


def _key(args: argparse.Namespace) -> "Key":
    from tui_trader.engine.learning.model_store import Key

    if args.pair is None or args.timeframe is None:
        message = f"name the pair and the timeframe: tui-trader models {args.action} BTC/USD 1h"
        raise ConfigError(message)
    return Key(args.pair.upper(), interval_named(args.timeframe))


def _list(store: "ModelStore", keys: "tuple[Key, ...]", args: argparse.Namespace) -> int:
    """Every version, and what is wrong with it; `verify` reads the model file as well."""
    is_checked = args.action == "verify"
    found = [
        _entry(store, key, version, is_checked=is_checked)
        for key in keys
        for version in store.versions(key)
    ]
    faults = [str(entry["fault"]) for entry in found if entry["fault"]]
    if args.json:
        print_json(found)
    else:
        print_table(HEADS, [_row(entry) for entry in found], empty="no model; `train` makes one")
        for fault in faults:
            tell(fault)
    return EXIT_WRONG if faults and is_checked else EXIT_OK


def _entry(store: "ModelStore", key: "Key", version: int, *, is_checked: bool) -> dict[str, object]:
    standing = store.standing(key)
    role = {standing.champion: "serves", standing.challenger: "shadows"}.get(version, "kept")
    entry: dict[str, object] = {
        "pair": key.pair,
        "timeframe": key.interval.value,
        "version": version,
        "role": role,
        "created_ms": None,
        "candles": None,
        "auc": None,
        "edge": None,
        "fault": None,
        "is_checked": is_checked,
    }
    try:
        manifest = store.manifest(key, version)
        if is_checked:
            store.load(key, version)
    except StoreError as fault:
        return entry | {"fault": str(fault)}
    together = manifest.scores[ENSEMBLE]
    return entry | {
        "created_ms": manifest.created_ms,
        "candles": manifest.candles.count,
        "auc": together.auc,
        "edge": together.edge,
    }


def _row(entry: dict[str, object]) -> tuple[str, ...]:
    created, count, auc, edge = (entry[name] for name in ("created_ms", "candles", "auc", "edge"))
    state = "whole" if entry["is_checked"] else "not checked"
    return (
        str(entry["pair"]),
        str(entry["timeframe"]),
        str(entry["version"]),
        str(entry["role"]),
        format_rfc3339(UtcMs(created)) if isinstance(created, int) else UNKNOWN,
        f"{count:,}" if isinstance(count, int) else UNKNOWN,
        f"{auc:.3f}" if isinstance(auc, float) else UNKNOWN,
        UNKNOWN if edge is None else ("yes" if edge else "no"),
        "refused" if entry["fault"] else state,
    )


def _show(manifest: "Manifest", args: argparse.Namespace) -> None:
    if args.json:
        print_json(msgspec.to_builtins(manifest))
        return
    from tui_trader.cli.train import print_report

    answer(f"{manifest.pair} {manifest.interval}, version {manifest.version}")
    facts, barrier = manifest.candles, manifest.barrier
    rows = [
        ("trained", format_rfc3339(UtcMs(manifest.created_ms))),
        ("candles", f"{facts.count:,} from {facts.source}"),
        ("from", format_rfc3339(UtcMs(facts.first_ms))),
        ("to", format_rfc3339(UtcMs(facts.last_ms))),
        ("stop", _level(barrier.stop_ratio, barrier.stop_atr, 0.0)),
        ("take profit", _level(barrier.take_ratio, barrier.take_atr, barrier.take_r)),
        ("horizon", f"{barrier.time_stop_bars} candles"),
        ("fee", f"{barrier.fee_ratio:.2%} of each order"),
        ("base rate", f"{manifest.base_rate:.1%} reached the take profit"),
        ("features", f"{len(manifest.features)}"),
        *(
            (f"vote of {member.name}", f"{member.weight:.0%}, {len(member.columns)} features")
            for member in manifest.members
        ),
    ]
    print_table(("WHAT", "HOW"), rows, empty="")
    answer("")
    print_report(manifest)


def _level(ratio: float, ranges: float, risks: float) -> str:
    """`2 true ranges or 5.0%, the nearer`."""
    parts = [
        *([f"{ranges:g} true ranges"] if ranges else []),
        *([f"{ratio:.1%}"] if ratio else []),
        *([f"{risks:g} times the risk"] if risks else []),
    ]
    return " or ".join(parts) + (", the nearer" if len(parts) > 1 else "")


def _delete(store: "ModelStore", key: "Key", args: argparse.Namespace) -> None:
    if args.number is None:
        message = "say which version to delete; `tui-trader models list` shows them"
        raise ConfigError(message)
    if not args.yes and not is_agreed(f"delete version {args.number} of {key}? [y/N]"):
        tell("nothing was deleted")
        return
    store.delete(key, args.number)
    tell(f"version {args.number} of {key} is gone")
