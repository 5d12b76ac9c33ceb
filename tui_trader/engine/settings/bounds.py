"""What a setting may be: the note that every field carries beside its type, and the root of sections."""

from decimal import Decimal

import msgspec


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """Help, unit and bounds of one field, read by the loader, the example file and the screens.

    Args:
        help: One sentence for people.
        unit: Unit of the value, `""` for none.
        minimum: Smallest value allowed, inclusive.
        maximum: Largest value allowed, inclusive.
        choices: The only values allowed, if not empty.
        is_secret: Never shown, never logged, never written to the example.
    """

    help: str
    unit: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: tuple[str, ...] = ()
    is_secret: bool = False


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Root of every section."""
