"""`signals` and `why`: what models say of each pair, and why it did not trade."""

import argparse
from typing import TypeVar

import msgspec

from tui_trader.cli.conversation import talk
from tui_trader.cli.exit_codes import EXIT_OK, Refused
from tui_trader.cli.narration import answer, tell
from tui_trader.cli.parser import Subparsers
from tui_trader.cli.table import moment, print_json, print_table
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.messages.queries import Answer, Query, QueryFailed
from tui_trader.engine.messages.signal_queries import (
    AskSignal,
    AskSignals,
    AskWaterfalls,
    PromiseBand,
    SignalAnswer,
    SignalRow,
    SignalsAnswer,
    Waterfall,
    WaterfallsAnswer,
)
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.text import sanitize

UNKNOWN = "n/a"
HEADS = (
    "PAIR",
    "CANDLES",
    "STATE",
    ">CONFIDENCE",
    ">BREAK-EVEN",
    ">EXPECTED",
    "EDGE",
    "TRACK RECORD",
    "WHY NOT",
)
REASON_HEADS = (">PUSH", "FEATURE", "WHAT IT IS")
WHY_HEADS = ("CANDLE", "PAIR", "STRATEGY", "OUTCOME", "GATE", ">MARGIN", "WHY")
REASONS_SHOWN = 8
LIMIT, LIMIT_MAX = 20, 500
PAIR_LENGTH_MAX = 31
GATES = (
    "signal",
    "confidence",
    "edge",
    "regime",
    "cool_down",
    "exposure",
    "cost",
    "minimum_size",
    "budget",
)
Wanted = TypeVar("Wanted", bound=Answer)


def add_parser(subparsers: Subparsers) -> None:
    """Declare `signals` and `why`."""
    signals = subparsers.add_parser(
        "signals",
        description="What the models of the running engine say of each pair at its newest closed candle, "
        "with their track record; of one pair with the reasons.",
        examples="tui-trader signals\ntui-trader signals BTC/USD\ntui-trader signals --json",
    )
    signals.add_argument("pair", metavar="PAIR", nargs="?", help="like BTC/USD")
    signals.add_argument("--json", action="store_true", help="JSON on stdout")
    why = subparsers.add_parser(
        "why",
        description="Why a pair was traded or not: each decision on each candle, newest first, with the "
        "first gate that said no and how far it was from a yes. Kept over restarts.",
        examples="tui-trader why BTC/USD\n"
        "tui-trader why BTC/USD --gate edge --limit 50\n"
        "tui-trader why BTC/USD --json",
    )
    why.add_argument("pair", metavar="PAIR", help="like BTC/USD, or all")
    why.add_argument(
        "--gate", metavar="NAME", default="", help=f"only this one: {', '.join(GATES)}"
    )
    why.add_argument(
        "--limit", metavar="N", type=int, default=LIMIT, help=f"rows, at most {LIMIT_MAX}"
    )
    why.add_argument("--json", action="store_true", help="JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """Carry out the one that was called.

    Raises:
        ConfigError: the call is wrong.
        Refused: the engine cannot tell.
    """
    if args.command == "why":
        return _why(args)
    if args.pair is None:
        rows = talk(args, lambda client: _asked(client, AskSignals(), SignalsAnswer)).rows
        if args.json:
            print_json({"signals": msgspec.to_builtins(rows)})
        else:
            _print_rows(rows)
        return EXIT_OK
    symbol = symbol_named(args.pair)
    found = talk(args, lambda client: _one(client, symbol))
    if args.json:
        print_json(msgspec.to_builtins(found))
        return EXIT_OK
    for told in found:
        _print_one(told)
    return EXIT_OK


def symbol_named(text: str) -> Symbol:
    """A pair as users write it.

    Raises:
        ConfigError: it is none.
    """
    base, _, quote = text.partition("/")
    if not base or not quote or "/" in quote or len(text) > PAIR_LENGTH_MAX:
        message = f"{sanitize(text)!r} is no pair; write it like BTC/USD"
        raise ConfigError(message)
    return Symbol(sanitize(text).upper())


async def signals_of(client: EngineClient, symbol: Symbol) -> tuple[SignalAnswer, ...] | str:
    """Every signal of one pair in full, or why there is none."""
    found = await client.ask(AskSignals())
    if not isinstance(found, SignalsAnswer):
        return found.reason if isinstance(found, QueryFailed) else "the engine does not know"
    answers = []
    for row in found.rows:
        if row.symbol != symbol:
            continue
        told = await client.ask(AskSignal(symbol=symbol, interval=row.interval))
        if isinstance(told, SignalAnswer):
            answers.append(told)
    return tuple(answers) or f"{symbol} is not watched; see [market] pairs"


def row_words(row: SignalRow) -> str:
    """One signal in one line."""
    if row.confidence is None:
        return f"{row.state}: {row.silence}"
    even = "" if row.break_even is None else f"; costs are earned above {_share(row.break_even)}"
    if row.break_even is not None and row.break_even > 1:
        even = "; no probability earns its costs"
    silence = f"; {row.state}: {row.silence}" if row.silence else ""
    return f"take profit before stop: {_share(row.confidence)}{even}{silence}"


async def _asked(client: EngineClient, query: Query, kind: type[Wanted]) -> Wanted:
    found = await client.ask(query)
    if not isinstance(found, kind):
        reason = found.reason if isinstance(found, QueryFailed) else "the engine does not know"
        message = f"signals: {reason}"
        raise Refused(message)
    return found


async def _one(client: EngineClient, symbol: Symbol) -> tuple[SignalAnswer, ...]:
    found = await signals_of(client, symbol)
    if isinstance(found, str):
        raise ConfigError(found)
    return found


def _print_rows(rows: tuple[SignalRow, ...]) -> None:
    cells = [
        (
            row.symbol,
            row.interval.value,
            row.state,
            _share(row.confidence),
            "never" if (row.break_even or 0.0) > 1 else _share(row.break_even),
            UNKNOWN if row.expected_net_ratio is None else f"{row.expected_net_ratio:+.2%}",
            UNKNOWN if row.version is None else ("yes" if row.has_edge else "no"),
            band_words(row.track, is_live=row.is_live_track),
            row.silence,
        )
        for row in rows
    ]
    print_table(HEADS, cells, empty="no pair is watched")


def _print_one(told: SignalAnswer) -> None:
    row = told.row
    answer(f"{row.symbol} {row.interval.value}: {row_words(row)}")
    if row.candle_ms is not None:
        answer(f"of the candle {moment(row.candle_ms)} UTC, version {row.version}")
    if row.track is not None:
        answer(band_words(row.track, is_live=row.is_live_track))
    if row.votes:
        votes = ", ".join(f"{name} {_share(vote)}" for name, vote in row.votes)
        answer(f"votes: {votes}")
    if row.drift is not None and row.drift.stability is not None:
        answer(f"market: {row.drift.feature} {row.drift.says} (PSI {row.drift.stability:.2f})")
    if told.reasons:
        answer("")
        print_table(
            REASON_HEADS,
            [
                (f"{reason.push:+.3f}", reason.feature, reason.words)
                for reason in told.reasons[:REASONS_SHOWN]
            ],
            empty="",
        )
    if row.waterfall is not None:
        answer("")
        for step in row.waterfall.steps:
            mark = {True: "yes", False: "NO", None: "-"}[step.is_passed]
            answer(f"{mark:>4}  {step.gate:<13} {step.text}".rstrip())


def band_words(band: PromiseBand | None, *, is_live: bool) -> str:
    """`said 65-70 %: right 68 % of 212 (live)`."""
    if band is None or band.right_ratio is None:
        return UNKNOWN
    where = "live" if is_live else "walk-forward"
    right = f"{band.right_ratio:.0%}".replace("%", " %")
    return f"said {band.low * 100:.0f}-{band.high * 100:.0f} %: right {right} of {band.count:,} ({where})"


def _why(args: argparse.Namespace) -> int:
    if args.gate and args.gate not in GATES:
        message = f"there is no gate {sanitize(args.gate)!r}; there are: {', '.join(GATES)}"
        raise ConfigError(message)
    if not 1 <= args.limit <= LIMIT_MAX:
        message = f"--limit {args.limit} is not from 1 to {LIMIT_MAX}"
        raise ConfigError(message)
    symbol = None if args.pair == "all" else symbol_named(args.pair)
    query = AskWaterfalls(symbol=symbol, gate=args.gate, limit=args.limit)
    rows = talk(args, lambda client: _asked(client, query, WaterfallsAnswer)).rows
    if args.json:
        print_json({"decisions": msgspec.to_builtins(rows)})
        return EXIT_OK
    empty = "nothing was decided yet: a decision is made when a candle of a followed pair closes"
    print_table(WHY_HEADS, [_why_cells(row) for row in rows], empty=empty)
    if len(rows) == args.limit:
        tell(f"there may be more than these {args.limit}; --limit shows up to {LIMIT_MAX}")
    return EXIT_OK


def _why_cells(row: Waterfall) -> tuple[str, ...]:
    stop = row.stopped_by
    asked = [step for step in row.steps if step.is_passed is not None]
    shown = stop or (asked[-1] if asked else None)
    return (
        moment(row.candle_ms),
        f"{row.symbol} {row.interval.value}",
        row.strategy or "none",
        row.outcome,
        "" if stop is None else stop.gate,
        UNKNOWN if stop is None or stop.margin is None else f"{stop.margin:+.4g}",
        "" if shown is None else shown.text,
    )


def _share(ratio: float | None) -> str:
    return UNKNOWN if ratio is None else f"{ratio:.1%}"
