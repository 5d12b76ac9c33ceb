"""The models and the kept decisions of a home, as the session is given them."""

from collections.abc import Callable

from tui_trader.engine.learning.worker_process import WorkerProcess, first_frame
from tui_trader.engine.rules.signal_trade import signal_rules
from tui_trader.engine.settings.model import Settings
from tui_trader.engine.stores.home import Home
from tui_trader.engine.stores.waterfalls import SqliteWaterfalls
from tui_trader.engine.values.errors import StoreError

MANIFESTS = "*/*/manifest.json"


def model_process(home: Home, settings: Settings, tell: Callable[[str], None]) -> WorkerProcess:
    """Who asks the models of this home; their process begins when there is one."""
    root = home.path / "models"
    rules = signal_rules(settings.rules, settings.learning)

    def is_any() -> bool:
        return next(root.glob(MANIFESTS), None) is not None

    return WorkerProcess(first_frame(root, rules), is_needed=is_any, tell=tell)


def kept_waterfalls(home: Home, tell: Callable[[str], None]) -> SqliteWaterfalls | None:
    """Decisions on signals, for those who ask why; a broken file stops nobody from trading."""
    try:
        return SqliteWaterfalls(home.path / "decisions.sqlite")
    except StoreError as fault:
        tell(f"no decisions are kept: {fault}")
        return None
