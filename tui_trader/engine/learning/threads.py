"""One thread for each training: it must leave the engine its core.

The threads of BLAS and of OpenMP spin while they wait for one another; beside other busy programs that
made a fit take 17 times as long, and 17 times the work (measured on two busy cores).
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from threadpoolctl import threadpool_limits

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def one_thread(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """The same function, with every numeric library kept to one thread while it runs."""

    @wraps(function)
    def limited(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        with threadpool_limits(limits=1):
            return function(*args, **kwargs)

    return limited
