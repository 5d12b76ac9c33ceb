"""Faults by name: as `/_control` and `--fault` call them, and as `--help` lists them."""

from collections.abc import Iterator

from tui_trader.engine.exchanges.local_kraken.fault_table import FAULT_KINDS
from tui_trader.engine.exchanges.local_kraken.faults import FaultKind, Place

CLEAR = "clear"
CLEAR_EXPLANATION = (
    "disarm everything; end a silence, a refusal, a flood, a mix, a status and a wrong clock"
)


def kind_named(name: str) -> FaultKind:
    """The fault of that name.

    Raises:
        ValueError: there is none.
    """
    kind = FAULT_KINDS.get(name)
    if kind is None:
        message = f"no fault {name[:80]!r}; there are {', '.join(FAULT_KINDS)} and {CLEAR}"
        raise ValueError(message)
    return kind


def parse_fault(text: str) -> tuple[FaultKind, dict[str, object]]:
    """`NAME` or `NAME:key=value,key=value`, as `--fault` takes it; values are still text.

    Raises:
        ValueError: it is not of that form, or there is no such fault or parameter.
    """
    name, _, rest = text.partition(":")
    kind = kind_named(name)
    given: dict[str, object] = {}
    # A value may hold commas (an error text): a new parameter begins only at `,name=`.
    names = {parameter.name for parameter in kind.parameters}
    last = ""
    for part in rest.split(",") if rest else ():
        key, equals, value = part.partition("=")
        if equals and (key in names or not last):
            given[key] = value
            last = key
        elif last:
            given[last] = f"{given[last]},{part}"
        else:
            message = f"{part!r} of {text!r} is not key=value"
            raise ValueError(message)
    kind.read(given)
    return kind, given


def describe_faults() -> str:
    """Table of the faults, for people."""
    width = max(len(name) for name in FAULT_KINDS)
    rows = [row for place in Place for row in _rows_of(place, width)]
    return "\n".join([*rows, f"  {CLEAR:<{width}}  {CLEAR_EXPLANATION}"])


def _rows_of(place: Place, width: int) -> Iterator[str]:
    yield f"{place.value}:"
    for kind in FAULT_KINDS.values():
        if kind.place is place:
            knobs = ", ".join(
                f"{parameter.name} ({parameter.default})"
                for parameter in kind.parameters
                if parameter.name != "count" and parameter.default != ""
            )
            yield f"  {kind.name:<{width}}  {kind.explanation}{f'; {knobs}' if knobs else ''}"
