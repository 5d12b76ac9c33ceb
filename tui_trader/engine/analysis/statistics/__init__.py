"""Statistics of a run: equity and trades in, the numbers of `values/metrics.py` out.

Law: what is not defined is None: never 0, never infinite, never NaN. A sum or a level exists from one
return on; what describes a spread needs two (skew three, kurtosis four). Source of each definition
stands at its function; where two libraries define the same name, both give the value held here.
"""
