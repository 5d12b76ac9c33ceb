"""Answers to one WebSocket request, in Kraken's form."""

from collections.abc import Mapping

import msgspec

from tui_trader.engine.exchanges.local_kraken.connection import Connection
from tui_trader.engine.exchanges.local_kraken.wire import moment
from tui_trader.engine.ports.clock import Clock

Params = Mapping[str, object]


class Reply:
    """Writes the answers to one request, each with its `req_id` and its times."""

    def __init__(self, connection: Connection, request: Params, clock: Clock) -> None:
        self._connection, self._clock = connection, clock
        self._time_in = moment(clock.now_ms())
        self.method = str(request.get("method"))
        self._echo = {"req_id": request["req_id"]} if "req_id" in request else {}

    def send(self, body: Params) -> None:
        """Answer."""
        method = "pong" if self.method == "ping" else self.method
        times = {"time_in": self._time_in, "time_out": moment(self._clock.now_ms())}
        say(self._connection, {"method": method, **body, **times, **self._echo})

    def succeed(self, result: object, **beside: object) -> None:
        """Answer yes."""
        self.send({"result": result, "success": True, **beside})

    def refuse(self, error: str, **named: str) -> None:
        """Answer no."""
        self.send({"error": error, "success": False, **named})


def say(connection: Connection, message: Params) -> None:
    """Send one message."""
    connection.send(msgspec.json.encode(message).decode())
