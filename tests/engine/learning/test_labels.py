"""Barrier labels: entry at the next open, the worse barrier first, costs in, the future left open."""

import numpy as np
import pytest

from tests.engine.analysis.made_candles import START_MS, columns, walk
from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.kernels.labels import UNRESOLVED
from tui_trader.engine.learning.labels import forward_sign, mirrored, triple_barrier
from tui_trader.engine.rules.model import TradeRules
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import ConfigError

FREE = TradeRules(
    stop_ratio=0.02, take_ratio=0.03, time_stop_bars=4, slippage_bps=0.0, spread_bps=0.0
)
QUIET = [(100.0, 100.5, 99.5, 100.0)] * 15


def candles_of(rows) -> Candles:
    open_, high, low, close = (np.array(column) for column in zip(*rows, strict=True))
    return Candles(
        interval=Interval.H1,
        open_time_ms=START_MS + Interval.H1.ms * np.arange(len(rows)),
        open=open_,
        high=high,
        low=low,
        close=close,
        volume=np.ones(len(rows)),
    )


def label_of_last_quiet(*then, rules=FREE, fee_ratio=0.0):
    """Outcome of a trade that is entered at the open of the first of `then`."""
    labels = triple_barrier(candles_of([*QUIET, *then]), rules, fee_ratio=fee_ratio)
    row = len(QUIET) - 1
    after = int(labels.end[row])
    return (
        after - row if after != UNRESOLVED else None,
        labels.happened[row],
        labels.net[row],
        labels.is_timed_out[row],
    )


def test_take_profit_first_is_a_hit_at_its_level():
    bars, happened, net, _ = label_of_last_quiet((100, 101, 99, 100), (100, 104, 99.5, 103))
    assert (bars, happened, net) == (2, 1, pytest.approx(0.03))


def test_both_barriers_in_one_candle_is_a_stop():
    bars, happened, net, _ = label_of_last_quiet((100, 104, 97, 103))
    assert (bars, happened, net) == (1, 0, pytest.approx(-0.02))


def test_a_gap_through_the_stop_fills_at_the_open():
    _, happened, net, _ = label_of_last_quiet((100, 101, 99, 100), (90, 91, 89, 90))
    assert (happened, net) == (0, pytest.approx(-0.10))


def test_entry_is_the_next_open_not_the_close():
    _, happened, net, _ = label_of_last_quiet((110, 111, 109.5, 110), (110, 113.5, 110, 113))
    assert (happened, net) == (1, pytest.approx(0.03))


def test_time_up_sells_at_the_open_and_is_no_hit():
    still = (100, 100.2, 99.8, 100.1)
    bars, happened, net, timed_out = label_of_last_quiet(*[still] * 4, (101, 101.5, 100.9, 101))
    assert (bars, happened, timed_out) == (5, 0, 1)
    assert net == pytest.approx(0.01)


def test_what_the_candles_leave_open_is_no_label():
    bars, _, net, _ = label_of_last_quiet((100, 100.2, 99.8, 100.1))
    assert bars is None
    assert np.isnan(net)


def test_fees_and_slippage_are_paid_twice():
    rules = FREE._replace(slippage_bps=10.0, spread_bps=4.0)
    _, happened, net, _ = label_of_last_quiet(
        (100, 101, 99, 100), (100, 104, 99.5, 103), rules=rules, fee_ratio=0.004
    )
    assert happened == 1
    assert net == pytest.approx(1.03 * (1 - 0.0012) * 0.996 - 1.004, abs=1e-6)


def test_barriers_in_true_ranges_are_those_known_at_the_decision():
    rules = TradeRules(stop_atr=2.0, take_atr=3.0, time_stop_bars=24, slippage_bps=0, spread_bps=0)
    candles = walk(600)
    labels = triple_barrier(candles, rules, fee_ratio=0.0)
    hit = int(np.flatnonzero(labels.happened[100:500])[0]) + 100
    expected = 3 * labels.range_ratio[hit] * candles.close[hit] / candles.open[hit + 1]
    assert labels.net[hit] == pytest.approx(expected, rel=1e-3)


def test_the_future_beyond_its_end_does_not_change_a_label():
    candles = walk(600)
    rules = TradeRules(stop_atr=2.0, take_atr=3.0, time_stop_bars=24)
    whole = triple_barrier(candles, rules, fee_ratio=0.001)
    short = triple_barrier(candles[:400], rules, fee_ratio=0.001)
    known = short.is_resolved
    assert known.sum() > 300
    assert np.array_equal(whole.net[:400][known], short.net[known])
    assert (whole.end[:400][~known] >= 400).sum() == (~known).sum() - 14


def test_upside_down_what_fell_rises():
    falling = columns(100 * 0.99 ** np.arange(60.0), spread=0.0)
    rules = FREE._replace(time_stop_bars=10)
    assert triple_barrier(falling, rules, fee_ratio=0.0).happened.sum() == 0
    turned = triple_barrier(mirrored(falling), rules, fee_ratio=0.0)
    assert turned.happened[14:50].all()


def test_sign_of_the_forward_return_counts_costs():
    candles = candles_of([(100 + n, 101 + n, 99 + n, 100.5 + n) for n in range(20)])
    labels = forward_sign(candles, horizon_bars=3, cost_ratio=0.0285)
    assert labels.end[0] == 4
    assert labels.net[0] == pytest.approx(104 / 101 - 1 - 0.0285)
    assert labels.happened[0] == 1
    assert labels.happened[9] == 0
    assert list(labels.end[-4:]) == [UNRESOLVED] * 4


@pytest.mark.parametrize("missing", ["stop_ratio", "take_ratio", "time_stop_bars"])
def test_a_missing_barrier_is_refused(missing):
    with pytest.raises(ConfigError, match="a stop, a take profit and a horizon"):
        triple_barrier(walk(50), FREE._replace(**{missing: 0}), fee_ratio=0.0)
