"""What can happen to one WebSocket message on its way: lost, twice, late, or with a false price."""

import re
from collections.abc import Sequence

from tui_trader.engine.exchanges.local_kraken import fault_table
from tui_trader.engine.exchanges.local_kraken.faults import FaultPlan

_CHANNEL = re.compile(r'\{"channel":"(\w+)","type":"update"')
_PRICE = re.compile(r'("(?:last|price|close|last_price)":)[-+.\w]+')


class MessageFaults:
    """Distorts what one connection is told; one of these for each connection.

    Args:
        plan: Shared by all connections: a fault armed once happens once.
    """

    def __init__(self, plan: FaultPlan) -> None:
        self._plan = plan
        self._held: list[str] = []

    def through(self, text: str) -> Sequence[str]:
        """What leaves instead of `text`, in this order."""
        if self._plan.is_empty and not self._held:
            return (text,)
        found = _CHANNEL.match(text)
        if found is None:
            return (text,)
        if self._held:
            late, self._held = self._held, []
            return (text, *late)
        return self._distorted(text, found.group(1))

    def _distorted(self, text: str, channel: str) -> Sequence[str]:
        if self._plan.take(fault_table.WS_LOSE, channel):
            return ()
        if self._plan.take(fault_table.WS_DUPLICATE, channel):
            return (text, text)
        if self._plan.take(fault_table.WS_REORDER, channel):
            self._held.append(text)
            return ()
        if _PRICE.search(text):
            false = self._plan.take(fault_table.WS_PRICE, channel)
            if false is not None:
                price = fault_table.PRICES_BAD[false.text("value")]
                return (_PRICE.sub(rf"\g<1>{price}", text, count=1),)
        return (text,)
