"""Disasters on demand: which faults are armed, for which endpoint, how many times.

Law: this file only keeps the list; each face of the exchange asks `take` at the place where the
fault belongs, so a new fault is one row here and one question there.
"""

from dataclasses import dataclass, replace

ANY_ENDPOINT = "*"
ORDER_ENDPOINT = "AddOrder"
COUNT_MAX = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultKind:
    """One thing that can go wrong.

    Args:
        endpoint: Which REST endpoint it hits unless told otherwise; empty for WebSocket faults.
        explanation: For `--help`.
    """

    name: str
    endpoint: str
    explanation: str


DROP_REPLY_AFTER = FaultKind(
    name="drop_reply_after",
    endpoint=ORDER_ENDPOINT,
    explanation="the call is carried out, then the connection is cut without a reply",
)
DROP_REPLY_BEFORE = FaultKind(
    name="drop_reply_before",
    endpoint=ORDER_ENDPOINT,
    explanation="the connection is cut and nothing is carried out",
)
DELAY_REPLY = FaultKind(
    name="delay_reply",
    endpoint=ORDER_ENDPOINT,
    explanation='the call is carried out, the reply comes "ms" milliseconds later',
)
HTTP_502_AFTER = FaultKind(
    name="http_502_after",
    endpoint=ORDER_ENDPOINT,
    explanation="the call is carried out, the reply is HTTP 502",
)
HTTP_502_BEFORE = FaultKind(
    name="http_502_before",
    endpoint=ORDER_ENDPOINT,
    explanation="nothing is carried out, the reply is HTTP 502",
)
REFUSE = FaultKind(
    name="refuse",
    endpoint=ANY_ENDPOINT,
    explanation='private calls are refused with "error" (EService:Unavailable)',
)
WS_DROP = FaultKind(
    name="ws_drop", endpoint="", explanation="every WebSocket is cut at once, without a close"
)
WS_SILENT = FaultKind(
    name="ws_silent",
    endpoint="",
    explanation='WebSockets stay open but nothing is sent for "seconds" (10); it is lost',
)
BOOK_FLIP = FaultKind(
    name="book_flip",
    endpoint="",
    explanation="a digit of the next book update is wrong, so that its checksum disagrees",
)
MOVE = FaultKind(
    name="move",
    endpoint="",
    explanation='the fair price of "pair" jumps by "percent": {"pair": "BTC/USD", "percent": -5}',
)

FAULT_KINDS = {
    kind.name: kind
    for kind in (
        DROP_REPLY_AFTER,
        DROP_REPLY_BEFORE,
        DELAY_REPLY,
        HTTP_502_AFTER,
        HTTP_502_BEFORE,
        REFUSE,
        WS_DROP,
        WS_SILENT,
        BOOK_FLIP,
        MOVE,
    )
}
CLEAR = "clear"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmedFault:
    """A fault that waits for its moment.

    Args:
        count: How many times it still happens.
        delay_ms: For `delay_reply`.
        error: For `refuse`.
    """

    kind: FaultKind
    endpoint: str
    count: int = 1
    delay_ms: int = 0
    error: str = "EService:Unavailable"


class FaultPlan:
    """What is armed."""

    def __init__(self) -> None:
        self._armed: list[ArmedFault] = []

    def arm(self, fault: ArmedFault) -> None:
        """Add one; faults of the same kind happen in the order they were armed."""
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

    def take(self, kind: FaultKind, endpoint: str = "") -> ArmedFault | None:
        """The fault to let happen here and now, counted down; `None` when none is armed."""
        for index, fault in enumerate(self._armed):
            if fault.kind is kind and fault.endpoint in {endpoint, ANY_ENDPOINT}:
                if fault.count > 1:
                    self._armed[index] = replace(fault, count=fault.count - 1)
                else:
                    del self._armed[index]
                return fault
        return None


def describe_faults() -> str:
    """Table of the faults, for people."""
    width = max(len(name) for name in FAULT_KINDS)
    rows = [f"  {kind.name:<{width}}  {kind.explanation}" for kind in FAULT_KINDS.values()]
    rows.append(f"  {CLEAR:<{width}}  disarm everything, end ws_silent")
    return "\n".join(rows)
