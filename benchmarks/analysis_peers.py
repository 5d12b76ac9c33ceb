"""The same indicators by pandas-ta-classic and by ta: run by benchmarks/analysis.py.

    DIR/bin/python benchmarks/analysis_peers.py PEER candles.npz

Prints one JSON object, milliseconds by our name of the indicator. It runs in an environment that has
the peers and nothing of this project, so at module level it imports the standard library alone.
"""

import json
import statistics
import sys
import time
import warnings

PEERS = {"pandas-ta-classic": "pandas-ta-classic==0.8.32", "ta": "ta==0.11.0"}
SLOW_MS = 2_000.0
"""What takes longer than this is run once, everything else three times after a warm-up."""
PARAMETERS = {
    "sma": {"period": 20},
    "ema": {"period": 20},
    "wma": {"period": 20},
    "rsi": {"period": 14},
    "macd": {},
    "bollinger": {"period": 20},
    "atr": {"period": 14},
    "adx": {"period": 14},
    "stochastic": {"k_period": 14},
    "cci": {"period": 20},
    "mfi": {"period": 14},
    "obv": {},
    "roc": {"period": 10},
    "williams_r": {"period": 14},
    "donchian": {"period": 20},
    "aroon": {"period": 25},
    "ppo": {},
    "tsi": {},
    "trix": {"period": 15},
    "awesome": {},
    "vortex": {"period": 14},
    "cmf": {"period": 20},
}
"""Indicators that all three have, with the same periods. Parabolic SAR is not among them: ta walks it
in Python and takes minutes."""


def pandas_ta_calls(frame):
    """By our names, each a call without arguments."""
    import pandas_ta_classic as peer

    h, low, c, v = (frame[name] for name in ("high", "low", "close", "volume"))
    plain = {"talib": False}
    return {
        "sma": lambda: peer.sma(c, length=20, **plain),
        "ema": lambda: peer.ema(c, length=20, **plain),
        "wma": lambda: peer.wma(c, length=20, **plain),
        "rsi": lambda: peer.rsi(c, length=14, **plain),
        "macd": lambda: peer.macd(c, **plain),
        "bollinger": lambda: peer.bbands(c, length=20, **plain),
        "atr": lambda: peer.atr(h, low, c, length=14, **plain),
        "adx": lambda: peer.adx(h, low, c, length=14, **plain),
        "stochastic": lambda: peer.stoch(h, low, c, k=14, d=3, smooth_k=3, **plain),
        "cci": lambda: peer.cci(h, low, c, length=20, **plain),
        "mfi": lambda: peer.mfi(h, low, c, v, length=14, **plain),
        "obv": lambda: peer.obv(c, v, **plain),
        "roc": lambda: peer.roc(c, length=10, **plain),
        "williams_r": lambda: peer.willr(h, low, c, length=14, **plain),
        "donchian": lambda: peer.donchian(h, low, lower_length=20, upper_length=20),
        "aroon": lambda: peer.aroon(h, low, length=25, **plain),
        "ppo": lambda: peer.ppo(c, **plain),
        "tsi": lambda: peer.tsi(c),
        "trix": lambda: peer.trix(c, length=15),
        "awesome": lambda: peer.ao(h, low),
        "vortex": lambda: peer.vortex(h, low, c, length=14),
        "cmf": lambda: peer.cmf(h, low, c, v, length=20),
    }


def ta_calls(frame):
    """By our names, each a call without arguments that asks for the same lines."""
    from ta import momentum, trend, volatility, volume

    h, low, c, v = (frame[name] for name in ("high", "low", "close", "volume"))

    def lines(made, *names):
        return [getattr(made, name)() for name in names]

    return {
        "sma": lambda: trend.sma_indicator(c, 20),
        "ema": lambda: trend.ema_indicator(c, 20),
        "wma": lambda: trend.wma_indicator(c, 20),
        "rsi": lambda: momentum.rsi(c, 14),
        "macd": lambda: lines(trend.MACD(c), "macd", "macd_signal", "macd_diff"),
        "bollinger": lambda: lines(
            volatility.BollingerBands(c, 20),
            "bollinger_hband",
            "bollinger_mavg",
            "bollinger_lband",
        ),
        "atr": lambda: volatility.average_true_range(h, low, c, 14),
        "adx": lambda: trend.adx(h, low, c, 14),
        "stochastic": lambda: lines(
            momentum.StochasticOscillator(h, low, c, 14, 3), "stoch", "stoch_signal"
        ),
        "cci": lambda: trend.cci(h, low, c, 20),
        "mfi": lambda: volume.money_flow_index(h, low, c, v, 14),
        "obv": lambda: volume.on_balance_volume(c, v),
        "roc": lambda: momentum.roc(c, 10),
        "williams_r": lambda: momentum.williams_r(h, low, c, 14),
        "donchian": lambda: lines(
            volatility.DonchianChannel(h, low, c, 20),
            "donchian_channel_hband",
            "donchian_channel_mband",
            "donchian_channel_lband",
        ),
        "aroon": lambda: lines(trend.AroonIndicator(h, low, 25), "aroon_up", "aroon_down"),
        "ppo": lambda: momentum.ppo(c),
        "tsi": lambda: momentum.tsi(c, 25, 13),
        "trix": lambda: trend.trix(c, 15),
        "awesome": lambda: momentum.awesome_oscillator(h, low, 5, 34),
        "vortex": lambda: lines(
            trend.VortexIndicator(h, low, c, 14), "vortex_indicator_pos", "vortex_indicator_neg"
        ),
        "cmf": lambda: volume.chaikin_money_flow(h, low, c, v, 20),
    }


def milliseconds(call) -> float:
    """Of the CPU: median of three runs after a warm-up; what is slow is run once."""
    first_ms = once_ms(call)
    if first_ms > SLOW_MS:
        return first_ms
    return statistics.median(once_ms(call) for _ in range(3))


def once_ms(call) -> float:
    """Of one run."""
    begin = time.process_time()
    call()
    return (time.process_time() - begin) * 1e3


def main() -> None:
    import numpy as np
    import pandas as pd

    warnings.simplefilter("ignore")
    peer, file = sys.argv[1:]
    with np.load(file) as held:
        frame = pd.DataFrame({name: held[name] for name in held.files})
    frame.index = pd.date_range("2024-01-01", periods=len(frame), freq="15min", tz="UTC")
    calls = {"pandas-ta-classic": pandas_ta_calls, "ta": ta_calls}[peer](frame)
    assert calls.keys() == PARAMETERS.keys()
    print(json.dumps({name: milliseconds(call) for name, call in calls.items()}))


if __name__ == "__main__":
    main()
