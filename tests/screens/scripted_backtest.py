"""A made backtest: document, candles, strategies and stored series, the same every time."""

import math

from tui_trader.engine.values.backtests import (
    BacktestCall,
    BacktestDocument,
    BacktestTrade,
    Beside,
    CurvePoints,
    KeptRun,
    ParameterDeclaration,
    RandomEntry,
    RunCandles,
    Spread,
    StoredSeries,
    StrategyDeclaration,
    YearOfMonths,
)
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.metrics import METRICS

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
START_MS = 1_546_300_800_000
CANDLES = 3_000
POINTS = 300
TRADES = 40
RUN_ID = "20240301-120000-000"

SERIES = (
    StoredSeries(
        venue="kraken",
        pair="BTC/USD",
        timeframe=Interval.H1,
        rows=CANDLES,
        first_ms=START_MS,
        last_ms=START_MS + (CANDLES - 1) * HOUR_MS,
        is_damaged=False,
    ),
    StoredSeries(
        venue="kraken",
        pair="ETH/USD",
        timeframe=Interval.H1,
        rows=CANDLES,
        first_ms=START_MS,
        last_ms=START_MS + (CANDLES - 1) * HOUR_MS,
        is_damaged=False,
    ),
    StoredSeries(
        venue="demo",
        pair="BTC/USD",
        timeframe=Interval.M1,
        rows=60,
        first_ms=START_MS,
        last_ms=START_MS + HOUR_MS,
        is_damaged=False,
    ),
)


def _parameter(name: str, default: float, *, high: float = 1_000) -> ParameterDeclaration:
    return ParameterDeclaration(
        name=name, default=default, low=2, high=high, is_whole=True, unit="bars", help="Length."
    )


SMA = StrategyDeclaration(
    name="sma_cross",
    title="Moving average cross",
    says="Enters when the fast simple average rises above the slow one, leaves when it falls below.",
    memory_bars=51,
    increasing=("fast", "slow"),
    parameters=(_parameter("fast", 20), _parameter("slow", 50)),
)
RSI = StrategyDeclaration(
    name="rsi_reversion",
    title="RSI reversion",
    says="Enters when RSI falls below the lower mark, leaves when it rises above the upper one.",
    memory_bars=389,
    increasing=(),
    parameters=(_parameter("period", 14, high=500),),
)
STRATEGIES = (SMA, RSI)


def price(index: int) -> float:
    return 20_000 + 4_000 * math.sin(index / 90) + 6 * index + 150 * math.sin(index / 3)


def candles() -> tuple[Candle, ...]:
    return tuple(
        Candle(
            open_time_ms=START_MS + index * HOUR_MS,
            open=price(index),
            high=max(price(index), price(index + 1)) + 40,
            low=min(price(index), price(index + 1)) - 40,
            close=price(index + 1),
            volume_base=10 + 5 * math.sin(index),
        )
        for index in range(CANDLES)
    )


def run_candles() -> RunCandles:
    found = candles()
    return RunCandles(
        id=RUN_ID,
        pair="BTC/USD",
        interval=Interval.H1,
        candles=found,
        first_time_ms=found[0].open_time_ms,
        last_time_ms=found[-1].open_time_ms,
    )


def trade(number: int) -> BacktestTrade:
    entry, exit_ = 20 + number * 70, 20 + number * 70 + 10 + number % 7 * 5
    made = price(exit_) / price(entry) - 1
    return BacktestTrade(
        pair="BTC/USD",
        side="buy",
        quantity=0.5,
        entry_time_ms=START_MS + entry * HOUR_MS,
        entry_price=price(entry),
        exit_time_ms=START_MS + exit_ * HOUR_MS,
        exit_price=price(exit_),
        fees=40.0,
        slippage=2.5,
        pnl=10_000 * made,
        return_ratio=made,
        mae_ratio=-0.02,
        mfe_ratio=0.03,
        bars=exit_ - entry,
        exit_reason="signal" if number % 3 else "stop",
    )


def curve() -> CurvePoints:
    holding = [10_000 * price(10 * point) / price(0) for point in range(POINTS)]
    equity = [10_000 + 12 * point + 900 * math.sin(point / 20) for point in range(POINTS)]
    peaks = [max(equity[: point + 1]) for point in range(POINTS)]
    return CurvePoints(
        time_ms=[START_MS + 10 * point * HOUR_MS for point in range(POINTS)],
        equity=equity,
        drawdown_ratio=[1 - now / peak for now, peak in zip(equity, peaks, strict=True)],
        buy_and_hold=holding,
        chance_low=[10_000 - 14 * point for point in range(POINTS)],
        chance_median=[10_000 - 3 * point for point in range(POINTS)],
        chance_high=[10_000 + 10 * point for point in range(POINTS)],
    )


def document(**changes: object) -> BacktestDocument:
    metrics: dict[str, float | None] = {
        name: place / 10 for place, name in enumerate(METRICS) if name != "recovery_days"
    }
    metrics |= {"recovery_days": None, "return_ratio": 0.36, "buy_and_hold_ratio": 0.89}
    spread = Spread(low=-0.42, median=-0.09, high=0.3, beaten_ratio=0.97)
    fields: dict[str, object] = {
        "pair": "BTC/USD",
        "pairs": ("BTC/USD",),
        "timeframe": "1h",
        "strategy": "sma_cross",
        "parameters": {"fast": 20.0, "slow": 50.0},
        "engine": "compiled",
        "bars": CANDLES,
        "first_time_ms": START_MS,
        "last_time_ms": START_MS + (CANDLES - 1) * HOUR_MS,
        "seconds": {"load": 0.1},
        "cash": 10_000.0,
        "equity_final": 13_600.0,
        "slippage": 100.0,
        "metrics": metrics,
        "beside": Beside(
            buy_and_hold={"return_ratio": 0.89, "sharpe": 1.1},
            random_entry=RandomEntry(seeds=100, metrics={"return_ratio": spread, "sharpe": spread}),
        ),
        "months": (
            YearOfMonths(year=2018, months=(None,) * 11 + (0.034,), total=0.034),
            YearOfMonths(year=2019, months=(0.1, -0.05, 1.52, *(None,) * 9), total=1.63),
        ),
        "blocks": {"daily_loss": 3},
        "assumptions": "Signals at the close, filled at the next open; orders fill whole.",
        "warnings": ("In sample: the parameters were chosen with these candles in sight.",),
        "source": "the store (kraken)",
        "call": call(),
        "trades": [trade(number) for number in range(TRADES)],
        "curve": curve(),
        "id": RUN_ID,
    }
    return BacktestDocument(**fields | changes)


def call() -> BacktestCall:
    return BacktestCall(
        pairs=("BTC/USD",),
        timeframe="1h",
        strategy="sma_cross",
        strategy_file=None,
        parameters={"fast": 20.0, "slow": 50.0},
        start="2019-01-01",
        end=None,
        files=(),
        venue="kraken",
        cash=10_000.0,
        fee_bps=26.0,
        slippage_bps=None,
        risk="off",
        engine="compiled",
    )


def kept(number: int = 0) -> KeptRun:
    return KeptRun(
        id=f"20240301-12000{number}-000",
        kept_ms=START_MS + number * DAY_MS,
        pair="BTC/USD",
        timeframe="1h",
        strategy="sma_cross",
        parameters={"fast": 20.0, "slow": 50.0},
        bars=CANDLES,
        first_time_ms=START_MS,
        last_time_ms=START_MS + (CANDLES - 1) * HOUR_MS,
        return_ratio=0.36,
        buy_and_hold_ratio=0.89,
        max_drawdown_ratio=0.2,
        sharpe=1.25,
        trades=TRADES,
    )
