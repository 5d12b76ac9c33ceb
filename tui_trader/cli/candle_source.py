"""Closed candles for a command: of a file, of the running engine, or of the store of the home."""

import argparse
import time
from pathlib import Path
from typing import NamedTuple

from tui_trader.cli.conversation import talk
from tui_trader.cli.narration import tell
from tui_trader.cli.surroundings import chosen_home
from tui_trader.engine.analysis.candles import Candles, candles_of
from tui_trader.engine.analysis.resample import resampled
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.messages.queries import Answer, AskCandles, CandlesAnswer
from tui_trader.engine.messages.sentiment_queries import AskSentiment, SentimentAnswer
from tui_trader.engine.messages.signal_queries import AskSignal, SignalAnswer
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import ConfigError, NothingRunning
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.text import sanitize

ENGINE_BARS = 720
"""As many as the engine gives; the open one is left out."""
STORED_BARS = 7_000
"""Enough for the longest memory of the catalogue at its defaults (KAMA's 6,656)."""
NS_PER_MS = 1_000_000
DEFAULT_INTERVAL = Interval.H1


class FoundCandles(NamedTuple):
    """Closed candles, and where they come from in words.

    Args:
        sentiment: The mood of the market that the engine they come from knows; None without one.
        signal: What its models say of the pair on these candles; likewise.
    """

    candles: Candles
    source: str
    sentiment: SentimentAnswer | None = None
    signal: SignalAnswer | None = None


def now_ms() -> int:
    """UTC."""
    return time.time_ns() // NS_PER_MS


def candles_of_file(
    path: Path, *, interval: Interval | None = None, columns: str | None = None
) -> Candles:
    """Closed candles of a file of any known format, in the length wanted.

    Raises:
        ConfigError: the file cannot be read, is of longer candles, or holds no closed one.
    """
    # pyarrow, 0.1 s: not for a call that only asks for help.
    from tui_trader.engine.stores.candles import load_candles_file

    asked_ms = now_ms()
    try:
        candles = load_candles_file(path, now_ms=asked_ms, columns=columns)
    except ConfigError:
        if interval is None:
            raise
        # Its rows may not tell their length, which the user does.
        candles = load_candles_file(path, now_ms=asked_ms, interval=interval, columns=columns)
    if interval is not None and candles.interval is not interval and len(candles):
        over_ms = int(candles.open_time_ms[-1]) + candles.interval.ms
        candles = resampled(candles, interval, over_ms=over_ms)
    if not len(candles):
        message = "holds no closed candle"
        raise ConfigError(message, source=str(path))
    return candles


def tell_other_pair(path: Path, symbol: Symbol) -> None:
    """Say so where the name of a file tells another pair than the user."""
    from tui_trader.engine.stores.candles.file_names import parts_of

    try:
        named = parts_of(path.name).symbol
    except ConfigError:
        # It can be read in more than one way: then it tells nothing.
        return
    if named is not None and named != symbol:
        tell(f"the name of {sanitize(path.name)} says {named}; it is read as {sanitize(symbol)}")


def candles_of_pair(args: argparse.Namespace, symbol: Symbol, interval: Interval) -> FoundCandles:
    """Candles of the running engine, else of the store; of the store alone where a venue is named.

    Raises:
        ConfigError: neither has any; the message names all ways to get some.
    """
    if args.venue is not None:
        return _stored(args, symbol, interval, engine_says="")
    engine_says = "no engine runs in this home"
    try:
        answer, mood, signal = talk(
            args, lambda client: _ask(client, symbol, interval), is_read_only=True
        )
    except NothingRunning:
        pass
    else:
        if isinstance(answer, CandlesAnswer) and len(answer.candles) > 1:
            # The last one has not closed: the next one has not begun.
            candles = candles_of(answer.candles[:-1], interval)
            return FoundCandles(candles, "the running engine", mood, signal)
        engine_says = f"the running engine has none ({_reason(answer)})"
        found = _stored(args, symbol, interval, engine_says=engine_says)
        tell(engine_says)
        return found
    return _stored(args, symbol, interval, engine_says=engine_says)


async def _ask(
    client: EngineClient, symbol: Symbol, interval: Interval
) -> tuple[Answer, SentimentAnswer | None, SignalAnswer | None]:
    answer = await client.ask(AskCandles(symbol=symbol, interval=interval, count=ENGINE_BARS))
    mood = await client.ask(AskSentiment())
    signal = await client.ask(AskSignal(symbol=symbol, interval=interval))
    return (
        answer,
        mood if isinstance(mood, SentimentAnswer) else None,
        signal if isinstance(signal, SignalAnswer) else None,
    )


def _reason(answer: Answer) -> str:
    return sanitize(getattr(answer, "reason", "no closed candle yet"))


def _stored(
    args: argparse.Namespace, symbol: Symbol, interval: Interval, *, engine_says: str
) -> FoundCandles:
    from tui_trader.engine.stores.candles import ParquetCandleStore

    store = ParquetCandleStore(chosen_home(args))
    venues = sorted({series.venue for series in store.series() if series.symbol == symbol})
    if args.venue is not None:
        venues = [venue for venue in venues if venue == args.venue]
    if args.venue is not None and not venues:
        message = (
            f"no candle of {sanitize(symbol)} is stored of {sanitize(args.venue)}; "
            "`tui-trader data list` shows what is"
        )
        raise ConfigError(message)
    if not venues:
        message = (
            f"no candles of {sanitize(symbol)}: {engine_says}, and the store of this home has "
            "none. Start one with `tui-trader start`, fill the store with `tui-trader data import`"
            " or `data download`, or name a file with --data"
        )
        raise ConfigError(message)
    if len(venues) > 1:
        message = f"{symbol} is stored of {', '.join(venues)}; say which one with --venue"
        raise ConfigError(message)
    (venue,) = venues
    over_ms = store.over_ms(venue, symbol, interval)
    start_ms = None if over_ms is None else over_ms - STORED_BARS * interval.ms
    candles = store.load(venue, symbol, interval, start_ms=start_ms)
    words = store.source_words(venue, symbol, interval, start_ms=start_ms)
    return FoundCandles(candles, words)
