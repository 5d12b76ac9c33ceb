"""Backtests: the rulebook compiled, or the core itself, over stored candles."""
