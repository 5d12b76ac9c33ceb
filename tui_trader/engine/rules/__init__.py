"""THE RULEBOOK: sizing, stops, limits, fees and fills, as small pure functions over floats.

Law: the arithmetic of a trade is written here and nowhere else. The core calls these functions as
Python; `engine/kernels` compiles the very same functions. Prices leave in whole ticks, quantities
in whole lots.
"""
