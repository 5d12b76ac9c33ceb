"""`POST /_control`: lets faults happen. For tests and rehearsals, never part of Kraken."""

from collections.abc import Mapping

import msgspec
from aiohttp import web

from tui_trader.engine.exchanges.local_kraken.disasters import Disasters
from tui_trader.engine.exchanges.local_kraken.fault_names import CLEAR, kind_named
from tui_trader.engine.exchanges.local_kraken.faults import FaultPlan
from tui_trader.engine.exchanges.local_kraken.market_pace import MarketPace
from tui_trader.engine.exchanges.local_kraken.rest import read_body

_BAD_REQUEST = 400
_BODY_BYTES_MAX = 16 * 1024


class Control:
    """The control route: `{"fault": NAME, parameter: value, …}`."""

    def __init__(self, plan: FaultPlan, disasters: Disasters, pace: MarketPace) -> None:
        self._plan, self._disasters, self._pace = plan, disasters, pace

    def routes(self) -> list[web.AbstractRouteDef]:
        """What to serve."""
        return [web.post("/_control", self._control), web.get("/_control", self._state)]

    async def _state(self, _request: web.Request) -> web.Response:
        return _reply({"error": [], "result": self._result()})

    async def _control(self, request: web.Request) -> web.Response:
        try:
            self._obey(_command(await read_body(request)))
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            return _reply({"error": [str(error)]}, status=_BAD_REQUEST)
        return _reply({"error": [], "result": self._result()})

    def _result(self) -> Mapping[str, object]:
        return {"armed": self._plan.armed(), "market": self._pace.state()}

    def _obey(self, command: dict[str, object]) -> None:
        name = command.pop("fault", None)
        if not isinstance(name, str):
            message = 'name a fault: {"fault": NAME}'
            raise ValueError(message)  # noqa: TRY004 - what the client sent is wrong, not our type
        if name == CLEAR:
            self._disasters.clear()
        else:
            self._disasters.let_happen(kind_named(name), command)


def _command(body: bytes) -> dict[str, object]:
    if len(body) > _BODY_BYTES_MAX:
        message = f"more than {_BODY_BYTES_MAX} bytes"
        raise ValueError(message)
    return msgspec.json.decode(body, type=dict[str, object])


def _reply(document: Mapping[str, object], *, status: int = 200) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(document), status=status, content_type="application/json"
    )
