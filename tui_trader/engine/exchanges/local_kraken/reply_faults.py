"""What can happen to one REST call: before it is carried out, instead of that, and afterwards."""

import asyncio
import socket
import struct
from collections.abc import Callable, Mapping

from aiohttp import web

from tui_trader.engine.exchanges.local_kraken import fault_table
from tui_trader.engine.exchanges.local_kraken.faults import FaultPlan
from tui_trader.engine.exchanges.local_kraken.signing import INVALID_NONCE
from tui_trader.engine.exchanges.local_kraken.venue_status import VenueStatus
from tui_trader.engine.exchanges.simulator.rejections import INSUFFICIENT_FUNDS, Rejected
from tui_trader.engine.values.time import MS_PER_SECOND

_PAGE = (
    "<html><head><title>{status} {reason}</title></head>"
    "<body><center><h1>{status} {reason}</h1></center><hr><center>cloudflare</center></body></html>"
)
_REASONS = {
    429: "Too Many Requests",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
    520: "Web server is returning an unknown error",
}
# Linger on, for no time: the close is a reset, and what was not sent is thrown away.
_RESET = struct.pack("ii", 1, 0)
OrderNames = Mapping[str, str]


class ReplyFaults:
    """Asked by the REST face around each call.

    Args:
        race: Fills the order that a cancel names, as if somebody had been faster.
    """

    def __init__(
        self, plan: FaultPlan, status: VenueStatus, race: Callable[[OrderNames], None]
    ) -> None:
        self._plan, self._status, self._race = plan, status, race

    def before(self, request: web.Request, name: str) -> web.StreamResponse | None:
        """An answer instead of the call, or `None`: carry it out."""
        if self._plan.is_empty:
            return None
        if self._plan.take(fault_table.DROP_REPLY_BEFORE, name):
            return _cut(request)
        if self._plan.take(fault_table.RESET_BEFORE, name):
            return _reset(request)
        for status, kind in fault_table.HTTP_BEFORE.items():
            if self._plan.take(kind, name):
                return _web_page(status)
        return None

    def check(self, name: str, form: OrderNames) -> None:
        """Let a private call be carried out.

        Raises:
            Rejected: a fault or the state of the exchange forbids it.
        """
        if not self._plan.is_empty:
            self._refuse(name)
        self._status.check(name, is_post_only="post" in form.get("oflags", ""))
        if self._plan.take(fault_table.CANCEL_FILL_RACE, name):
            self._race(form)

    def _refuse(self, name: str) -> None:
        refusal = self._plan.take(fault_table.REFUSE, name)
        if refusal is not None:
            raise Rejected(refusal.text("error"))
        if self._plan.take(fault_table.BAD_NONCE, name):
            raise Rejected(INVALID_NONCE)
        if self._plan.take(fault_table.HOSTILE_ERROR, name):
            raise Rejected(INSUFFICIENT_FUNDS + fault_table.HOSTILE_TEXT)

    async def after(
        self, request: web.Request, name: str, answer: bytes
    ) -> web.StreamResponse | bytes:
        """The answer that leaves: `answer`, something else, or the end of the connection."""
        if self._plan.is_empty:
            return answer
        delay = self._plan.take(fault_table.DELAY_REPLY, name)
        if delay is not None:
            await asyncio.sleep(delay.number("ms") / MS_PER_SECOND)
        if self._plan.take(fault_table.DROP_REPLY_AFTER, name):
            return _cut(request)
        if self._plan.take(fault_table.RESET_AFTER, name):
            return _reset(request)
        for status, kind in fault_table.HTTP_AFTER.items():
            if self._plan.take(kind, name):
                return _web_page(status)
        lie = self._plan.take(fault_table.REFUSE_AFTER, name)
        if lie is not None:
            return web.json_response({"error": [lie.text("error")]})
        return answer


def _cut(request: web.Request) -> web.StreamResponse:
    """End the connection the hard way; the response returned is never sent."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _reset(request: web.Request) -> web.StreamResponse:
    """End the connection with a reset instead of an end."""
    if request.transport is not None:
        wire = request.transport.get_extra_info("socket")
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    return _cut(request)


def _web_page(status: int) -> web.Response:
    reason = _REASONS[status]
    text = _PAGE.format(status=status, reason=reason)
    return web.Response(status=status, reason=reason, text=text, content_type="text/html")
