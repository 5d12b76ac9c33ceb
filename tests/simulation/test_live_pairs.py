"""Several pairs in one wallet, and files of users, live: the orders of `backtest --engine core`, pair by pair.

The engine's own adapter, session and core on the exchange that steps through recordings with different holes,
over real HTTP and WebSocket; a user's file runs in its own process.
"""

from dataclasses import replace
from decimal import Decimal

import msgspec
import numpy as np
import pytest

from tests.engine.backtest.test_strategy_files import FOOT, HEAD, SOUND
from tests.engine.session.virtual_time import run_virtual
from tests.simulation.test_live_parity import (
    BTC,
    PLAIN,
    backtest_run,
    engine_on,
    live_run,
    made_candles,
    moments,
)
from tui_trader.engine.messages.events import OrderSubmitted, StrategyHeld
from tui_trader.engine.settings.rulebook import WITHOUT_LIMITS
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import Side
from tui_trader.engine.values.strategies import StrategyPhase

ETH, SOL = Symbol("ETH/USD"), Symbol("SOL/USD")
TWO_PAIRS = """
import numpy as np
from tui_trader.engine.analysis.strategy import Strategy


def signals(candles, choices):
    # In the first pair while its last candle rose, in every other one while it fell.
    said = []
    for number, pair in enumerate(candles):
        rises = np.sign(pair.close - pair.open)
        said.append(rises if number == 0 else -rises)
    return said


STRATEGY = Strategy(
    name="seesaw", title="Seesaw", says="One up, the others down.", memory=lambda choices: 1, signals=signals
)
"""
BREAKS = SOUND.replace("    back,", "    if len(candles) == 9: raise OSError('no disk')\n    back,")


def recorded(seed, count, *symbols):
    """Walks of their own for every pair, on the hours of the first two candles together."""
    found = {}
    first = made_candles(seed, count)
    for number, symbol in enumerate(symbols):
        walk = made_candles(seed + 100 * number, count)
        head = np.arange(first.open_time_ms[0], first.open_time_ms[1] + 1, 3_600_000)
        times = np.concatenate([head[[0, -1]], walk.open_time_ms])
        later = walk.open_time_ms[2:]
        later = later[later > head[-1]]
        times = np.concatenate([head[[0, -1]], later])
        found[symbol] = replace(walk[len(walk) - len(times) :], open_time_ms=times)
    return found


def same_orders(tmp_path, candles, named, parameters, **limits):
    """Orders of both, which must be equal; `named` is a strategy's name and its file."""
    live, rules, grids = run_virtual(live_run(tmp_path, candles, named, parameters, **limits))
    expected = backtest_run(candles, named[1] or named[0], parameters, rules=rules, grids=grids)
    assert live == expected
    return live


def pairs_of(orders):
    return {order.symbol for order in orders}


ROTATION = {"lookback": 3, "rebalance": 2, "hold": 1}


def test_a_rotation_over_pairs_places_the_orders_of_the_backtest(tmp_path):
    orders = same_orders(tmp_path, recorded(3, 20, BTC, ETH, SOL), ("rotation", ""), ROTATION)
    assert pairs_of(orders) == {BTC, ETH, SOL}


def test_a_users_file_places_the_orders_of_the_backtest(tmp_path):
    path = tmp_path / "seesaw.py"
    path.write_text(TWO_PAIRS)
    orders = same_orders(tmp_path, recorded(4, 14, BTC, ETH), ("seesaw", str(path)), {})
    assert pairs_of(orders) == {BTC, ETH}


def test_a_users_file_that_breaks_holds_its_strategy_until_it_is_mended_and_started_again(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(HEAD + BREAKS + FOOT)
    candles = recorded(5, 24, BTC)
    held, halt, phases, late = run_virtual(broken_and_mended(tmp_path, candles, path))
    assert len(held) == 1
    assert "OSError: no disk" in held[0].reason
    assert halt is None
    assert phases == [StrategyPhase.HELD, StrategyPhase.RUNNING]
    # The mended file buys and sells again.
    assert {Side.BUY, Side.SELL} <= {order.side for order in late}


async def broken_and_mended(folder, candles, path):
    async with engine_on(folder, candles, rules=PLAIN) as engine:
        await engine.start("mine", {"bars": 2}, file=str(path))
        times = moments(candles)
        phase = lambda: engine.state.strategies["mine"].phase  # noqa: E731
        for open_ms in times[:12]:
            await engine.step("mine", open_ms)
        phases = [phase()]
        path.write_text(HEAD + SOUND + FOOT)
        before = len(engine.happened(OrderSubmitted))
        followers = engine.session._strategies._followers
        (old,) = followers.values()
        await engine.start("mine", {"bars": 2}, file=str(path))
        await engine.until(lambda: old not in followers.values(), "another follower")
        (new,) = followers.values()
        await engine.until(lambda: new._begun_ms, "its candle")
        for open_ms in times[12:]:
            await engine.step("mine", open_ms)
        phases.append(phase())
        late = engine.happened(OrderSubmitted)[before:]
        return engine.happened(StrategyHeld), engine.state.halt, phases, late


@pytest.mark.long
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("hold", [1, 2])
def test_a_rotation_does_so_on_every_walk(tmp_path, seed, hold):
    candles = recorded(30 + seed, 60, BTC, ETH, SOL)
    orders = same_orders(tmp_path, candles, ("rotation", ""), ROTATION | {"hold": hold})
    assert len(orders) > 10


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_pairs_of_their_own_do_so_under_limits_of_the_wallet(tmp_path, seed):
    """A limit on open positions and on entries a day: who is served first decides."""
    risk = msgspec.structs.replace(WITHOUT_LIMITS, positions_max=1, trades_per_day_max=4)
    candles = recorded(50 + seed, 60, BTC, ETH, SOL)
    parameters = {"seed": seed, "wait": 3.0, "hold": 4.0}
    orders = same_orders(tmp_path, candles, ("random_entry", ""), parameters, risk=risk)
    assert len(orders) > 6
    held = 0
    for order in orders:
        held += order.side
        assert 0 <= held <= 1


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_pairs_do_so_with_stops(tmp_path, seed):
    """Pair by pair: within one candle the walk asks one pair after the other, the market does not.

    The last candle is played up to its first trade alone, so what a stop does in it is not compared.
    """
    rules = msgspec.structs.replace(PLAIN, stop_percent=Decimal("0.6"), take_percent=Decimal(0))
    candles = recorded(70 + seed, 60, BTC, ETH)
    parameters = {"seed": seed, "wait": 3.0, "hold": 12.0}
    named = ("random_entry", "")
    live, held, grids = run_virtual(live_run(tmp_path, candles, named, parameters, rules=rules))
    expected = backtest_run(candles, named[0], parameters, rules=held, grids=grids)
    last_ms = moments(candles)[-1]
    for symbol in candles:
        mine, theirs = (
            [order for order in orders if order.symbol == symbol and order.candle_ms < last_ms]
            for orders in (live, expected)
        )
        assert mine == theirs
        assert len(mine) > 4


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_a_users_file_does_so_on_every_walk(tmp_path, seed):
    path = tmp_path / "seesaw.py"
    path.write_text(TWO_PAIRS)
    candles = recorded(90 + seed, 40, BTC, ETH, SOL)
    orders = same_orders(tmp_path, candles, ("seesaw", str(path)), {})
    assert pairs_of(orders) == {BTC, ETH, SOL}
