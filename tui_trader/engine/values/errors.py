"""Errors by blame and remedy: who must act, and whether trying again is safe.

Law: an exception crosses a room only as one of these. A refusal by a rule is not an error but the
event `CommandRefused`; a broken invariant is an assert.
"""


class TraderError(Exception):
    """Root of every error this project raises on purpose."""


class ConfigError(TraderError):
    """A setting, a command-line argument or an input file is wrong; the process exits with 2.

    Args:
        message: What is wrong, with which thing, and how to mend it, in one readable sentence.
        source: File (with line) or environment variable that holds the fault, if known.
        key: Dotted name of the setting, if known.
    """

    def __init__(self, message: str, *, source: str = "", key: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.source = source
        self.key = key

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.source, self.key) if part)
        return f"{place}: {self.message}" if place else self.message


class OutgrownError(ConfigError):
    """The money of a run grew beyond what its steps can count."""


class PluginError(TraderError):
    """A plug-in broke its contract; the message names the plug-in and the rule."""


class StoreError(TraderError):
    """The journal could not be read or written. A failed write may still have happened."""


class HomeBusy(TraderError):
    """Another engine owns this home; the process exits with 3."""


class NothingRunning(TraderError):
    """No engine answers in this home; the process exits with 3."""


class ExchangeFault(TraderError):
    """The exchange or the way to it failed. Subclasses say whether trying again is safe."""


class TemporaryFault(ExchangeFault):
    """Nothing happened at the exchange and the same call may be tried again later."""

    def __init__(self, message: str, *, retry_after_ms: int = 1_000) -> None:
        super().__init__(message)
        self.retry_after_ms = retry_after_ms


class RejectedByExchange(ExchangeFault):
    """The exchange answered with a definite no: the order does not exist. Do not retry."""


class OutcomeUnknown(ExchangeFault):
    """The request may have been carried out. Reconcile; never assume, never send again."""


class SourceFault(TraderError):
    """A source of sentiment told nothing usable; nothing depends on it, ask again later."""
