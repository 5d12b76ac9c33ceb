"""One connection to an exchange through ccxt.pro, by its id there, and what its errors mean."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar

import msgspec

from tui_trader.engine.values.errors import (
    ConfigError,
    ExchangeFault,
    OutcomeUnknown,
    RejectedByExchange,
    TemporaryFault,
)
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import MS_PER_SECOND

WORDS_MAX = 200
RETRY_MS, THROTTLED_MS = 5_000, 15_000
_Answer = TypeVar("_Answer")


class CcxtConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Which exchange, with which key.

    Args:
        exchange: Its id in ccxt: `binance`, `bitstamp`, …
        overrides: Laid over ccxt's own description, addresses for example.
        has_ccxt_limiter: ccxt counts calls for us: it knows the exchange's pace, and delays orders by it.
    """

    exchange: str
    api_key: str = ""
    api_secret: str = ""
    request_timeout_s: float = 10.0
    book_depth: int = 25
    has_ccxt_limiter: bool = True
    overrides: Mapping[str, Any] = {}

    def __repr__(self) -> str:
        key = "set" if self.api_key else "unset"
        return f"CcxtConfig(exchange={self.exchange!r}, api_key is {key})"

    __str__ = __repr__

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """What rich shows, in a traceback with locals too; msgspec's own shows every field."""
        return [("exchange", self.exchange)]


class CcxtConnection:
    """One ccxt.pro exchange; made anew after its sockets are lost.

    Args:
        has_text_numbers: Numbers come as text, for amounts that must be exact.

    Raises:
        ConfigError: ccxt.pro does not know the exchange.
    """

    def __init__(self, config: CcxtConfig, *, has_text_numbers: bool) -> None:
        # 0.5 s and 100 MB: only who trades elsewhere than at Kraken pays it.
        import ccxt.pro  # type: ignore[import-untyped]

        if config.exchange not in ccxt.pro.exchanges:
            known = f"{len(ccxt.pro.exchanges)} are known, kraken, binance and bitstamp among them"
            message = f"ccxt.pro knows no exchange {config.exchange!r}; {known}"
            raise ConfigError(message, key="venue.exchange")
        self.name = config.exchange
        self._errors = ccxt.BaseError
        self._throttled = ccxt.DDoSProtection
        self._absent = ccxt.OrderNotFound
        self._definite = (
            ccxt.InsufficientFunds,
            ccxt.InvalidOrder,
            ccxt.BadRequest,
            ccxt.AuthenticationError,
            ccxt.ArgumentsRequired,
            ccxt.NotSupported,
            ccxt.InvalidNonce,
        )
        options: dict[str, Any] = {
            "apiKey": config.api_key,
            "secret": config.api_secret,
            "enableRateLimit": config.has_ccxt_limiter,
            # Any other number sends orders again.
            "maxRetriesOnFailure": 0,
            "timeout": round(config.request_timeout_s * MS_PER_SECOND),
            **config.overrides,
        }
        self.exchange: Any = getattr(ccxt.pro, config.exchange)(options)
        if has_text_numbers:
            self.exchange.number = str
        # On DEBUG it logs the headers and the body of every call.
        self.exchange.logger.setLevel("WARNING")
        self.exchange.timeout_on_exit = 0

    def __repr__(self) -> str:
        return f"CcxtConnection({self.name!r})"

    async def ask(self, answer: Awaitable[_Answer]) -> _Answer:
        """The answer to a question.

        Raises:
            TemporaryFault: none came.
        """
        try:
            return await answer
        except (self._errors, OSError, TimeoutError, KeyError, TypeError, ValueError) as fault:
            is_throttled = isinstance(fault, self._throttled)
            retry_after_ms = THROTTLED_MS if is_throttled else RETRY_MS
            raise TemporaryFault(self._words(fault), retry_after_ms=retry_after_ms) from fault

    async def change(self, answer: Awaitable[_Answer]) -> _Answer:
        """The answer to something that changes something, sent once.

        Raises:
            RejectedByExchange: nothing happened, by the class ccxt files the refusal under.
            OutcomeUnknown: something may have; refusals that ccxt has no class for, too.
        """
        try:
            return await answer
        except (self._errors, OSError, TimeoutError, KeyError, TypeError, ValueError) as fault:
            raise self._weighed(fault) from fault

    def is_absent(self, fault: BaseException | None) -> bool:
        """Whether the exchange says that it has no such order."""
        return isinstance(fault, self._absent)

    async def markets(self, *, anew: bool = False) -> Mapping[str, Mapping[str, Any]]:
        """Every market by symbol.

        Raises:
            TemporaryFault: they could not be asked.
        """
        markets: Mapping[str, Mapping[str, Any]] = await self.ask(self.exchange.load_markets(anew))
        return markets

    async def close(self) -> None:
        """Release connections."""
        await self.exchange.close()
        # ccxt ends its reader tasks without waiting for them.
        await asyncio.sleep(0)

    def _weighed(self, fault: BaseException) -> ExchangeFault:
        if isinstance(fault, self._definite):
            return RejectedByExchange(self._words(fault))
        return OutcomeUnknown(f"{self._words(fault)}; look it up")

    def _words(self, fault: BaseException) -> str:
        text = sanitize(str(fault), length_max=WORDS_MAX)
        is_page = "<" in text or "http" in text
        said = type(fault).__name__ if is_page or not text else f"{type(fault).__name__}: {text}"
        return f"{self.name}: {said}"
