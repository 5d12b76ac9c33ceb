"""Where orders go."""

from typing import Protocol

from tui_trader.engine.messages.requests import AmendOrder, LookUpOrder, SubmitOrder, WithdrawOrder
from tui_trader.engine.ports.market_feed import Deliver
from tui_trader.engine.values.abilities import Abilities, BudgetLevel
from tui_trader.engine.values.account import AccountSnapshot, OrderFinding
from tui_trader.engine.values.orders import ExchangeOrderId


class Execution(Protocol):
    """One account at one exchange.

    Law: a method that changes something raises `RejectedByExchange` only on a definite no, and
    `OutcomeUnknown` whenever the exchange may have acted. It never sends the same thing twice.
    """

    @property
    def abilities(self) -> Abilities:
        """What this adapter can do; the gate refuses the rest before it is sent."""
        ...

    def budgets(self) -> tuple[BudgetLevel, ...]:
        """Where our counts of the exchange's rate limits stand; empty where none are kept."""
        ...

    async def submit(self, request: SubmitOrder) -> ExchangeOrderId:
        """Send one order with its client id and deadline, once.

        Raises:
            RejectedByExchange: the order does not exist.
            OutcomeUnknown: it may exist.
        """
        ...

    async def amend(self, request: AmendOrder) -> None:
        """Give one open order new terms, once; it keeps its names.

        Raises:
            RejectedByExchange: it is as it was, or not open.
            OutcomeUnknown: it may have new terms.
        """
        ...

    async def withdraw(self, request: WithdrawOrder) -> None:
        """Ask for the cancel of one order.

        Raises:
            RejectedByExchange: it is not open (filled, cancelled, or never there).
            OutcomeUnknown: it may have been cancelled.
        """
        ...

    async def withdraw_all(self) -> int:
        """Cancel every order of the account; how many the exchange says it was.

        Raises:
            RejectedByExchange: the exchange refuses.
            OutcomeUnknown: it may have happened; asking again is safe.
        """
        ...

    async def find_order(self, request: LookUpOrder) -> OrderFinding:
        """Ask open orders, closed orders and trades for one order.

        Raises:
            TemporaryFault: not all three could be asked.
        """
        ...

    async def account(self, since_ms: int) -> AccountSnapshot:
        """Open orders, everything closed or filled since `since_ms` (all pages), balances.

        Raises:
            TemporaryFault: not everything could be asked.
        """
        ...

    async def run(self, deliver: Deliver) -> None:
        """Deliver order, fill, balance and link reports until cancelled; reconnects by itself."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...
