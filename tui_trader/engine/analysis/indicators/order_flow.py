"""Who was in a hurry: what takers bought and sold, and what waits in the book.

Candles cannot tell. These need columns that somebody filled while listening to trades and to the
book; where nobody listened a value is unknown.
"""

from math import isnan, nan

import numpy as np

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.declaration import (
    Anchor,
    Group,
    Indicator,
    Output,
    Own,
    Parameters,
    Placement,
    Unit,
    period,
)
from tui_trader.engine.analysis.recent import Bar
from tui_trader.engine.analysis.rolling import quotient, rolling_mean
from tui_trader.engine.analysis.streams import RunningStream, Stream, Values


def cumulative_delta(candles: Candles, _: Parameters) -> tuple[FloatArray, ...]:
    """Bought less sold by takers, added up; begun anew after a candle that nobody listened to."""
    line = _delta(candles)
    is_heard = ~np.isnan(line)
    edges = np.flatnonzero(np.diff(is_heard, prepend=False, append=False))
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        np.cumsum(line[begin:end], out=line[begin:end])
    return (line,)


def _open_cumulative_delta(candles: Candles, parameters: Parameters) -> Stream:
    newest = float(cumulative_delta(candles, parameters)[0][-1])

    def step(total: float, bar: Bar) -> tuple[float, Values]:
        delta = 2 * bar.buy_volume - bar.volume
        return (0.0, (nan,)) if isnan(delta) else (total + delta, (total + delta,))

    return RunningStream(0.0 if isnan(newest) else newest, (newest,), step)


def taker_imbalance(candles: Candles, parameters: Parameters) -> tuple[FloatArray, ...]:
    """Bought less sold by takers over all volume of the window; 0 where nothing was traded."""
    window = int(parameters["period"])
    delta = rolling_mean(_delta(candles), window)
    share = quotient(delta, rolling_mean(candles.volume, window), undefined=0.0)
    return (np.where(np.isnan(delta), np.nan, share),)


def book_imbalance(candles: Candles, parameters: Parameters) -> tuple[FloatArray, ...]:
    """Mean imbalance of the book at the closes of the window."""
    return (rolling_mean(candles.column("book_imbalance"), int(parameters["period"])),)


def _delta(candles: Candles) -> FloatArray:
    return 2 * candles.column("buy_volume") - candles.volume


CVD = Indicator(
    name="cvd",
    title="Cumulative Volume Delta",
    group=Group.VOLUME,
    says="What takers bought less what they sold, added up; needs a live feed of trades.",
    outputs=(Output("cvd", Unit.VOLUME),),
    source=Own(
        ("volume", "buy_volume"),
        cumulative_delta,
        warm_up=lambda _: 0,
        opening=_open_cumulative_delta,
    ),
    memory=Anchor.FIRST_BAR,
)
TAKER_IMBALANCE = Indicator(
    name="taker_imbalance",
    title="Taker Imbalance",
    group=Group.VOLUME,
    says="Share by which takers bought more than they sold; needs a live feed of trades.",
    parameters=(period(14),),
    outputs=(Output("taker_imbalance", Unit.RATIO),),
    source=Own(
        ("volume", "buy_volume"),
        taker_imbalance,
        warm_up=lambda parameters: int(parameters["period"]) - 1,
    ),
    bullish="taker_imbalance > 0",
    bearish="taker_imbalance < 0",
    draw=Placement(low=-1, high=1),
)
BOOK_IMBALANCE = Indicator(
    name="book_imbalance",
    title="Order Book Imbalance",
    group=Group.VOLUME,
    says="How much more waits to be bought than sold: 1 is bids alone; needs a live feed of the book.",
    parameters=(period(5, low=1),),
    outputs=(Output("book_imbalance", Unit.RATIO),),
    source=Own(
        ("book_imbalance",),
        book_imbalance,
        warm_up=lambda parameters: int(parameters["period"]) - 1,
    ),
    bullish="book_imbalance > 0",
    bearish="book_imbalance < 0",
    draw=Placement(low=-1, high=1),
)
