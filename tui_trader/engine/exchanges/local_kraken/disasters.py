"""What each fault of the table does when its name is called.

Counted faults are armed and wait; all others happen here, at once.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Protocol

from tui_trader.engine.exchanges.local_kraken import fault_table, market_faults
from tui_trader.engine.exchanges.local_kraken.fault_mix import mixed_faults
from tui_trader.engine.exchanges.local_kraken.faults import (
    ArmedFault,
    FaultKind,
    FaultPlan,
    Value,
)
from tui_trader.engine.exchanges.local_kraken.market_pace import MarketPace
from tui_trader.engine.exchanges.local_kraken.skewed_clock import SkewedClock
from tui_trader.engine.exchanges.local_kraken.tokens import TokenDesk
from tui_trader.engine.exchanges.local_kraken.venue import Venue
from tui_trader.engine.exchanges.local_kraken.venue_status import System, VenueStatus
from tui_trader.engine.exchanges.simulator.listings import PAIR_BY_SYMBOL
from tui_trader.engine.exchanges.simulator.pair_rules import PairStatus
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.time import MS_PER_SECOND

Values = Mapping[str, Value]


class Sockets(Protocol):
    """What may be done to the WebSockets."""

    def drop_all(self) -> None:
        """Cut them all."""
        ...

    def close_all(self, code: int) -> None:
        """Close them all, with a code."""
        ...

    def silence(self, seconds: float) -> None:
        """Send nothing for that long; 0 ends it."""
        ...

    def refuse(self, seconds: float) -> None:
        """Take no new connection for that long; 0 ends it."""
        ...

    def flood(self, seconds: float, per_second: int) -> None:
        """Send ticker updates as fast as that; 0 seconds end it."""
        ...

    def forget_tokens(self) -> None:
        """No connection is known by its token any more."""
        ...

    def say_status(self, system: str) -> None:
        """Tell every connection the state of the exchange."""
        ...


class Disasters:
    """Everything that can be done to one exchange.

    Args:
        clock: The exchange's, which can be set wrong.
    """

    def __init__(  # noqa: PLR0913 - everything an exchange consists of
        self,
        plan: FaultPlan,
        venue: Venue,
        *,
        sockets: Sockets,
        status: VenueStatus,
        clock: SkewedClock,
        pace: MarketPace,
        tokens: TokenDesk,
    ) -> None:
        self._plan, self._venue, self._sockets = plan, venue, sockets
        self._status, self._clock, self._pace, self._tokens = status, clock, pace, tokens
        self._mixes: set[asyncio.Task[None]] = set()
        self._at_once: Mapping[FaultKind, Callable[[Values], None]] = {
            fault_table.WS_DROP: lambda _: sockets.drop_all(),
            fault_table.WS_CLOSE: lambda values: sockets.close_all(int(values["code"])),
            fault_table.WS_REFUSE: lambda values: sockets.refuse(float(values["seconds"])),
            fault_table.WS_SILENT: lambda values: sockets.silence(float(values["seconds"])),
            fault_table.WS_FLOOD: lambda values: sockets.flood(
                float(values["seconds"]), int(values["per_second"])
            ),
            fault_table.HOSTILE_STATUS: lambda _: sockets.say_status(fault_table.HOSTILE_TEXT),
            fault_table.TOKEN_LOSS: lambda _: self._lose_tokens(),
            fault_table.FILLS_WHILE_AWAY: self._fill_while_away,
            fault_table.BALANCE: lambda values: venue.adjust(
                str(values["asset"]), Decimal(str(values["amount"]))
            ),
            fault_table.MAINTENANCE: self._entering(System.MAINTENANCE),
            fault_table.CANCEL_ONLY: self._entering(System.CANCEL_ONLY),
            fault_table.POST_ONLY: self._entering(System.POST_ONLY),
            market_faults.RULES: self._change_rules,
            fault_table.CLOCK: lambda values: clock.set_ahead(float(values["seconds"])),
            fault_table.MIX: self._begin_mix,
            market_faults.MOVE: lambda values: venue.move(
                Symbol(str(values["pair"])), float(values["percent"])
            ),
            market_faults.PAUSE: lambda _: pace.pause(),
            market_faults.RESUME: lambda _: pace.resume(),
            market_faults.STEP: lambda values: pace.step(int(values["candles"])),
            market_faults.SPEED: lambda values: pace.accelerate(float(values["times"])),
        }

    def let_happen(self, kind: FaultKind, given: Mapping[str, object]) -> None:
        """Arm a counted fault, or do what the others do.

        Raises:
            ValueError: a parameter makes no sense, or there is nothing to do it to.
        """
        values = kind.read(given)
        if kind.is_counted:
            self._plan.arm(ArmedFault(kind=kind, values=values, count=int(values["count"])))
        else:
            self._at_once[kind](values)

    def clear(self) -> None:
        """Let everything be well again."""
        for mix in self._mixes:
            mix.cancel()
        self._plan.clear()
        self._sockets.silence(0.0)
        self._sockets.refuse(0.0)
        self._sockets.flood(0.0, 1)
        self._clock.set_ahead(0.0)
        if self._status.now is not System.ONLINE:
            self._status.enter(System.ONLINE, seconds=0.0)

    def race_cancel(self, form: Mapping[str, str]) -> None:
        """Fill the order that a cancel is about to name."""
        account = self._venue.account
        record = None
        if form.get("cl_ord_id"):
            record = account.open_with_client_id(form["cl_ord_id"])
        if record is None:
            named = (one for txid, one in account.open_orders.items() if txid == form.get("txid"))
            record = next(named, None)
        # What sleeps is in no book: nobody can take it.
        if record is not None and not record.is_dormant:
            self._venue.fill_resting(record.accepted.txid, parts=1)

    def _lose_tokens(self) -> None:
        self._tokens.forget_all()
        self._sockets.forget_tokens()

    def _change_rules(self, values: Values) -> None:
        symbol = Symbol(str(values["pair"]))
        numbers = {
            name: None if values[name] == market_faults.SAME else Decimal(str(values[name]))
            for name in ("tick_size", "lot", "ordermin", "costmin")
        }
        rules = self._venue.rules(symbol).changed(
            PAIR_BY_SYMBOL[symbol],
            tick=numbers["tick_size"],
            lot=numbers["lot"],
            order_min=numbers["ordermin"],
            cost_min=numbers["costmin"],
            status=None if values["status"] == market_faults.SAME else PairStatus(values["status"]),
        )
        self._venue.change_rules(symbol, rules)

    def _entering(self, state: System) -> Callable[[Values], None]:
        return lambda values: self._status.enter(state, seconds=float(values["seconds"]))

    def _fill_while_away(self, values: Values) -> None:
        record = next(iter(self._venue.resting_orders()), None)
        if record is None:
            message = "no order rests in a book: place one that does, then let it be filled"
            raise ValueError(message)
        self._sockets.refuse(float(values["seconds"]))
        self._sockets.drop_all()
        self._venue.fill_resting(record, parts=int(values["fills"]))

    def _begin_mix(self, values: Values) -> None:
        mix = asyncio.get_running_loop().create_task(self._play_mix(values))
        self._mixes.add(mix)
        mix.add_done_callback(self._mixes.discard)

    async def _play_mix(self, values: Values) -> None:
        mix = mixed_faults(
            int(values["seed"]), count=int(values["count"]), every_ms=int(values["every_ms"])
        )
        for fault in mix:
            await asyncio.sleep(fault.after_ms / MS_PER_SECOND)
            # What cannot happen now (a recording does not move, the plan is full) is passed over.
            with contextlib.suppress(ValueError):
                self.let_happen(fault.kind, fault.given)
