"""The emergency stop from outside: through the engine if it answers, else by latch and REST.

Law: a stop is never refused, and never claimed. `is_latched` means durable, `is_cancel_confirmed`
means the exchange said so; everything else is told as not done.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from tui_trader.cli.cancelling import confirmation_of
from tui_trader.cli.conversation import ACTOR, new_command_id
from tui_trader.cli.narration import counted
from tui_trader.engine.client.conversation import carry_out
from tui_trader.engine.client.mirror import Mirror
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.messages.commands import HaltTrading
from tui_trader.engine.messages.events import CancelAllConfirmed, CommandRefused, Event
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.stores.home import HaltLatch, Home, is_locked
from tui_trader.engine.values.errors import (
    ExchangeFault,
    OutcomeUnknown,
    StoreError,
)

CONFIRM_SECONDS = 20.0
REST_TRIES_MAX = 3
"""A cancel of everything may be asked again: twice cancels no more than once."""
REST_PAUSE_SECONDS = 1.0
NS_PER_MS = 1_000_000

CancelEverything = Callable[[], Awaitable[int]]


class HaltReport(msgspec.Struct, kw_only=True):
    """What was done, and what was not.

    Args:
        through: `engine` or `home`.
        is_engine_silent: An engine has the home and does not answer: what it will do is not known.
        cancelled: How many orders the exchange says it cancelled.
        done: Sentences for people.
        not_done: The same, of what is still open.
    """

    through: str
    is_engine_silent: bool = False
    is_latched: bool = False
    is_cancel_confirmed: bool = False
    cancelled: int | None = None
    done: list[str] = []
    not_done: list[str] = []

    @property
    def is_complete(self) -> bool:
        """No new order can leave, and the exchange confirmed that none is open."""
        return self.is_latched and self.is_cancel_confirmed and not self.is_engine_silent


async def halt_engine(client: EngineClient, reason: str) -> HaltReport:
    """Tell the engine, and listen until the exchange has confirmed.

    Raises:
        NothingRunning: the engine went away; nobody is left who would ask again.
    """
    mirror = Mirror(client.welcome)
    was_halted = mirror.state.halt is not None
    command = HaltTrading(command_id=new_command_id(), actor=ACTOR, reason=reason)
    report = HaltReport(through="engine")
    try:
        events = await carry_out(
            client,
            command,
            mirror=mirror,
            until=confirmation_of(command.command_id),
            timeout_s=CONFIRM_SECONDS,
        )
    except OutcomeUnknown:
        report.not_done.append(f"the exchange did not confirm within {CONFIRM_SECONDS:.0f} s")
    else:
        _note_end(report, events[-1])
    _note_latch(report, mirror.state, was_halted=was_halted)
    return report


def _note_end(report: HaltReport, end: Event) -> None:
    if isinstance(end, CancelAllConfirmed):
        report.is_cancel_confirmed, report.cancelled = True, end.count
        report.done.append(f"the exchange cancelled {counted(end.count, 'order')}")
    elif isinstance(end, CommandRefused):
        report.not_done.append(f"the engine refused: {end.gate}: {end.reason}")


def _note_latch(report: HaltReport, state: TradingState, *, was_halted: bool) -> None:
    if state.halt is None:
        report.not_done.append("the engine did not latch the stop")
        return
    report.is_latched = True
    told = "was halted already; everything is cancelled again" if was_halted else "is halted"
    report.done.insert(0, f"trading {told}")


async def halt_home(
    home_path: Path, reason: str, *, cancel_everything: CancelEverything | None
) -> HaltReport:
    """Latch the home for every engine to come, and cancel over REST.

    `cancel_everything` reaches the exchange; it is `None` when no exchange of this home is known.
    """
    report = HaltReport(through="home")
    home = Home(home_path)
    _latch(home, reason, report)
    if is_locked(home.lock):
        report.is_engine_silent = True
        report.not_done.append(
            "an engine holds this home and does not answer: it may still send orders; end its "
            f"process ({home.card} names it)"
        )
    if cancel_everything is None:
        report.not_done.append(
            "no exchange of this home runs, so nothing was cancelled; orders stay open until the next "
            "engine starts, which cancels them first"
        )
    else:
        await _cancel_over_rest(cancel_everything, report)
    return report


def _latch(home: Home, reason: str, report: HaltReport) -> None:
    latch = HaltLatch(actor=ACTOR, reason=reason, time_ms=time.time_ns() // NS_PER_MS)
    first = home.read_halt()
    try:
        home.prepare()
        if first is None:
            home.write_halt(latch)
    except StoreError as error:
        report.not_done.append(f"the home could not be latched: {error}")
        return
    report.is_latched = True
    told = "lets none trade" if first is None else f"let none trade already ({first.reason})"
    report.done.append(f"no engine answers; {home.halt} {told} until a person resumes")


async def _cancel_over_rest(cancel_everything: CancelEverything, report: HaltReport) -> None:
    for attempt in range(REST_TRIES_MAX):
        if attempt:
            await asyncio.sleep(REST_PAUSE_SECONDS)
        try:
            report.cancelled = await cancel_everything()
        except ExchangeFault as fault:
            if attempt + 1 == REST_TRIES_MAX:
                report.not_done.append(f"the exchange did not confirm the cancel: {fault}")
        else:
            report.is_cancel_confirmed = True
            cancelled = counted(report.cancelled, "order")
            report.done.append(f"the exchange cancelled {cancelled}, asked over REST")
            return
