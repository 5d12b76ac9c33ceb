"""Who may catch everything, and where each outside library lives."""

import ast
from pathlib import Path

from tests.architecture.source_tree import PACKAGE, name_of, parsed, python_files

# The outermost boundary of each process: it records the bug, says so, and ends or stops trading.
# One place catches everything without a handler that this test could see: a sentiment source that breaks
# becomes words beside its part (`task.exception()` in session/sentiment.py). A user's strategy file needs
# none: it runs in a process of its own, whose end is told by `sys.excepthook` (backtest/foreign_child.py).
MAY_CATCH_EVERYTHING = {
    "tui_trader/__main__.py",
    # The local exchange's own process. Without it aiohttp answers a bug with status 500 and goes on.
    "tui_trader/engine/exchanges/local_kraken/server.py",
}

# Library -> the rooms (or modules) that may import it. None: nobody yet; the work that needs it
# names its room here. What is not in this table may be imported nowhere.
HOMES = {
    # `sources/web.py` is the one way of all sentiment sources to the web.
    "aiohttp": {"engine.exchanges", "engine.sources"},
    "ccxt": {"engine.exchanges"},
    "sqlite3": {"engine.stores"},
    "pydantic": {"engine.config"},
    "pydantic_settings": {"engine.config"},
    "tomli": {"engine.config"},
    "tomllib": {"engine.config"},
    "dotenv": {"engine.config"},
    "platformdirs": {"engine.config"},
    "textual": {"app", "screens", "widgets", "themes"},
    "rich": {"app", "screens", "widgets", "themes"},
    "plotext": {"cli"},
    "numpy": {
        "engine.analysis",
        "engine.backtest",
        "engine.frames",
        "engine.kernels",
        "engine.learning",
        "engine.stores",
        "engine.strategies",
    },
    "talib": {"engine.analysis"},
    "numba": {"engine.kernels"},
    "pyarrow": {"engine.stores"},
    "feedparser": {"engine.sources"},
    "vaderSentiment": {"engine.sources"},
    "pandas": {"engine.frames"},
    "sklearn": {"engine.learning"},
    "skops": {"engine.learning"},
    "optuna": {"engine.learning"},
    "threadpoolctl": {"engine.learning"},
    "lightgbm": {"engine.learning"},
    # Reading a pickle runs what its writer wanted: models are read by skops, and nobody else reads any.
    "pickle": set(),
    "cloudpickle": set(),
}


def room_of(path: Path) -> str:
    """`engine.stores` or `screens`: the first folder or module below the package or the engine."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:2] if parts[0] == "engine" else parts[:1])


def imported_packages(path: Path) -> set[str]:
    """Top-level packages named in any import of the file, those inside functions too."""
    packages = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            packages |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            packages.add(node.module.split(".")[0])
    return packages


def test_each_outside_library_lives_in_one_place():
    strays = [
        f"{name_of(path)} imports {library}, which lives in {sorted(HOMES[library]) or 'no room yet'}"
        for path in python_files("tui_trader")
        for library in sorted(imported_packages(path) & HOMES.keys())
        if room_of(path) not in HOMES[library]
    ]
    assert strays == []


def catches_everything(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"})
        for kind in caught
    )


def test_only_the_outermost_boundary_catches_everything():
    catching = {
        f"{name_of(path)}:{node.lineno}"
        for path in python_files("tui_trader")
        if name_of(path) not in MAY_CATCH_EVERYTHING
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ExceptHandler) and catches_everything(node)
    }
    assert catching == set()


def test_nobody_is_excused_who_does_not_need_it():
    needless = {
        name
        for name in MAY_CATCH_EVERYTHING
        if not any(
            isinstance(node, ast.ExceptHandler) and catches_everything(node)
            for node in ast.walk(parsed(PACKAGE.parent / name))
        )
    }
    assert needless == set()
