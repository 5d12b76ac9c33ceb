"""A seeded mix of faults: what goes wrong next, and when, as a function of the seed."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tui_trader.engine.exchanges.local_kraken.fault_table import (
    CANCEL_ENDPOINT,
    FAULT_KINDS,
    ORDER_ENDPOINT,
)
from tui_trader.engine.exchanges.local_kraken.faults import FaultKind, Place, Value

# Where a lost answer hurts, and where it only delays: orders most often.
_ENDPOINTS = (ORDER_ENDPOINT,) * 3 + (CANCEL_ENDPOINT, "*")

_MOVE_PERCENT = 4.0


@dataclass(frozen=True, slots=True)
class MixedFault:
    """One fault of a mix, and how long after the one before it."""

    after_ms: int
    kind: FaultKind
    given: Mapping[str, Value]


def mixed_faults(seed: int, *, count: int, every_ms: int) -> Iterator[MixedFault]:
    """A mix.

    Args:
        seed: The same seed gives the same faults at the same distances.
        count: How many.
        every_ms: Mean distance between two.
    """
    chance = random.Random(f"mix {seed}")  # noqa: S311 - which disaster is next, no secret
    kinds: dict[Place, list[FaultKind]] = {}
    for kind in FAULT_KINDS.values():
        if kind.mix is not None:
            kinds.setdefault(kind.place, []).append(kind)
    for _ in range(count):
        # The place first: twenty ways to lose an answer must not crowd out the others.
        kind = chance.choice(kinds[chance.choice(list(kinds))])
        given = dict(kind.mix or {})
        for parameter in kind.parameters:
            if parameter.choices and parameter.name not in given:
                given[parameter.name] = chance.choice(parameter.choices)
        if kind.place is Place.MARKET:
            given["percent"] = round(chance.uniform(-_MOVE_PERCENT, _MOVE_PERCENT), 2)
        if kind.place is Place.REPLY and kind.endpoint == ORDER_ENDPOINT:
            given["endpoint"] = chance.choice(_ENDPOINTS)
        yield MixedFault(max(1, round(chance.expovariate(1.0 / every_ms))), kind, given)
