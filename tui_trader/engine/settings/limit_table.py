"""Limits that a running engine may change, and which way is tighter.

Law: everything in [limits] and [risk] is one of them. Lower is tighter, but for the two pauses; where 0
switches a limit off, 0 is the loosest value there is.
"""

from decimal import Decimal
from functools import cache
from typing import Final, get_args, get_type_hints

import msgspec

from tui_trader.engine.settings.bounds import Setting
from tui_trader.engine.settings.model import LimitSettings, Settings
from tui_trader.engine.settings.rulebook import RiskSettings

LONGER_IS_TIGHTER: Final = frozenset({"risk.losing_streak_pause_minutes", "risk.cool_down_minutes"})
_OFF_AT_ZERO: Final = "0 is off."


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """One limit.

    Args:
        key: Dotted name: `risk.daily_loss_max_percent`.
        is_whole: Only whole numbers are meant.
    """

    key: str
    note: Setting
    is_whole: bool

    @property
    def is_off_at_zero(self) -> bool:
        """0 means that there is no limit."""
        return self.note.help.endswith(_OFF_AT_ZERO) and self.key not in LONGER_IS_TIGHTER

    def fault(self, value: Decimal) -> str:
        """What is wrong with a value, empty for nothing."""
        low, high = self.note.minimum, self.note.maximum
        assert low is not None, self.key
        assert high is not None, self.key
        kind = "a whole number" if self.is_whole else "a number"
        is_kind = value.is_finite() and (not self.is_whole or value == value.to_integral_value())
        if is_kind and low <= value <= high:
            return ""
        unit = f" ({self.note.unit})" if self.note.unit else ""
        return f"expected {kind} from {low:,f} to {high:,f}{unit}"

    def is_looser(self, before: Decimal, after: Decimal) -> bool:
        """Whether `after` allows what `before` did not."""
        if self.key in LONGER_IS_TIGHTER:
            return after < before
        if self.is_off_at_zero and (not before or not after):
            return bool(before) and not after
        return after > before


@cache
def limits() -> dict[str, Limit]:
    """Every limit by its key, in the order of the settings."""
    found = {}
    for section, struct in (("limits", LimitSettings), ("risk", RiskSettings)):
        for name, annotation in get_type_hints(struct, include_extras=True).items():
            kind, note = get_args(annotation)
            key = f"{section}.{name}"
            found[key] = Limit(key=key, note=note, is_whole=kind is int)
    return found


def limit_value(settings: Settings, key: str) -> Decimal:
    """What a limit is set to."""
    section, _, name = key.partition(".")
    return Decimal(getattr(getattr(settings, section), name))


def with_limit(settings: Settings, key: str, value: Decimal) -> Settings:
    """The same settings with another value of a limit."""
    section, _, name = key.partition(".")
    kept = int(value) if limits()[key].is_whole else value
    table = msgspec.structs.replace(getattr(settings, section), **{name: kept})
    return msgspec.structs.replace(settings, **{section: table})
