"""Disasters on demand: what a fault is, and which are armed, for what, how many times.

Law: a fault is declared once, in `fault_table`; `exchange serve --help`, the checks of `/_control`,
`docs/faults.md` and the conformance tests are made from that row. Each face of the exchange asks
`FaultPlan.take` at the place where its fault belongs.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

ANY_ENDPOINT = "*"
COUNT_MAX = 1_000_000
ARMED_MAX = 1_000
"""Rows of the plan; who arms more is told so."""
TEXT_LENGTH_MAX = 300

Value = int | float | str


class Place(Enum):
    """Where a fault happens; the value is the heading people read."""

    REPLY = "Answers of REST"
    SOCKET = "WebSocket"
    ACCOUNT = "The account"
    VENUE = "The exchange as a whole"
    MARKET = "The market"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One knob of a fault; the type of the default is the type of the value.

    Args:
        lowest: Of a number.
        highest: Of a number.
        choices: Of a text that is one of several.
        pattern: Of any other text.
    """

    name: str
    default: Value
    explanation: str
    lowest: float = 0.0
    highest: float = 0.0
    choices: tuple[str, ...] = ()
    pattern: str = ""

    @property
    def bounds(self) -> str:
        """What is allowed, for people."""
        if self.choices:
            return ", ".join(choice or "any" for choice in self.choices)
        return self.pattern or f"{self.lowest:.12g} to {self.highest:.12g}"

    def read(self, value: object) -> Value:
        """The value somebody gave, checked.

        Raises:
            ValueError: it is of another type, or out of bounds.
        """
        if isinstance(self.default, str):
            return self._text(value)
        number = _number(value)
        whole = isinstance(self.default, int)
        if number is None or (whole and number != int(number)):
            message = f"{self.name} {value!r} is not a {'whole ' if whole else ''}number"
            raise ValueError(message)
        if not self.lowest <= number <= self.highest:
            message = f"{self.name} {value} must be from {self.lowest:.12g} to {self.highest:.12g}"
            raise ValueError(message)
        return int(number) if whole else number

    def _text(self, value: object) -> str:
        is_text = isinstance(value, str) and len(value) <= TEXT_LENGTH_MAX
        fits = value in self.choices if self.choices else re.fullmatch(self.pattern, str(value))
        if not is_text or not fits:
            message = f"{self.name} {str(value)[:80]!r} must be {self.bounds}"
            raise ValueError(message)
        return str(value)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaultKind:
    """One thing that can go wrong.

    Args:
        explanation: One line for `--help` and the page of faults.
        endpoint: Which REST endpoint it hits unless told otherwise; empty where it hits none.
        is_counted: It waits for its moment and happens `count` times; else it happens at once.
        mix: Parameters it has in a seeded mix; `None` keeps it out of mixes.
    """

    name: str
    place: Place
    explanation: str
    parameters: tuple[Parameter, ...] = ()
    endpoint: str = ""
    is_counted: bool = True
    mix: Mapping[str, Value] | None = None

    def read(self, given: Mapping[str, object]) -> dict[str, Value]:
        """Values of all parameters: those given, checked, and the defaults of the others.

        Raises:
            ValueError: one is unknown, of another type or out of bounds.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in given:
            if name not in known:
                has = ", ".join(known) or "none"
                message = f"{self.name} has no parameter {name[:80]!r}; it has {has}"
                raise ValueError(message)
        return {
            name: parameter.read(given[name]) if name in given else parameter.default
            for name, parameter in known.items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmedFault:
    """A fault that waits for its moment.

    Args:
        values: Of its parameters, `count` and `endpoint` included where it has them.
        count: How many times it still happens.
    """

    kind: FaultKind
    values: Mapping[str, Value]
    count: int = 1

    @property
    def target(self) -> str:
        """REST endpoint or channel it waits for; empty or `*` is any."""
        return str(self.values.get("endpoint", self.values.get("channel", "")))

    def number(self, name: str) -> float:
        """A parameter that is a number."""
        return float(self.values[name])

    def text(self, name: str) -> str:
        """A parameter that is a text."""
        return str(self.values[name])


class FaultPlan:
    """What is armed."""

    def __init__(self) -> None:
        self._armed: list[ArmedFault] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits: asked a thousand times a second."""
        return not self._armed

    def arm(self, fault: ArmedFault) -> None:
        """Add one; faults of the same kind happen in the order they were armed.

        Raises:
            ValueError: too many wait already.
        """
        if len(self._armed) >= ARMED_MAX:
            message = f"{ARMED_MAX} faults wait already; clear them first"
            raise ValueError(message)
        self._armed.append(fault)

    def clear(self) -> None:
        """Disarm everything."""
        self._armed.clear()

    def armed(self) -> dict[str, int]:
        """How often each kind still happens."""
        counts: dict[str, int] = {}
        for fault in self._armed:
            counts[fault.kind.name] = counts.get(fault.kind.name, 0) + fault.count
        return counts

    def take(self, kind: FaultKind, target: str = "") -> ArmedFault | None:
        """The fault to let happen here and now, counted down; `None` when none is armed.

        Args:
            kind: Which.
            target: REST endpoint or channel where it would happen.
        """
        for index, fault in enumerate(self._armed):
            if fault.kind is kind and fault.target in {target, ANY_ENDPOINT, ""}:
                if fault.count > 1:
                    self._armed[index] = replace(fault, count=fault.count - 1)
                else:
                    del self._armed[index]
                return fault
        return None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
