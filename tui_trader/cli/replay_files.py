"""Files that `exchange serve --replay` plays: candles, trades and sessions, as tapes."""

import argparse
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tui_trader.engine.exchanges.simulator.listings import LOT_DECIMALS, PAIRS, pair_named
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.instruments import Symbol

if TYPE_CHECKING:
    from tui_trader.engine.analysis.candles import Candles
    from tui_trader.engine.exchanges.simulator.listings import PairListing
    from tui_trader.engine.exchanges.simulator.tape import Tape, TapeCandle

_MS_PER_S = 1_000
_S_PER_MINUTE = 60


def add_replay_options(parser: argparse.ArgumentParser) -> None:
    """Declare `--replay`, `--pair`, `--start`, `--end` and `--gaps`."""
    parser.add_argument(
        "--replay",
        action="append",
        default=[],
        metavar="FILE",
        help="play this file instead of a made market: candles (CSV, Parquet, Feather), trades, "
        "or a recorded session; once for each --pair",
    )
    parser.add_argument(
        "--pair",
        action="append",
        default=[],
        metavar="P",
        help="pair of the --replay at the same place: BTC/USD",
    )
    for flag, notes in (
        ("--start", "play from here on: 2019-09-13 or 2019-09-13T18:00 (UTC)"),
        ("--end", "play no further than this"),
    ):
        parser.add_argument(flag, type=_moment_s, metavar="D", help=notes)
    parser.add_argument(
        "--gaps",
        choices=("jump", "idle"),
        default="jump",
        help="where nothing was recorded, jump to the next trade or idle (default: jump)",
    )


def tapes_of(args: argparse.Namespace) -> Mapping[Symbol, "Tape"]:
    """What to play, by pair.

    Raises:
        ConfigError: a file cannot be read, or the options do not fit together.
    """
    if len(args.replay) != len(args.pair):
        message = (
            f"{len(args.replay)} --replay and {len(args.pair)} --pair: each file needs its pair, "
            "as in --replay XBTUSD_60.csv.gz --pair BTC/USD"
        )
        raise ConfigError(message)
    if not args.replay and (args.start is not None or args.end is not None):
        message = "--start and --end belong to a --replay FILE; name one"
        raise ConfigError(message)
    tapes: dict[Symbol, Tape] = {}
    for name, file in zip(args.pair, args.replay, strict=True):
        pair = _listed(name)
        if pair.symbol in tapes:
            message = f"{pair.symbol} has two --replay files; give it one"
            raise ConfigError(message)
        tapes[pair.symbol] = _load(Path(file).expanduser(), pair, span=(args.start, args.end))
    return tapes


def _load(path: Path, pair: "PairListing", *, span: tuple[float | None, float | None]) -> "Tape":
    from tui_trader.engine.exchanges.local_kraken.recordings import (
        read_recording,
        read_trade_counts,
    )
    from tui_trader.engine.exchanges.simulator.tape import candle_tape

    start_s = float("-inf") if span[0] is None else span[0]
    end_s = float("inf") if span[1] is None else span[1]
    tape = read_recording(path, pair, start_s=start_s, end_s=end_s)
    if tape is not None:
        return tape
    # pyarrow and numpy cost a third of a second: only who plays candles pays for them.
    from tui_trader.engine.stores.candles.candle_file import load_candles_file

    candles = load_candles_file(path, now_ms=time.time_ns() // 1_000_000)
    played = _tape_candles(candles, pair, read_trade_counts(path))
    rows = [candle for candle in played if candle.begin_s < end_s]
    interval_s = candles.interval.minutes * _S_PER_MINUTE
    if not any(candle.begin_s >= start_s for candle in rows):
        message = _nothing_there(candles)
        raise ConfigError(message, source=str(path))
    return candle_tape(rows, interval_s=interval_s, start_s=start_s)


def _tape_candles(
    candles: "Candles", pair: "PairListing", trades: Mapping[int, int]
) -> Sequence["TapeCandle"]:
    from tui_trader.engine.exchanges.simulator.tape import TapeCandle

    scale = pair.ticks_per_unit
    columns = (candles.open, candles.high, candles.low, candles.close)
    prices = [[max(1, round(price * scale)) for price in column.tolist()] for column in columns]
    volumes = [round(volume * 10**LOT_DECIMALS) for volume in candles.volume.tolist()]
    begins = [time_ms // _MS_PER_S for time_ms in candles.open_time_ms.tolist()]
    return [
        TapeCandle(begin, open_, high, low, close, lots, trades.get(begin, 0))
        for begin, open_, high, low, close, lots in zip(begins, *prices, volumes, strict=True)
    ]


def _nothing_there(candles: "Candles") -> str:
    if not len(candles):
        return "there is no candle in it"
    first, last = (_day(candles.open_time_ms[index] // _MS_PER_S) for index in (0, -1))
    return f"no candle between --start and --end; it has {first} to {last}"


def _day(time_s: int) -> str:
    return f"{datetime.fromtimestamp(int(time_s), tz=UTC):%Y-%m-%d %H:%M}"


def _listed(name: str) -> "PairListing":
    pair = pair_named(name)
    if pair is None:
        known = ", ".join(str(each.symbol) for each in PAIRS)
        message = f"--pair {name!r}: the exchange lists {known}"
        raise ConfigError(message)
    return pair


def _moment_s(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is not a date like 2019-09-13 or 2019-09-13T18:00"
        raise argparse.ArgumentTypeError(message) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
