"""Strategies: causal functions of candles, one file each.

Law: live and backtest call the same function; what it says of a candle depends on that candle and
earlier ones.
"""
