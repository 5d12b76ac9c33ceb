"""What the exit codes mean: scripts rely on them."""

from tui_trader.engine.values.errors import (
    ConfigError,
    ExchangeFault,
    HomeBusy,
    NothingRunning,
    PluginError,
    RejectedByExchange,
    StoreError,
    TraderError,
)

EXIT_OK = 0
EXIT_BUG = 1
"""A fault of this program; there is a report to file."""
EXIT_WRONG = 2
"""The call, the configuration or an input file is wrong; the message says how to mend it."""
EXIT_CONFLICT = 3
"""Another instance is in the way, or nothing is running to talk to."""
EXIT_REFUSED = 4
"""A rule or the exchange said no; the message names the gate and its numbers."""
EXIT_UNKNOWN = 5
"""The outside did not answer: the outcome is unknown; the message says what to do."""
EXIT_INTERRUPTED = 130
"""Ctrl-C, as shells count it."""


class Refused(TraderError):
    """A rule said no to this call; the process exits with 4."""


class EngineDied(TraderError):
    """The engine that was started ended; the process exits with the engine's own code."""

    def __init__(self, message: str, *, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Unconfirmed(TraderError):
    """Nobody knows whether it happened; the process exits with 5."""


_CODES: tuple[tuple[type[TraderError], int], ...] = (
    (ConfigError, EXIT_WRONG),
    (PluginError, EXIT_WRONG),
    (StoreError, EXIT_WRONG),
    (HomeBusy, EXIT_CONFLICT),
    (NothingRunning, EXIT_CONFLICT),
    (Refused, EXIT_REFUSED),
    (RejectedByExchange, EXIT_REFUSED),
    (Unconfirmed, EXIT_UNKNOWN),
    (ExchangeFault, EXIT_UNKNOWN),
)


def exit_code_of(error: TraderError) -> int:
    """Exit code that scripts see for `error`; what no line names is about the outside."""
    if isinstance(error, EngineDied):
        return error.exit_code
    return next((code for kind, code in _CODES if isinstance(error, kind)), EXIT_UNKNOWN)
