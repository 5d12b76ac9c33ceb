"""Runs made from a seed: candles that jump, stand still and are missing, with rules of every kind."""

from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from tests.architecture.source_tree import ROOT
from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.strategy import Strategy
from tui_trader.engine.backtest.request import BacktestRequest
from tui_trader.engine.rules.model import (
    KRAKEN_MAKER,
    KRAKEN_TAKER,
    KRAKEN_VOLUMES,
    Grid,
    RiskRules,
    TradeRules,
)
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol

# Named after the sources, so it can stay from run to run: compiling costs seven seconds.
KERNELS = ROOT / ".cache" / "kernels"
START_MS = 1_704_063_600_000
HOUR_MS = Interval.H1.ms
SYMBOLS = tuple(Symbol(name) for name in ("BTC/USD", "ETH/USD", "DOGE/USD"))
GRIDS = (
    Grid(10.0, 1e8, 10_000, 0.5),
    Grid(100.0, 1e4, 20, 5.0),
    Grid(1e5, 1.0, 5, 10.0),
)
# Ticks of 5, 0.25 and 0.0005: not every exchange counts in tens.
ODD_GRIDS = (Grid(0.2, 1e3, 1, 0.0), Grid(4.0, 2e4, 3, 1.0), Grid(2e3, 10.0, 1, 0.0))
FREE_OF_CHARGE = (0.0,) * 9
PLAIN = TradeRules(
    fraction_ratio=0.5,
    slippage_bps=0.0,
    spread_bps=0.0,
    fee_makers=FREE_OF_CHARGE,
    fee_takers=FREE_OF_CHARGE,
)


def said(*signals) -> Strategy:
    """A strategy that says these signals, one row a pair."""
    return Strategy(
        name="said",
        title="Said",
        says="What the test says.",
        memory=lambda _: 1,
        signals=lambda candles, _: [np.array(row, dtype=np.int8) for row in signals],
    )


def bars(*rows, start_ms=START_MS, volume=1e6) -> Candles:
    """Hourly candles from (open, high, low, close)."""
    columns = np.array(rows, dtype=float).T
    return Candles(
        interval=Interval.H1,
        open_time_ms=start_ms + HOUR_MS * np.arange(len(rows)),
        open=columns[0],
        high=columns[1],
        low=columns[2],
        close=columns[3],
        volume=np.full(len(rows), volume),
    )


def run_of(candles, strategy, *, grid=None, cash=10_000.0, rules=PLAIN, risk=None, **options):
    """A request for one pair."""
    return BacktestRequest(
        candles={SYMBOLS[0]: candles},
        strategy=strategy,
        grids={SYMBOLS[0]: grid or Grid(100.0, 100.0, 1, 0.0)},
        cash_quote=cash,
        rules=rules,
        risk=risk or RiskRules(),
        cache_root=KERNELS,
        **options,
    )


def wild(chance: np.random.Generator, count: int, *, price: float, pace: float) -> Candles:
    """Candles with jumps between them, still stretches, and holes in time."""
    steps = chance.normal(0, pace, count) * chance.choice([0.0, 1.0, 4.0], count, p=[0.1, 0.8, 0.1])
    close = price * np.exp(np.cumsum(steps))
    jump = np.exp(np.where(chance.random(count) < 0.2, chance.normal(0, 2 * pace, count), 0.0))
    open_ = np.concatenate([[price], close[:-1]]) * jump
    reach = np.exp(np.abs(chance.normal(0, pace, (2, count))))
    hours = np.cumsum(1 + (chance.random(count) < 0.1) * chance.integers(1, 30, count))
    return Candles(
        interval=Interval.H1,
        open_time_ms=START_MS + HOUR_MS * hours,
        open=open_,
        high=np.maximum(open_, close) * reach[0],
        low=np.minimum(open_, close) / reach[1],
        close=close,
        volume=chance.exponential(100.0, count) * (chance.random(count) > 0.05),
    )


def off(values):
    """0.0, which switches a rule off, or one of the values."""
    return st.one_of(st.just(0.0), values)


ratios = st.floats(0.002, 0.2)
multiples = st.floats(0.3, 6.0)

trade_rules = st.builds(
    TradeRules,
    sizing=st.integers(0, 4),
    amount_quote=st.floats(1.0, 20_000.0),
    fraction_ratio=st.floats(0.01, 1.0),
    risk_ratio=st.floats(0.001, 0.05),
    volatility_ratio=st.floats(0.05, 2.0),
    kelly_cap_ratio=st.floats(0.05, 1.0),
    kelly_trades_min=st.integers(1, 5),
    # Some stop is always on: half of the other rules ask for one.
    stop_ratio=ratios,
    stop_atr=off(multiples),
    trail_ratio=off(ratios),
    chandelier_atr=off(multiples),
    break_even_r=off(st.floats(0.1, 2.0)),
    time_stop_bars=st.integers(0, 12),
    take_ratio=off(ratios),
    take_r=off(multiples),
    take_atr=off(multiples),
    take_parts=st.integers(1, 4),
    slippage_bps=off(st.floats(0.1, 100.0)),
    spread_bps=off(st.floats(0.1, 50.0)),
    impact=off(st.floats(0.01, 1.0)),
    atr_bars=st.integers(2, 5),
    volatility_bars=st.integers(3, 6),
    # The lower tiers are so near that a run climbs them.
    fee_volumes=st.sampled_from([KRAKEN_VOLUMES, tuple(500.0 * tier for tier in range(9))]),
    fee_makers=st.just(KRAKEN_MAKER),
    fee_takers=st.sampled_from([KRAKEN_TAKER, FREE_OF_CHARGE]),
)

risk_rules = st.builds(
    RiskRules,
    position_max_quote=off(st.floats(50.0, 5_000.0)),
    position_max_ratio=off(st.floats(0.05, 1.0)),
    exposure_max_ratio=off(st.floats(0.1, 1.0)),
    positions_max=st.integers(0, 2),
    daily_loss_max_ratio=off(st.floats(0.001, 0.05)),
    drawdown_max_ratio=off(st.floats(0.01, 0.3)),
    losing_streak_max=st.integers(0, 3),
    losing_streak_pause_ms=st.integers(0, 48).map(lambda hours: hours * HOUR_MS),
    cool_down_ms=st.integers(0, 12).map(lambda hours: hours * HOUR_MS),
    trades_per_day_max=st.integers(0, 4),
)


@st.composite
def requests(draw, *, pairs_max: int = 3, root: Path | None = KERNELS) -> BacktestRequest:
    """Any run of up to three pairs."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32), label="seed"))
    pairs = draw(st.integers(1, pairs_max), label="pairs")
    count = draw(st.integers(12, 70), label="candles")
    pace = draw(st.sampled_from([0.002, 0.01, 0.05]), label="pace")
    candles = {
        symbol: wild(chance, count, price=price, pace=pace)
        for symbol, price in zip(SYMBOLS[:pairs], (60_000.0, 3_000.0, 0.12), strict=False)
    }
    grids = draw(st.sampled_from([GRIDS, ODD_GRIDS]), label="grids")
    share = draw(st.sampled_from([0.05, 0.3]), label="share of signals")
    signals = [
        chance.choice([-1, 0, 1], count, p=[share, 1 - 2 * share, share]) for _ in range(pairs)
    ]
    return BacktestRequest(
        candles=candles,
        strategy=said(*signals),
        grids=dict(zip(SYMBOLS[:pairs], grids, strict=False)),
        cash_quote=draw(st.sampled_from([100.0, 10_000.0, 5_000_000.0]), label="cash"),
        rules=draw(trade_rules, label="rules"),
        risk=draw(risk_rules, label="risk"),
        is_sold_at_end=draw(st.booleans(), label="sold at end"),
        cache_root=root,
    )
