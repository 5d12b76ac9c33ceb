"""The same functions as machine code, kept on disk under a name that their sources decide.

numba's own cache looks at the file of the compiled function alone: when a rule that it calls changes,
the old answer stays. So the folder of the cache is named after every source that is compiled, and
after numba, numpy and Python.
"""

import platform
import shutil
import sys
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from importlib import import_module
from inspect import getmembers, isfunction
from pathlib import Path
from types import ModuleType
from typing import cast

LENT_MODULES = (
    "tui_trader.engine.rules.grid",
    "tui_trader.engine.rules.fees",
    "tui_trader.engine.rules.slippage",
    "tui_trader.engine.rules.fills",
    "tui_trader.engine.rules.limits",
    "tui_trader.engine.rules.sizing",
    "tui_trader.engine.rules.stops",
    "tui_trader.engine.rules.take_profits",
    "tui_trader.engine.rules.orders",
    "tui_trader.engine.kernels.trading",
    "tui_trader.engine.kernels.walk",
    "tui_trader.engine.kernels.signals",
)
KERNELS = "tui_trader.engine.kernels"
SOURCE_ROOMS = ("tui_trader.engine.rules", "tui_trader.engine.kernels")
KEY_LENGTH = 16
KEPT_MAX = 3
"""Folders of compiled code, one a version of the sources: 2 MB each; going back a version is common."""
Kernel = Callable[..., object]

# Kernels allocate nothing, so nothing is counted, and a division by zero gives inf instead of a branch
# at each division. Calls that are not inlined hand over a kilobyte of array headers. Measured on the
# walk: 780 ns a candle without all this, 10 with it.
# They touch nothing of Python's, so another thread may run meanwhile.
OPTIONS: dict[str, object] = {"_nrt": False, "error_model": "numpy", "nogil": True}


def sources_key() -> str:
    """Name for everything that decides what the compiled code does."""
    digest = sha256()
    for room in SOURCE_ROOMS:
        folder = Path(str(import_module(room).__file__)).parent
        for path in sorted(folder.glob("*.py")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    digest.update(f"{sys.version} {platform.machine()} {_versions()}".encode())
    return digest.hexdigest()[:KEY_LENGTH]


def _versions() -> str:
    import numba  # 0.15 s and 60 MB: for those who compile only
    import numpy as np

    return f"{numba.__version__} {np.__version__}"


def cache_folder(root: Path) -> Path:
    """Where compiled code of these very sources is kept, below `root`."""
    return root / "compiled" / sources_key()


def opened_folder(root: Path) -> Path:
    """That folder, made if need be; those of the oldest other sources then go."""
    folder = cache_folder(root)
    if folder.is_dir():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    others = [path for path in folder.parent.iterdir() if path != folder]
    newest_first = sorted(others, key=_made_ns, reverse=True)
    for old in newest_first[KEPT_MAX - 1 :]:
        # Another process may be at it too, and what is left over is only tried again.
        shutil.rmtree(old, ignore_errors=True)
    return folder


def _made_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def functions_of(module: ModuleType) -> list[Kernel]:
    """Functions that a module defines itself."""
    return [
        function
        for _, function in getmembers(module, isfunction)
        if function.__module__ == module.__name__
    ]


@cache
def lend() -> None:
    """Let compiled code call every rule; the rule itself stays Python."""
    from numba.extending import register_jitable

    borrow = cast("Callable[..., Callable[[Kernel], Kernel]]", register_jitable)
    for name in LENT_MODULES:
        for function in functions_of(import_module(name)):
            is_kernel = name.startswith(KERNELS)
            borrow(**OPTIONS, forceinline=is_kernel)(function)


@cache
def compiled(
    function: Kernel, argument_types: tuple[object, ...], root: Path | None = None
) -> Kernel:
    """`function` as machine code.

    Args:
        function: One that numba can compile; what it calls must be in LENT_MODULES.
        argument_types: As `types_of` gives them.
        root: Folder under which compiled code is kept; None keeps nothing.
    """
    import numba

    _leave_blas_out()
    lend()
    options = dict(OPTIONS)
    if root is not None:
        folder = opened_folder(root)
        vars(numba.config)["CACHE_DIR"] = str(folder)
        options["cache"] = True
    compile_now = cast("Callable[..., Callable[[Kernel], Kernel]]", numba.njit)
    return compile_now(argument_types, **options)(function)


@cache
def _leave_blas_out() -> None:
    """Let numba not look for BLAS, which no kernel calls: it imports scipy for it, a quarter of a second."""
    from numba.np import linalg

    look = vars(linalg)["ensure_blas"]
    vars(linalg)["ensure_blas"] = _no_blas
    try:
        # It looks while it is imported, and never again.
        import_module("numba.np.arraymath")
    finally:
        vars(linalg)["ensure_blas"] = look


def _no_blas() -> None:
    message = "kernels call no BLAS"
    raise ImportError(message)


def types_of(*arguments: object) -> tuple[object, ...]:
    """Types that numba sees in arguments."""
    import numba

    type_of = cast("Callable[[object], object]", numba.typeof)
    return tuple(type_of(argument) for argument in arguments)


class CompiledKernel:
    """A function as machine code, made when its first arguments are there.

    Later arguments must be of the same types: to look them up at every call costs as much as a walk over
    fifty thousand candles.
    """

    def __init__(self, function: Kernel, root: Path | None) -> None:
        self._function = function
        self._root = root
        self._code: Kernel | None = None

    def made_for(self, *arguments: object) -> Kernel:
        """The machine code; made, or read from the folder, for these arguments if it is not there."""
        if self._code is None:
            self._code = compiled(self._function, types_of(*arguments), self._root)
        return self._code


@cache
def kernel_of(function: Kernel, root: Path | None = None) -> CompiledKernel:
    """The one compiled form of a function that this process has, kept under `root`."""
    return CompiledKernel(function, root)
