"""The private half of Kraken's WebSocket v2: orders, fills and balances of one account.

Law: rows in between are missing, or rows that cannot be understood, end the connection. The next one
begins with snapshots, and its UP makes the core reconcile over REST: nothing is guessed here.
"""

from collections.abc import Awaitable, Callable

import msgspec

from tui_trader.engine.exchanges.ccxt_bridge.translate import MalformedAnswer
from tui_trader.engine.exchanges.kraken.account_rows import BalanceMemory, OrderMemory
from tui_trader.engine.exchanges.kraken.socket import Connection, Envelope, Link, LinkDown, decode
from tui_trader.engine.exchanges.kraken.wire import AckResult, BalanceRow, ExecutionRow
from tui_trader.engine.messages.reports import BalanceReport, FillReport, OrderReport
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.market_feed import Deliver
from tui_trader.engine.values.time import MS_PER_SECOND

LINK_NAME = "kraken private"
EXECUTIONS, BALANCES = "executions", "balances"

Token = Callable[[], Awaitable[str]]

_ACK = msgspec.json.Decoder(AckResult)
_EXECUTIONS = msgspec.json.Decoder(tuple[ExecutionRow, ...])
_BALANCES = msgspec.json.Decoder(tuple[BalanceRow, ...])


class PrivateFeed:
    """Account reports of one key, for as long as it runs.

    Args:
        token: Asked for each connection anew: a token lives 15 minutes until it is used, and as long
            as its connection afterwards, so none is kept and none expires.
    """

    def __init__(self, link: Link, clock: Clock, *, token: Token) -> None:
        self._link = link
        self._clock = clock
        self._token = token

    async def run(self, deliver: Deliver) -> None:
        """`Execution.run`."""

        async def converse(connection: Connection) -> None:
            await self._follow(connection, deliver)

        await self._link.run(converse, deliver)

    async def _follow(self, connection: Connection, deliver: Deliver) -> None:
        for request in subscriptions(await self._token()):
            await connection.send(request)
        account = _Account(self._clock, deliver)
        began_ms = self._clock.monotonic_ms()
        is_up = False
        while True:
            envelope = await connection.receive()
            self._link.tell_heartbeat(deliver)
            account.take(envelope)
            if is_up:
                continue
            if not account.awaited:
                is_up = True
                self._link.tell_up(deliver)
            elif self._clock.monotonic_ms() - began_ms > (
                self._link.timing.subscribe_max_s * MS_PER_SECOND
            ):
                message = "not everything was subscribed in time"
                raise LinkDown(message)


def subscriptions(token: str) -> tuple[dict[str, object], ...]:
    """Requests that open a connection."""
    executions: dict[str, object] = {
        "channel": EXECUTIONS,
        "snap_orders": True,
        "snap_trades": True,
        "token": token,
    }
    balances: dict[str, object] = {"channel": BALANCES, "snapshot": True, "token": token}
    return tuple({"method": "subscribe", "params": each} for each in (executions, balances))


class _Account:
    """What one connection knows: how far its channels are, its orders, its wallets."""

    def __init__(self, clock: Clock, deliver: Deliver) -> None:
        self._clock = clock
        self._deliver = deliver
        self._sequences: dict[str, int] = {}
        self._orders = OrderMemory()
        self._balances = BalanceMemory()
        self.awaited = {EXECUTIONS, BALANCES}

    def take(self, envelope: Envelope) -> None:
        """Weigh one message.

        Raises:
            LinkDown: the connection is of no more use.
        """
        if envelope.channel in {EXECUTIONS, BALANCES}:
            self._check_sequence(envelope)
            try:
                self._take_rows(envelope)
            except MalformedAnswer as fault:
                raise LinkDown(str(fault)) from fault
        elif envelope.method == "subscribe":
            self._take_acknowledgement(envelope)

    def _take_acknowledgement(self, envelope: Envelope) -> None:
        if not envelope.success:
            message = f"subscription refused: {envelope.error}"
            raise LinkDown(message)
        self.awaited.discard(decode(_ACK, envelope.result).channel)

    def _check_sequence(self, envelope: Envelope) -> None:
        if envelope.sequence is None:
            return
        last = self._sequences.get(envelope.channel)
        if last is not None and envelope.sequence != last + 1:
            message = f"{envelope.channel}: sequence went from {last} to {envelope.sequence}"
            raise LinkDown(message)
        self._sequences[envelope.channel] = envelope.sequence

    def _take_rows(self, envelope: Envelope) -> None:
        is_snapshot = envelope.type == "snapshot"
        now_ms = self._clock.now_ms()
        if envelope.channel == BALANCES:
            rows = decode(_BALANCES, envelope.rows)
            balances = self._balances.take(rows, is_snapshot=is_snapshot)
            if balances:
                self._deliver(BalanceReport(time_ms=now_ms, balances=balances))
            return
        for row in decode(_EXECUTIONS, envelope.rows):
            # The fill first: who hears of the order's end shall know how it came.
            fill = self._orders.fill(row)
            if fill is not None:
                self._deliver(FillReport(time_ms=now_ms, fill=fill))
            order = self._orders.take(row, is_snapshot=is_snapshot)
            if order is not None:
                self._deliver(OrderReport(time_ms=now_ms, order=order))
