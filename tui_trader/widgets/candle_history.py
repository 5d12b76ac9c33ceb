"""Candles as the chart keeps them: history from an answer, the newest one from the live minute."""

from tui_trader.engine.values.candles import Candle, Interval

CANDLES_MAX = 300
"""Of a pair and timeframe that nobody has moved back in."""
PAST_MAX = 3_000
"""Of one whose chart was moved back: two days of minutes."""
PAST_PAGE = 600
"""Older candles asked for at once."""


def with_live(
    candles: tuple[Candle, ...], interval: Interval, minute: Candle
) -> tuple[Candle, ...]:
    """The history with the live minute folded into its newest candle, or begun anew.

    The volume of a longer candle stays as the history told it (adding the same minute again and
    again would count it double); the next history corrects it.
    """
    if not candles:
        return candles
    start = minute.open_time_ms // interval.ms * interval.ms
    last = candles[-1]
    if start < last.open_time_ms:
        return candles
    if interval is Interval.M1:
        fresh = minute
    elif start == last.open_time_ms:
        fresh = _merged(last, minute)
    else:
        fresh = _begun(start, minute)
    if start == last.open_time_ms:
        return candles if fresh == last else (*candles[:-1], fresh)
    # One that reaches further back keeps its length: without the newest of its past it would have a hole.
    return (*candles, fresh)[-max(CANDLES_MAX, len(candles)) :]


def with_past(candles: tuple[Candle, ...], older: tuple[Candle, ...]) -> tuple[Candle, ...]:
    """The history with what was before it; beyond `PAST_MAX` nothing is added."""
    if not candles:
        return candles
    begin_ms = candles[0].open_time_ms
    room = max(0, PAST_MAX - len(candles))
    fitting = [candle for candle in older if candle.open_time_ms < begin_ms]
    return (*fitting[len(fitting) - min(room, len(fitting)) :], *candles)


def _merged(last: Candle, minute: Candle) -> Candle:
    return Candle(
        open_time_ms=last.open_time_ms,
        open=last.open,
        high=max(last.high, minute.high),
        low=min(last.low, minute.low),
        close=minute.close,
        volume_base=last.volume_base,
    )


def _begun(start_ms: int, minute: Candle) -> Candle:
    return Candle(
        open_time_ms=start_ms,
        open=minute.open,
        high=minute.high,
        low=minute.low,
        close=minute.close,
        volume_base=minute.volume_base,
    )
