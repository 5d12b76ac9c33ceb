"""Requests on their way out, and what became of each on its way back.

Law: a request is carried out once. A definite no is REFUSED, everything else that is not a yes is
UNKNOWN. What was never sent is a definite no. Any exception that the ports do not name is a bug and
ends the session.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar, assert_never

from tui_trader.engine.messages.reports import (
    AccountReport,
    AccountSideReport,
    AmendReport,
    CancelAllReport,
    CancelReport,
    LookupReport,
    Outcome,
    SubmitReport,
)
from tui_trader.engine.messages.requests import (
    AmendOrder,
    FetchAccount,
    LookUpOrder,
    SubmitOrder,
    WithdrawAllOrders,
    WithdrawOrder,
)
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.execution import Execution
from tui_trader.engine.values.errors import ExchangeFault, OutcomeUnknown, RejectedByExchange
from tui_trader.engine.values.text import sanitize

Sendable = SubmitOrder | AmendOrder | WithdrawOrder | WithdrawAllOrders | LookUpOrder | FetchAccount
Result = TypeVar("Result")

IN_FLIGHT_MAX = 16
READS_IN_FLIGHT_MAX = 4
EMERGENCIES_IN_FLIGHT_MAX = 2
"""Beside the others: a cancel of everything never waits for an answer to something else."""
WAITING_MAX = 1_000
ANSWER_MARGIN_S = 5.0
"""The ports keep their own time limits; this one only catches a port that forgot to."""
READ_TIMEOUT_S = 120.0
"""A look at the account may take many pages at the exchange's rate limit."""

_EMERGENCY: Final = 0
_CANCEL: Final = 1
_ORDER: Final = 2
_READ: Final = 3


def _lane(request: Sendable) -> int:
    match request:
        case WithdrawAllOrders():
            return _EMERGENCY
        case WithdrawOrder():
            return _CANCEL
        case SubmitOrder() | AmendOrder():
            return _ORDER
        case LookUpOrder() | FetchAccount():
            return _READ
        case _:
            assert_never(request)


class Dispatcher:
    """Sends requests through an `Execution` and reports what came of them.

    Args:
        report: Where the reports go.
        request_timeout_s: Longest wait the port itself allows for one answer.
    """

    def __init__(
        self,
        execution: Execution,
        clock: Clock,
        report: Callable[[AccountSideReport], None],
        *,
        request_timeout_s: float,
    ) -> None:
        self._execution = execution
        self._clock = clock
        self._report = report
        self._answer_timeout_s = request_timeout_s + ANSWER_MARGIN_S
        self._waiting: tuple[deque[Sendable], ...] = tuple(deque() for _ in range(_READ + 1))
        self._tasks: dict[asyncio.Task[None], Sendable] = {}
        self._group: asyncio.TaskGroup | None = None
        self._is_finishing = False

    def start(self, group: asyncio.TaskGroup) -> None:
        """Begin to send; until then requests wait."""
        self._group = group
        self._pump()

    def put(self, requests: Sequence[Sendable]) -> None:
        """Queue requests whose events are durable, and send what may be sent now."""
        for request in requests:
            if isinstance(request, WithdrawAllOrders):
                # What has not left yet must not reach the exchange after everything was cancelled.
                self._refuse_waiting_orders("a cancel of everything came before it was sent")
            if self._is_finishing and isinstance(request, SubmitOrder | AmendOrder):
                self._report(self._unsent(request, "the engine is stopping; it was not sent"))
            elif isinstance(request, WithdrawOrder) and self._retract(request):
                continue
            elif self._is_finishing and _lane(request) == _READ:
                # Nobody is left to read the answer; the next start asks everything anew.
                continue
            elif sum(map(len, self._waiting)) >= WAITING_MAX and _lane(request) != _EMERGENCY:
                self._report(self._unsent(request, f"{WAITING_MAX} requests wait; it was not sent"))
            else:
                self._waiting[_lane(request)].append(request)
        self._pump()

    async def finish(self, timeout_s: float) -> None:
        """Send no more orders, and wait for answers about those that left, but not for ever."""
        self._is_finishing = True
        self._refuse_waiting_orders("the engine is stopping; it was not sent")
        self._waiting[_READ].clear()
        for task, request in self._tasks.items():
            if _lane(request) == _READ:
                task.cancel()
        loop = asyncio.get_running_loop()
        end_s = loop.time() + timeout_s
        while self._tasks and loop.time() < end_s:
            await asyncio.wait(self._tasks, timeout=end_s - loop.time())
        for task, request in self._tasks.items():
            task.cancel()
            reason = "the engine stopped before the answer came"
            if isinstance(request, SubmitOrder):
                self._report(self._submit_report(request, Outcome.UNKNOWN, reason=reason))
            elif isinstance(request, AmendOrder):
                self._report(self._amend_report(request, Outcome.UNKNOWN, reason=reason))

    def stop(self) -> None:
        """Give up everything at once; what was in flight is unknown to the next start."""
        self._group = None
        for task in self._tasks:
            task.cancel()

    def _pump(self) -> None:
        if self._group is None:
            return
        while (request := self._next()) is not None:
            task = self._group.create_task(self._carry_out(request))
            self._tasks[task] = request
            task.add_done_callback(self._done)

    def _next(self) -> Sendable | None:
        lanes = [_lane(request) for request in self._tasks.values()]
        emergencies, reads = lanes.count(_EMERGENCY), lanes.count(_READ)
        if self._waiting[_EMERGENCY]:
            has_room = emergencies < EMERGENCIES_IN_FLIGHT_MAX
            return self._waiting[_EMERGENCY].popleft() if has_room else None
        if len(lanes) - emergencies >= IN_FLIGHT_MAX:
            return None
        for lane in (_CANCEL, _ORDER, _READ):
            if self._waiting[lane] and (lane != _READ or reads < READS_IN_FLIGHT_MAX):
                return self._waiting[lane].popleft()
        return None

    def _done(self, task: asyncio.Task[None]) -> None:
        del self._tasks[task]
        if not task.cancelled() and task.exception() is None:
            self._pump()

    def _retract(self, request: WithdrawOrder) -> bool:
        for order in self._waiting[_ORDER]:
            if isinstance(order, SubmitOrder) and order.client_order_id == request.client_order_id:
                self._waiting[_ORDER].remove(order)
                self._report(self._unsent(order, "cancelled before it was sent"))
                self._report(self._cancel_report(request, Outcome.ACCEPTED, reason=""))
                return True
            if isinstance(order, AmendOrder) and order.client_order_id == request.client_order_id:
                # The cancel itself must still leave: the order is at the exchange.
                self._waiting[_ORDER].remove(order)
                self._report(self._unsent(order, "cancelled before it was sent"))
                return False
        return False

    def _refuse_waiting_orders(self, reason: str) -> None:
        while self._waiting[_ORDER]:
            self._report(self._unsent(self._waiting[_ORDER].popleft(), reason))

    async def _carry_out(self, request: Sendable) -> None:
        match request:
            case SubmitOrder():
                report: AccountSideReport = await self._submit(request)
            case AmendOrder():
                report = await self._amend(request)
            case WithdrawOrder():
                report = await self._withdraw(request)
            case WithdrawAllOrders():
                report = await self._withdraw_all()
            case LookUpOrder():
                report = await self._look_up(request)
            case FetchAccount():
                report = await self._fetch(request)
            case _:
                assert_never(request)
        self._report(report)

    async def _submit(self, request: SubmitOrder) -> SubmitReport:
        if self._clock.now_ms() >= request.deadline_ms:
            reason = "deadline passed before it was sent"
            return self._submit_report(request, Outcome.REFUSED, reason=reason)
        try:
            name = await _within(self._answer_timeout_s, self._execution.submit(request))
        except ExchangeFault as fault:
            return self._submit_report(request, _outcome(fault), reason=_words(fault))
        return SubmitReport(
            time_ms=self._clock.now_ms(),
            client_order_id=request.client_order_id,
            outcome=Outcome.ACCEPTED,
            exchange_order_id=name,
        )

    async def _amend(self, request: AmendOrder) -> AmendReport:
        if self._clock.now_ms() >= request.deadline_ms:
            reason = "deadline passed before it was sent"
            return self._amend_report(request, Outcome.REFUSED, reason=reason)
        outcome, reason = Outcome.ACCEPTED, ""
        try:
            await _within(self._answer_timeout_s, self._execution.amend(request))
        except ExchangeFault as fault:
            outcome, reason = _outcome(fault), _words(fault)
        return self._amend_report(request, outcome, reason=reason)

    async def _withdraw(self, request: WithdrawOrder) -> CancelReport:
        outcome, reason = Outcome.ACCEPTED, ""
        try:
            await _within(self._answer_timeout_s, self._execution.withdraw(request))
        except ExchangeFault as fault:
            outcome, reason = _outcome(fault), _words(fault)
        return self._cancel_report(request, outcome, reason=reason)

    async def _withdraw_all(self) -> CancelAllReport:
        outcome, count, reason = Outcome.ACCEPTED, 0, ""
        try:
            count = await _within(self._answer_timeout_s, self._execution.withdraw_all())
        except ExchangeFault as fault:
            outcome, reason = _outcome(fault), _words(fault)
        return CancelAllReport(
            time_ms=self._clock.now_ms(), outcome=outcome, count=count, reason=reason
        )

    async def _look_up(self, request: LookUpOrder) -> LookupReport:
        asked_ms, finding, reason = self._clock.now_ms(), None, ""
        try:
            finding = await _within(READ_TIMEOUT_S, self._execution.find_order(request))
        except ExchangeFault as fault:
            reason = _words(fault)
        return LookupReport(
            time_ms=self._clock.now_ms(),
            client_order_id=request.client_order_id,
            finding=finding,
            asked_ms=asked_ms,
            reason=reason,
        )

    async def _fetch(self, request: FetchAccount) -> AccountReport:
        snapshot, reason = None, ""
        try:
            snapshot = await _within(READ_TIMEOUT_S, self._execution.account(request.since_ms))
        except ExchangeFault as fault:
            reason = _words(fault)
        return AccountReport(time_ms=self._clock.now_ms(), snapshot=snapshot, reason=reason)

    def _unsent(self, request: Sendable, reason: str) -> AccountSideReport:
        now_ms = self._clock.now_ms()
        match request:
            case SubmitOrder():
                return self._submit_report(request, Outcome.REFUSED, reason=reason)
            case AmendOrder():
                return self._amend_report(request, Outcome.REFUSED, reason=reason)
            case WithdrawOrder():
                # Refused would mean that the order is not open; nobody has looked.
                return self._cancel_report(request, Outcome.UNKNOWN, reason=reason)
            case WithdrawAllOrders():
                return CancelAllReport(time_ms=now_ms, outcome=Outcome.UNKNOWN, reason=reason)
            case LookUpOrder():
                return LookupReport(
                    time_ms=now_ms,
                    client_order_id=request.client_order_id,
                    finding=None,
                    asked_ms=now_ms,
                    reason=reason,
                )
            case FetchAccount():
                return AccountReport(time_ms=now_ms, snapshot=None, reason=reason)
            case _:
                assert_never(request)

    def _submit_report(
        self, request: SubmitOrder, outcome: Outcome, *, reason: str
    ) -> SubmitReport:
        return SubmitReport(
            time_ms=self._clock.now_ms(),
            client_order_id=request.client_order_id,
            outcome=outcome,
            reason=reason,
        )

    def _amend_report(self, request: AmendOrder, outcome: Outcome, *, reason: str) -> AmendReport:
        return AmendReport(
            time_ms=self._clock.now_ms(),
            client_order_id=request.client_order_id,
            command_id=request.command_id,
            outcome=outcome,
            reason=reason,
        )

    def _cancel_report(
        self, request: WithdrawOrder, outcome: Outcome, *, reason: str
    ) -> CancelReport:
        return CancelReport(
            time_ms=self._clock.now_ms(),
            client_order_id=request.client_order_id,
            outcome=outcome,
            reason=reason,
        )


async def _within(timeout_s: float, answer: Awaitable[Result]) -> Result:
    limit = asyncio.timeout(timeout_s)
    try:
        async with limit:
            return await answer
    except TimeoutError as error:
        if not limit.expired():
            raise
        message = f"no answer within {timeout_s:g} s"
        raise OutcomeUnknown(message) from error


def _outcome(fault: ExchangeFault) -> Outcome:
    return Outcome.REFUSED if isinstance(fault, RejectedByExchange) else Outcome.UNKNOWN


def _words(fault: ExchangeFault) -> str:
    return sanitize(str(fault)) or type(fault).__name__
