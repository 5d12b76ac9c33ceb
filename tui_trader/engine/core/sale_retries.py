"""When a sale that was refused is tried again: after a second, then ever more seldom, at least once a minute.

Law: a wish to sell is never given up, and no refusal fills the journal: coins that are not there are asked
for 1,440 times a day and not 86,400 times. What our own gate refused costs nobody anything to ask again:
it leaves with the first price, book or connection that lets it through, long before its time.
"""

from collections.abc import Iterable

from tui_trader.engine.values.instruments import Symbol

FIRST_MS = 1_000
PAUSE_MS_MAX = 60_000


class SaleRetries:
    """Refused sales of one strategy.

    Args:
        symbols: What was wanted before a restart, due at once.
    """

    def __init__(self, symbols: Iterable[Symbol]) -> None:
        self._due_ms: dict[Symbol, int] = dict.fromkeys(symbols, 0)
        self._pause_ms: dict[Symbol, int] = {}
        self._by_gate: set[Symbol] = set()

    @property
    def is_waiting(self) -> bool:
        """Whether anything is to be tried again."""
        return bool(self._due_ms)

    def refuse(self, symbol: Symbol, now_ms: int, *, is_by_gate: bool) -> None:
        """It was refused just now, by our gate or by the exchange."""
        pause_ms = self._pause_ms.get(symbol, FIRST_MS)
        self._due_ms[symbol] = now_ms + pause_ms
        self._pause_ms[symbol] = min(PAUSE_MS_MAX, 2 * pause_ms)
        (self._by_gate.add if is_by_gate else self._by_gate.discard)(symbol)

    def wait(self, symbol: Symbol, now_ms: int) -> bool:
        """Nobody was asked, so nothing grows more seldom; whether it begins to wait only now."""
        is_new = symbol not in self._due_ms
        if not self.must_wait(symbol, now_ms):
            self._due_ms[symbol] = now_ms + FIRST_MS
            self._by_gate.add(symbol)
        return is_new

    def sent(self, symbol: Symbol) -> None:
        """It was not refused."""
        self._due_ms.pop(symbol, None)
        self._pause_ms.pop(symbol, None)
        self._by_gate.discard(symbol)

    def must_wait(self, symbol: Symbol, now_ms: int) -> bool:
        """Whether it is too early."""
        return bool(self._due_ms) and now_ms < self._due_ms.get(symbol, 0)

    def is_by_gate(self, symbol: Symbol) -> bool:
        """Whether it was our own gate that said no: that may be asked silently at any time."""
        return symbol in self._by_gate

    def open(self, now_ms: int) -> list[Symbol]:
        """What may be tried now, or asked silently."""
        return [
            symbol
            for symbol, due_ms in self._due_ms.items()
            if now_ms >= due_ms or symbol in self._by_gate
        ]
