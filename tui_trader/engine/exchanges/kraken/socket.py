"""One WebSocket link to Kraken: connects, notices silence, backs off, connects again.

Law: whatever goes wrong on a link ends its connection with `LinkDown` and a new one is made; after
each loss one DOWN, after each success one UP, so that whoever reconciles on UP misses nothing. There
is no queue here: what is not read stays in the kernel's buffer and slows the sender down.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import msgspec

from tui_trader.engine.messages.reports import HeartbeatReport, LinkReport
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.market_feed import Deliver
from tui_trader.engine.values.errors import ExchangeFault, TemporaryFault
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import MS_PER_SECOND

# A book of 1,000 levels is 90 kB; the account's snapshots are smaller.
MESSAGE_BYTES_MAX = 4 * 1024 * 1024
HEARTBEAT_EVERY_MS = 1_000
STALL_GRACE_S = 0.05
_ENDED = frozenset({aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED})

Chance = Callable[[], float]
"""A number in [0, 1)."""

Sleep = Callable[[float], Awaitable[None]]

_Shape = TypeVar("_Shape")


class LinkTiming(msgspec.Struct, frozen=True, kw_only=True):
    """How patient a link is.

    Args:
        silence_max_s: Kraken's heartbeat comes each second once anything is subscribed.
        backoff_max_s: Kraken shuts an address out after about 150 attempts in ten minutes.
        healthy_after_s: A connection that lasted this long starts the back-off anew.
    """

    connect_max_s: float = 10.0
    silence_max_s: float = 5.0
    subscribe_max_s: float = 10.0
    ping_every_s: float = 2.0
    backoff_first_s: float = 0.5
    backoff_max_s: float = 30.0
    healthy_after_s: float = 30.0


class LinkDown(Exception):
    """This connection is of no more use; the text says why."""


class Envelope(msgspec.Struct, frozen=True):
    """What every message of WebSocket v2 may carry; the rows are read once the channel is known."""

    channel: str = ""
    type: str = ""
    method: str = ""
    success: bool = True
    error: str | None = None
    sequence: int | None = None
    result: msgspec.Raw = msgspec.Raw(b"null")
    rows: msgspec.Raw = msgspec.field(name="data", default=msgspec.Raw(b"[]"))


_ENVELOPE = msgspec.json.Decoder(Envelope)


def decode(decoder: msgspec.json.Decoder[_Shape], raw: msgspec.Raw | str | bytes) -> _Shape:
    """`raw` as the decoder's type.

    Raises:
        LinkDown: it is no JSON, or not of that type.
    """
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        message = f"malformed message: {sanitize(str(fault), length_max=120)}"
        raise LinkDown(message) from None


class Connection:
    """One connection, as a conversation sees it."""

    def __init__(
        self, socket: aiohttp.ClientWebSocketResponse, clock: Clock, *, timing: LinkTiming
    ) -> None:
        self._socket = socket
        self._clock = clock
        self._timing = timing
        # Silence counts from the first read: before it, REST is asked for pairs or a token.
        self._alive_ms: int | None = None

    async def send(self, message: msgspec.Struct | dict[str, object]) -> None:
        """Send one message.

        Raises:
            LinkDown: the connection is lost.
        """
        try:
            await self._socket.send_str(msgspec.json.encode(message).decode())
        except (OSError, aiohttp.ClientError) as fault:
            message_lost = f"send failed, {type(fault).__name__}"
            raise LinkDown(message_lost) from fault

    async def receive(self) -> Envelope:
        """The next message; pongs are kept here.

        A pong is no sign of life: a subscription that went deaf still answers pings, while Kraken's
        heartbeat comes each second on every connection that subscribed to any channel.
        https://docs.kraken.com/api/docs/websocket-v2/heartbeat

        Raises:
            LinkDown: end or garbage. Silence is noticed by `until_silent`, not here: a timer a
                message would cost more than the message.
        """
        if self._alive_ms is None:
            self._alive_ms = self._clock.monotonic_ms()
        while True:
            message = await self._socket.receive()
            if message.type in _ENDED or message.type is aiohttp.WSMsgType.ERROR:
                ended = f"connection ended, code {self._socket.close_code}"
                raise LinkDown(ended)
            envelope = decode(_ENVELOPE, message.data)
            if envelope.method != "pong":
                self._alive_ms = self._clock.monotonic_ms()
                return envelope

    async def until_silent(self) -> None:
        """Return once nothing but pongs was read for too long."""
        while (left_s := self._patience_s()) > 0:
            await asyncio.sleep(left_s)
            if self._patience_s() <= 0:
                # After a stall of our own, what has arrived meanwhile is read first.
                await asyncio.sleep(STALL_GRACE_S)

    def _patience_s(self) -> float:
        if self._alive_ms is None:
            return self._timing.silence_max_s
        quiet_s = (self._clock.monotonic_ms() - self._alive_ms) / MS_PER_SECOND
        return self._timing.silence_max_s - quiet_s

    async def ping_forever(self) -> None:
        """Say at intervals that we are there, until cancelled or the connection is lost."""
        while True:
            await asyncio.sleep(self._timing.ping_every_s)
            try:
                await self.send({"method": "ping"})
            except LinkDown:
                # The reader meets the same loss and says so.
                return


Conversation = Callable[[Connection], Awaitable[None]]


class Link:
    """A connection that is made again whenever it is lost.

    Args:
        name: As reports call it: `kraken public`.
        chance: Spreads the reconnections of many clients.
    """

    def __init__(
        self,
        name: str,
        url: str,
        *,
        clock: Clock,
        chance: Chance,
        timing: LinkTiming | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._name = name
        self._url = url
        self._clock = clock
        self._chance = chance
        self.timing = timing or LinkTiming()
        self._sleep = sleep
        self._may_tell = True

    async def run(self, converse: Conversation, deliver: Deliver) -> None:
        """Hold conversations, one a connection, until cancelled."""
        attempt = 0
        while True:
            began_ms = self._clock.monotonic_ms()
            self._tell(deliver, LinkState.CONNECTING, "")
            retry_after_s = 0.0
            try:
                await self._converse_once(converse)
                detail = "conversation ended"
            except TemporaryFault as fault:
                # REST said no on the way here; a locked-out key that keeps asking stays locked out.
                detail, retry_after_s = sanitize(str(fault)), fault.retry_after_ms / MS_PER_SECOND
            except (LinkDown, ExchangeFault) as fault:
                detail = sanitize(str(fault))
            self._tell(deliver, LinkState.DOWN, detail)
            lasted_s = (self._clock.monotonic_ms() - began_ms) / MS_PER_SECOND
            attempt = 0 if lasted_s >= self.timing.healthy_after_s else attempt + 1
            await self._sleep(max(retry_after_s, self.backoff_s(attempt)))

    def backoff_s(self, attempt: int) -> float:
        """Pause before the next connection: doubled each time up to a maximum, half of it by chance."""
        exponent = min(max(0, attempt - 1), 16)
        longest = min(self.timing.backoff_max_s, self.timing.backoff_first_s * 2.0**exponent)
        return longest * (0.5 + self._chance() / 2)

    def tell_up(self, deliver: Deliver) -> None:
        """Say that everything is subscribed."""
        self._tell(deliver, LinkState.UP, "")

    def tell_heartbeat(self, deliver: Deliver) -> None:
        """Say that something arrived, at most once a second."""
        if self._may_tell:
            # A flag and a timer: asking the clock at every message would cost more.
            self._may_tell = False
            loop = asyncio.get_running_loop()
            loop.call_later(HEARTBEAT_EVERY_MS / MS_PER_SECOND, self._allow_telling)
            deliver(HeartbeatReport(time_ms=self._clock.now_ms(), link=self._name))

    def _allow_telling(self) -> None:
        self._may_tell = True

    def _tell(self, deliver: Deliver, state: LinkState, detail: str) -> None:
        deliver(
            LinkReport(time_ms=self._clock.now_ms(), link=self._name, state=state, detail=detail)
        )

    async def _converse_once(self, converse: Conversation) -> None:
        try:
            async with aiohttp.ClientSession() as session:
                async with asyncio.timeout(self.timing.connect_max_s):
                    socket = await session.ws_connect(
                        self._url, compress=0, max_msg_size=MESSAGE_BYTES_MAX, autoping=True
                    )
                async with socket:
                    await self._converse_on(
                        Connection(socket, self._clock, timing=self.timing), converse
                    )
        except (OSError, aiohttp.ClientError, TimeoutError) as fault:
            message = f"cannot connect, {type(fault).__name__}"
            raise LinkDown(message) from fault

    async def _converse_on(self, connection: Connection, converse: Conversation) -> None:
        limit = asyncio.timeout(None)

        async def watch() -> None:
            await connection.until_silent()
            limit.reschedule(asyncio.get_running_loop().time())

        beside = [asyncio.create_task(watch()), asyncio.create_task(connection.ping_forever())]
        try:
            async with limit:
                await converse(connection)
        except TimeoutError:
            if not limit.expired():
                raise
            message = f"silent for {self.timing.silence_max_s:g} s"
            raise LinkDown(message) from None
        finally:
            for task in beside:
                task.cancel()
