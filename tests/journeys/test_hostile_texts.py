"""The raw bytes a terminal gets while the exchange, a shell and a file's name try to command it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.conftest import PROGRAM, ROOT
from tests.screens.stray_bytes import stray_in

pytestmark = pytest.mark.journey
EVIL = "\x1b]52;c;ZXZpbA==\x07\x1b[2J\x9b31m\u202eevil\r\n[bold]"
SECONDS = 45


def attached(desk, raw: Path) -> subprocess.Popen[bytes]:
    """A console on a pseudo-terminal that goes through its screens; what it was sent is kept."""
    command = [
        *(sys.executable, str(ROOT / "tools" / "ptybench.py"), "--size", "120x36"),
        *("--seconds", str(SECONDS), "--raw", str(raw), "--quit", "q,enter"),
        *("--keys-every", "6:0.8:44:f6,f7,f2,b,q,j,f9,j,f7,j"),
        *("--", *PROGRAM, "attach"),
    ]
    return subprocess.Popen(
        command, env=os.environ | desk.environment, stdout=subprocess.DEVNULL, cwd=ROOT
    )


def test_no_stray_control_byte_reaches_the_terminal(desk, tmp_path):
    desk.start_engine()
    raw = tmp_path / "raw"
    console = attached(desk, raw)
    try:
        desk.control_exchange(fault="hostile_status")
        for _ in range(3):
            desk.control_exchange(fault="hostile_error")
            refused = desk.run("trade", "BTC/USD", "buy", "0.001", "--limit", "50000", "--yes")
            assert refused.returncode != 0
            assert "\x1b" not in refused.stderr + refused.stdout
        strategy = tmp_path / f"mine{EVIL.replace(chr(10), '').replace('/', '')}.py"
        strategy.write_text("this is no strategy\n")
        tried = desk.run("strategies", "show", str(strategy))
        assert tried.returncode == 2
        assert "\x1b" not in tried.stderr + tried.stdout
        desk.run("cancel", EVIL)
        desk.run("halt", "--reason", f"because {EVIL}")
        assert desk.json("status")["halted"]
        assert console.wait(SECONDS + 30) == 0
    finally:
        console.kill()
        console.wait()
    stream = raw.read_bytes().decode("utf-8", "surrogateescape")
    assert "HALTED by" in stream
    assert "evil" in stream
    assert not stray_in(stream)
