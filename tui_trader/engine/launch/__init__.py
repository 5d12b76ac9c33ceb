"""Settings and mode become a wired engine: the only room that knows everything."""

from tui_trader.engine.launch.engine import run_engine
from tui_trader.engine.launch.options import LaunchOptions
from tui_trader.engine.launch.wording import describe

__all__ = ["LaunchOptions", "describe", "run_engine"]
