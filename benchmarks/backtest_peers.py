"""The same backtest by vectorbt, backtesting.py and freqtrade: run by benchmarks/backtest.py.

    DIR/PEER/bin/python benchmarks/backtest_peers.py PEER candles.npz RUNS

With 0 RUNS once, for the time of a whole process. Prints one JSON object. It runs in an environment that has one peer and nothing of this project, so at
module level it imports the standard library alone.

Task: SMA 20/100, long or flat, signal at the close, filled at the next open, 0.26 % a side, a tenth of
equity, ten million to begin with. Timed: arrays in memory → trades and equity, signals included. Data frames
are made before the clock starts.
"""

import json
import logging
import statistics
import sys
import time
import warnings
from pathlib import Path
from tempfile import mkdtemp

PEERS = {
    "vectorbt": "vectorbt[rust]==1.2.0",
    "backtesting": "backtesting==0.6.6",
    "freqtrade": "freqtrade==2026.9",
}
FAST, SLOW = 20, 100
FEE, SHARE, CASH = 0.0026, 0.1, 1e7
SLOW_S = 3.0
"""What takes longer is run twice, the first time to warm up."""


def vectorbt_call(columns):
    import numpy as np
    import pandas as pd
    import vectorbt as vbt

    # No time zone: with one, every result builds a million timestamps (100 times slower).
    index = pd.to_datetime(columns["open_time_ms"], unit="ms")
    close = pd.Series(columns["close"], index=index)
    open_ = pd.Series(columns["open"], index=index)

    def run():
        fast = vbt.MA.run(close, FAST).ma.to_numpy()
        slow = vbt.MA.run(close, SLOW).ma.to_numpy()
        above = fast > slow
        known = np.isfinite(slow[:-1])
        entries, exits = np.zeros(len(close), bool), np.zeros(len(close), bool)
        # What is said at a close is done at the next open.
        entries[2:] = (above[1:] & ~above[:-1] & known)[:-1]
        exits[2:] = (~above[1:] & above[:-1] & known)[:-1]
        portfolio = vbt.Portfolio.from_signals(
            close,
            entries,
            exits,
            price=open_,
            size=SHARE,
            size_type="percent",
            fees=FEE,
            init_cash=CASH,
            freq="1min",
        )
        equity = portfolio.value()
        return len(portfolio.trades.records), float(equity.iloc[-1])

    return run


def backtesting_call(columns):
    import pandas as pd
    from backtesting import Backtest, Strategy
    from backtesting.lib import crossover

    def average(values, window):
        return pd.Series(values).rolling(window).mean()

    class Cross(Strategy):
        def init(self):
            self.fast = self.I(average, self.data.Close, FAST)
            self.slow = self.I(average, self.data.Close, SLOW)

        def next(self):
            if crossover(self.fast, self.slow):
                self.buy(size=SHARE)
            elif crossover(self.slow, self.fast):
                self.position.close()

    frame = pd.DataFrame(
        {name.capitalize(): columns[name] for name in ("open", "high", "low", "close", "volume")},
        index=pd.to_datetime(columns["open_time_ms"], unit="ms"),
    )
    # Whole units only: a hundredth of a coin as the unit makes the size as fine as ours.
    frame[["Open", "High", "Low", "Close"]] /= 100

    def run():
        test = Backtest(frame, Cross, cash=CASH, commission=FEE, finalize_trades=True)
        found = test.run()
        return int(found["# Trades"]), float(found["Equity Final [$]"])

    return run


FREQTRADE_STRATEGY = f"""
from freqtrade.strategy import IStrategy


class Cross(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "1m"
    stoploss = -0.99
    minimal_roi = {{"0": 1000000}}
    startup_candle_count = 0

    def populate_indicators(self, dataframe, metadata):
        fast, slow = (dataframe["close"].rolling(window).mean() for window in ({FAST}, {SLOW}))
        dataframe["above"], dataframe["known"] = fast > slow, slow.shift().notna()
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        before = dataframe["above"].shift(fill_value=False)
        dataframe["enter_long"] = (dataframe["above"] & ~before & dataframe["known"]).astype(int)
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        before = dataframe["above"].shift(fill_value=False)
        dataframe["exit_long"] = (~dataframe["above"] & before & dataframe["known"]).astype(int)
        return dataframe

    def custom_stake_amount(self, *args, **kwargs):
        return self.wallets.get_total_stake_amount() * {SHARE}
"""


def freqtrade_call(columns):
    import pandas as pd
    from freqtrade.enums import RunMode
    from freqtrade.optimize.backtesting import Backtesting
    from freqtrade.resolvers import ExchangeResolver

    logging.disable(logging.CRITICAL)
    pair = "BTC/USDT"
    home = Path(mkdtemp(prefix="freqtrade-"))
    (home / "cross.py").write_text(FREQTRADE_STRATEGY)
    frame = pd.DataFrame(
        {name: columns[name] for name in ("open", "high", "low", "close", "volume")}
    )
    frame.insert(0, "date", pd.to_datetime(columns["open_time_ms"], unit="ms", utc=True))
    pricing = {"price_side": "same", "use_order_book": False, "order_book_top": 1}
    config = {
        "runmode": RunMode.BACKTEST,
        "dry_run": True,
        "dry_run_wallet": CASH,
        "stake_currency": "USDT",
        "stake_amount": 1000,
        "tradable_balance_ratio": 1.0,
        "max_open_trades": 1,
        "fee": FEE,
        "timeframe": "1m",
        "stoploss": -0.99,
        "minimal_roi": {"0": 1_000_000},
        "trading_mode": "spot",
        "margin_mode": "",
        "candle_type_def": "spot",
        "exchange": {"name": "binance", "pair_whitelist": [pair], "pair_blacklist": []},
        "pairlists": [{"method": "StaticPairList"}],
        "entry_pricing": pricing,
        "exit_pricing": pricing,
        "strategy": "Cross",
        "strategy_path": str(home),
        "user_data_dir": home,
        "datadir": home,
        "exportdirectory": home,
        "dataformat_ohlcv": "feather",
        "dataformat_trades": "feather",
        "original_config": {},
        "export": "none",
    }
    # Nothing is asked of any exchange: its one market is told here.
    exchange = ExchangeResolver.load_exchange(config, validate=False, load_leverage_tiers=False)
    no_limit = {"min": None, "max": None}
    market = {
        "id": "BTCUSDT",
        "symbol": pair,
        "base": "BTC",
        "quote": "USDT",
        "type": "spot",
        "active": True,
        "spot": True,
        "margin": False,
        "swap": False,
        "future": False,
        "contract": False,
        "contractSize": None,
        "precision": {"price": 0.01, "amount": 1e-8},
        "limits": dict.fromkeys(("amount", "cost", "price", "leverage"), no_limit),
        "info": {},
    }
    for holder in (exchange._api, exchange._api_async):
        holder.markets = {pair: market}
        holder.markets_by_id = {"BTCUSDT": [market]}
    exchange._markets = {pair: market}
    exchange.reload_markets = lambda *_, **__: None
    exchange.get_tickers = lambda *_, **__: {}
    testing = Backtesting(config, exchange)
    testing._set_strategy(testing.strategylist[0])

    def run():
        ready = testing.strategy.advise_all_indicators({pair: frame.copy()})
        begin, end = (frame["date"].iloc[row].to_pydatetime() for row in (0, -1))
        found = testing.backtest(processed=ready, start_date=begin, end_date=end)
        return len(found["results"]), float(found["final_balance"])

    return run


CALLS = {
    "vectorbt": vectorbt_call,
    "backtesting": backtesting_call,
    "freqtrade": freqtrade_call,
}


def peak_mb():
    """Most memory of this process; `ru_maxrss` counts what its parent held, too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return round(int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024)


def main():
    peer, path, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
    warnings.simplefilter("ignore")
    begin = time.perf_counter()
    import numpy as np

    with np.load(path) as file:
        columns = {name: file[name] for name in file.files}
    run = CALLS[peer](columns)
    ready = time.perf_counter()
    trades, equity = run()
    taken = [time.perf_counter() - ready]
    first = taken[0]
    # The first may have compiled; the second tells how long one takes.
    processors = []
    while len(taken) <= runs and (len(taken) == 1 or taken[1] < SLOW_S):
        again, again_cpu = time.perf_counter(), time.process_time()
        run()
        processors.append(time.process_time() - again_cpu)
        taken.append(time.perf_counter() - again)
    warm = taken[1:] or taken
    print(
        json.dumps(
            {
                "bars": len(columns["close"]),
                "trades": trades,
                "equity_final": round(equity, 2),
                "first_ms": round(first * 1e3, 3),
                "run_ms": round(statistics.median(warm) * 1e3, 3),
                "run_ms_min": round(min(warm) * 1e3, 3),
                "run_cpu_ms": round(statistics.median(processors or taken) * 1e3, 3),
                "runs": len(warm),
                "prepare_s": round(ready - begin, 3),
                "peak_mb": peak_mb(),
            }
        )
    )


if __name__ == "__main__":
    main()
