"""`POST /_control`: arms faults. For tests and rehearsals, never part of Kraken."""

from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec
from aiohttp import web

from tui_trader.engine.exchanges.local_kraken import faults
from tui_trader.engine.exchanges.local_kraken.faults import (
    CLEAR,
    COUNT_MAX,
    FAULT_KINDS,
    ArmedFault,
    FaultPlan,
)
from tui_trader.engine.exchanges.simulator.listings import pair_named
from tui_trader.engine.values.instruments import Symbol

_MOVE_PERCENT_MIN, _MOVE_PERCENT_MAX = -95.0, 1_000.0
_BAD_REQUEST = 400


class ControlRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Body of a control call."""

    fault: str
    count: int = 1
    endpoint: str = ""
    ms: int = 1_000
    seconds: float = 10.0
    error: str = "EService:Unavailable"
    pair: str = "BTC/USD"
    percent: float = -5.0


class Sockets(Protocol):
    """What control may do to the WebSockets."""

    def drop_all(self) -> None:
        """Cut them all."""
        ...

    def silence(self, seconds: float) -> None:
        """Send nothing for that long; 0 ends it."""
        ...


class Control:
    """The control route.

    Args:
        move: Lets the fair price of a pair jump by percent.
    """

    def __init__(
        self, plan: FaultPlan, sockets: Sockets, move: Callable[[Symbol, float], None]
    ) -> None:
        self._plan, self._sockets, self._move = plan, sockets, move

    def routes(self) -> list[web.AbstractRouteDef]:
        """What to serve."""
        return [web.post("/_control", self._control), web.get("/_control", self._armed)]

    async def _armed(self, _request: web.Request) -> web.Response:
        return _reply({"error": [], "result": {"armed": self._plan.armed()}})

    async def _control(self, request: web.Request) -> web.Response:
        try:
            command = msgspec.json.decode(await request.read(), type=ControlRequest)
            self._obey(command)
        except (msgspec.MsgspecError, ValueError) as error:
            return _reply({"error": [str(error)]}, status=_BAD_REQUEST)
        return _reply({"error": [], "result": {"armed": self._plan.armed()}})

    def _obey(self, command: ControlRequest) -> None:
        if command.fault == CLEAR:
            self._plan.clear()
            self._sockets.silence(0.0)
        elif command.fault == faults.WS_DROP.name:
            self._sockets.drop_all()
        elif command.fault == faults.WS_SILENT.name:
            self._sockets.silence(command.seconds)
        elif command.fault == faults.MOVE.name:
            self._move(_symbol(command.pair), _percent(command.percent))
        else:
            self._plan.arm(_armed_fault(command))


def _armed_fault(command: ControlRequest) -> ArmedFault:
    kind = FAULT_KINDS.get(command.fault)
    if kind is None:
        message = f"no fault {command.fault!r}; there are {', '.join(FAULT_KINDS)} and {CLEAR}"
        raise ValueError(message)
    if not 1 <= command.count <= COUNT_MAX:
        message = f"count {command.count} must be from 1 to {COUNT_MAX}"
        raise ValueError(message)
    return ArmedFault(
        kind=kind,
        endpoint=command.endpoint or kind.endpoint,
        count=command.count,
        delay_ms=max(0, command.ms),
        error=command.error,
    )


def _symbol(name: str) -> Symbol:
    pair = pair_named(name)
    if pair is None:
        message = f"no pair {name!r}"
        raise ValueError(message)
    return pair.symbol


def _percent(percent: float) -> float:
    if not _MOVE_PERCENT_MIN <= percent <= _MOVE_PERCENT_MAX:
        message = f"percent {percent} must be from {_MOVE_PERCENT_MIN} to {_MOVE_PERCENT_MAX}"
        raise ValueError(message)
    return percent


def _reply(document: Mapping[str, object], *, status: int = 200) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(document), status=status, content_type="application/json"
    )
