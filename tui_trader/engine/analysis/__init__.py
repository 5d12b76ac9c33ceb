"""What candles say: indicators and candlestick patterns, as pure functions of columns.

Law: a value at a candle depends on that candle and earlier ones, never on a later one; how many
earlier ones is declared (`memory_bars`), so that live, backtest and training see the same number.
"""
