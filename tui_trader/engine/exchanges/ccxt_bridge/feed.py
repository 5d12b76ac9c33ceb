"""The REST half of the market feed: what is listed, and what prices were."""

import asyncio

from tui_trader.engine.exchanges.ccxt_bridge import translate, wire
from tui_trader.engine.exchanges.ccxt_bridge.client import KrakenClient
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.errors import RejectedByExchange
from tui_trader.engine.values.instruments import Instrument, Symbol
from tui_trader.engine.values.time import MS_PER_SECOND


class RestFeed:
    """Instruments, candles and the time of Kraken."""

    def __init__(self, client: KrakenClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._pairs: translate.Pairs | None = None
        self._asking = asyncio.Lock()

    async def pairs(self) -> translate.Pairs:
        """Everything Kraken lists, asked for once.

        Raises:
            TemporaryFault: it could not be asked.
        """
        # Thirty orders at the start of a session ask once, not thirty times against the limit.
        async with self._asking:
            return self._pairs or await self.pairs_now()

    async def pairs_now(self) -> translate.Pairs:
        """Everything Kraken lists now; `pairs` answers with it from here on.

        Raises:
            TemporaryFault: it could not be asked.
        """
        # All pairs, not ours: one unknown name in `pair=` refuses the whole call, and an account
        # may hold orders in any of them.
        self._pairs = translate.Pairs(await self._client.ask_public("AssetPairs", {}))
        return self._pairs

    def forget_pairs(self) -> None:
        """Ask again for what is listed, the next time it is needed."""
        self._pairs = None

    async def instruments(self, symbols: tuple[Symbol, ...]) -> tuple[Instrument, ...]:
        """`MarketFeed.instruments`."""
        return listed(symbols, await self.pairs_now())

    async def candle_history(
        self, symbol: Symbol, interval: Interval, count: int
    ) -> tuple[Candle, ...]:
        """`MarketFeed.candle_history`."""
        # Raw, because ccxt's fetch_ohlcv wants its own table of pairs first, under its own names.
        pair_id = pair_id_of(symbol, await self.pairs())
        parameters: dict[str, object] = {"pair": pair_id, "interval": interval.minutes}
        raw = await self._client.ask_public("OHLC", parameters)
        return translate.candles_from(raw)[-max(1, count) :]

    async def server_skew_ms(self) -> int:
        """How far Kraken's clock is ahead of ours; Kraken tells whole seconds, so ± 1 s.

        Raises:
            TemporaryFault: it could not be asked.
        """
        sent_ms = self._clock.now_ms()
        raw = await self._client.ask_public("Time", {})
        middle_ms = (sent_ms + self._clock.now_ms()) // 2
        seconds = translate.parse_answer(raw, wire.TimeAnswer).unixtime
        return seconds * MS_PER_SECOND + MS_PER_SECOND // 2 - middle_ms


def listed(symbols: tuple[Symbol, ...], pairs: translate.Pairs) -> tuple[Instrument, ...]:
    """The instruments of `symbols`, in their order.

    Raises:
        RejectedByExchange: one is not listed; the message names it.
    """
    for symbol in symbols:
        pair_id_of(symbol, pairs)
    return tuple(pairs.instrument(symbol) for symbol in symbols)


def pair_id_of(symbol: Symbol, pairs: translate.Pairs) -> str:
    """Kraken's name of a pair.

    Raises:
        RejectedByExchange: it is not listed.
    """
    pair_id = pairs.pair_id(symbol)
    if pair_id is None:
        message = f"{symbol}: kraken does not list this pair; see [market] pairs"
        raise RejectedByExchange(message)
    return pair_id
