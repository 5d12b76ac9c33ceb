"""tui-trader: the console in which a person runs, watches and steers a crypto trading engine."""

__version__ = "0.1.0"
