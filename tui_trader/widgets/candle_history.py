"""Candles as the chart keeps them: history from an answer, the newest one from the live minute."""

from tui_trader.engine.values.candles import Candle, Interval

CANDLES_MAX = 300


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
    return (*candles, fresh)[-CANDLES_MAX:]


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
