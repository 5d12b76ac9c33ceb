"""Features: what a model sees of the candles up to now, in numbers that mean the same in every market.

Law: a feature has no unit of price or volume, looks at closed candles only (of longer timeframes
too), and is decided by its declared memory; the laws in tests/laws hold each entry to it.
"""
