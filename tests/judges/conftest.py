"""The local exchange in a process of its own, as its foreign clients find it."""

import json
import subprocess
import sys
from dataclasses import dataclass

import pytest

PATIENCE_S = 10


@dataclass(frozen=True)
class Exchange:
    """Where the exchange listens, and the credentials it was given."""

    rest: str
    ws: str
    key: str
    secret: str

    @property
    def socket_root(self):
        """The WebSocket address as clients take it that add the version themselves."""
        return self.ws.removesuffix("/v2")


@pytest.fixture(scope="module")
def exchange(tmp_path_factory):
    """`tui-trader exchange serve`, for the judges of one module."""
    folder = tmp_path_factory.mktemp("exchange")
    call = [sys.executable, "-m", "tui_trader", "exchange", "serve", "--json", "--port", "0"]
    options = [
        "--journal",
        str(folder / "exchange.journal"),
        "--speed",
        "20",
        # The judges ask as fast as they can; the limits have tests of their own.
        "--tier",
        "none",
        # krakenex counts its nonces in milliseconds: answered within one, it repeats itself.
        "--latency-ms",
        "3",
        "--home",
        str(folder),
    ]
    with subprocess.Popen([*call, *options], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Exchange(**json.loads(process.stdout.readline()))
        finally:
            process.terminate()
            process.wait(PATIENCE_S)
