"""Calls to Kraken through ccxt, each counted, in its turn, and ending in one of our faults.

Law: ccxt signs and carries; it never waits, repeats or translates. Its limiter is off (it delays an
order by up to 7 s behind reads), its retries are off (they send AddOrder again), its numbers are text.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import msgspec

from tui_trader.engine.exchanges.ccxt_bridge import faults
from tui_trader.engine.exchanges.ccxt_bridge.nonces import Nonces, RisingNonces, SharedNonces
from tui_trader.engine.exchanges.ccxt_bridge.turns import Turns, Urgency
from tui_trader.engine.exchanges.ccxt_bridge.venue_config import VenueConfig
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.values.errors import OutcomeUnknown, RejectedByExchange, TemporaryFault
from tui_trader.engine.values.time import MS_PER_SECOND

# A read that an order overtook is refused by its nonce; once more is harmless for a read.
READ_ATTEMPTS_MAX = 2
# ccxt looks into an answer without checking its shape: {"error": null} is a TypeError there.
_CCXT_STUMBLES = (
    TypeError,
    AttributeError,
    KeyError,
    IndexError,
    ValueError,
    OSError,
    TimeoutError,
)

Parameters = Mapping[str, object]
_Signed = Callable[[dict[str, object]], Awaitable[object]]


class Budget(Protocol):
    """Who may ask how often."""

    async def spend(self, cost: int, *, is_urgent: bool = False) -> None:
        """Wait until `cost` may be spent.

        Raises:
            TemporaryFault: the wait would be too long; nothing was sent.
        """
        ...


class Budgets(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of the two interfaces: one counter a key, one an address."""

    private: Budget
    public: Budget


class KrakenClient:
    """One key at Kraken's REST interface."""

    def __init__(self, config: VenueConfig, clock: Clock, *, budgets: Budgets) -> None:
        # 0.5 s and 100 MB: who never trades never pays it.
        import ccxt.async_support as ccxt  # type: ignore[import-untyped]

        self._clock = clock
        self._budgets = budgets
        self._turns = Turns()
        self._errors: tuple[type[BaseException], ...] = (ccxt.BaseError, *_CCXT_STUMBLES)
        self._exchange = ccxt.kraken(_ccxt_options(config))
        self._exchange.number = str
        # On DEBUG it logs the headers and the body of every call: key, signature, token.
        self._exchange.logger.setLevel("WARNING")
        # Microseconds, 16 digits. ccxt's own are 13 digits, and two processes of one key draw the same.
        # A key that was ever used with longer ones (python-kraken-sdk: 18) refuses these for ever:
        # make a new key.
        self._nonces: Nonces = (
            RisingNonces(clock)
            if config.nonce_file is None
            else SharedNonces(config.nonce_file, clock)
        )
        self._exchange.incrementing_nonce = self._nonces.next
        if config.rest_url.startswith("http://"):
            # ccxt sleeps so that TLS can say good-bye; there is none.
            self._exchange.timeout_on_exit = 0

    def __repr__(self) -> str:
        return "KrakenClient()"

    async def ask_public(self, endpoint: str, parameters: Parameters, *, cost: int = 1) -> object:
        """Result of a public call.

        Raises:
            TemporaryFault: no answer.
        """
        await self._budgets.public.spend(cost)
        try:
            answer = await self._method(f"publicGet{endpoint}")(dict(parameters))
        except self._errors as fault:
            raise faults.read_fault(endpoint, fault) from fault
        return _result(answer, endpoint)

    async def ask(
        self, endpoint: str, parameters: Parameters, *, cost: int, is_urgent: bool = False
    ) -> object:
        """Result of a private call that changes nothing.

        Raises:
            KrakenSaid: Kraken answered with an error.
            TemporaryFault: no answer.
        """
        for attempt in range(1, READ_ATTEMPTS_MAX + 1):
            await self._budgets.private.spend(cost, is_urgent=is_urgent)
            try:
                async with self._turns.turn(Urgency.READ), self._nonces.road(is_patient=True):
                    answer = await self._method(f"privatePost{endpoint}")(dict(parameters))
                return _result(answer, endpoint)
            except self._errors as fault:
                errors = faults.kraken_errors(fault)
                if faults.NONCE_INVALID in errors and attempt < READ_ATTEMPTS_MAX:
                    continue
                weighed = faults.read_fault(endpoint, fault)
                raise KrakenSaid(weighed, errors) from fault
        raise AssertionError(endpoint)

    async def change(
        self,
        endpoint: str,
        parameters: Parameters,
        *,
        urgency: Urgency,
        not_after_ms: int | None = None,
    ) -> object:
        """Result of a private call that changes something, sent once or not at all.

        A call that had to wait for its turn beyond `not_after_ms` (UTC) is not sent.

        Raises:
            RejectedByExchange: nothing happened.
            OutcomeUnknown: something may have.
        """
        try:
            async with self._turns.turn(urgency), self._nonces.road(is_patient=False):
                if not_after_ms is not None and self._clock.now_ms() >= not_after_ms:
                    message = f"kraken {endpoint}: not sent, its deadline passed while it waited"
                    raise RejectedByExchange(message)
                return await self._changed(endpoint, parameters)
        except TemporaryFault as fault:
            # Only the turn raises it, before anything left.
            raise RejectedByExchange(str(fault)) from fault

    async def _changed(self, endpoint: str, parameters: Parameters) -> object:
        try:
            answer = await self._method(f"privatePost{endpoint}")(dict(parameters))
        except self._errors as fault:
            raise faults.change_fault(endpoint, fault) from fault
        try:
            return _result(answer, endpoint)
        except TemporaryFault as fault:
            raise OutcomeUnknown(str(fault)) from fault

    async def close(self) -> None:
        """Release connections."""
        await self._exchange.close()

    def _method(self, name: str) -> _Signed:
        method: _Signed = getattr(self._exchange, name)
        return method


class KrakenSaid(TemporaryFault):
    """A question that Kraken answered with an error, which may itself be the answer."""

    def __init__(self, weighed: TemporaryFault, errors: tuple[str, ...]) -> None:
        super().__init__(str(weighed), retry_after_ms=weighed.retry_after_ms)
        self.errors = errors


def _ccxt_options(config: VenueConfig) -> dict[str, Any]:
    return {
        "apiKey": config.api_key,
        "secret": config.api_secret,
        "enableRateLimit": False,
        "maxRetriesOnFailure": 0,
        "timeout": round(config.request_timeout_s * MS_PER_SECOND),
        "urls": {"api": {"public": config.rest_url, "private": config.rest_url}},
    }


def _result(answer: object, endpoint: str) -> object:
    """`result` of Kraken's envelope; an error in it has been raised by ccxt before."""
    if not isinstance(answer, dict) or "result" not in answer:
        message = f"kraken {endpoint}: an answer without result"
        raise TemporaryFault(message)
    return answer["result"]
