"""What `doctor` looks at: machine, home, settings, journal, engine, exchange."""

import os
import platform
import shutil
import stat
import sys
from collections.abc import Mapping
from enum import Enum
from pathlib import Path

import msgspec

from tui_trader.cli.account import ask_status
from tui_trader.cli.conversation import ACTOR
from tui_trader.cli.exit_codes import Unconfirmed
from tui_trader.cli.version import LIBRARIES, library_version, version_lines
from tui_trader.engine.client.socket_client import connect
from tui_trader.engine.config.load import load_settings
from tui_trader.engine.messages.queries import StatusAnswer
from tui_trader.engine.stores.home import PRIVATE_FOLDER, Home, is_locked
from tui_trader.engine.stores.journal import SqliteJournal
from tui_trader.engine.values.errors import (
    ConfigError,
    ExchangeFault,
    NothingRunning,
    StoreError,
)

PYTHON_MIN = (3, 11)
COLUMNS_MIN, ROWS_MIN = 80, 24
FREE_BYTES_MIN = 500_000_000
MEGABYTE = 1_000_000
SKEW_MS_WARN = 1_500
"""The exchange tells whole seconds; what is below that cannot be told from none."""
SKEW_MS_FAIL = 3_000
"""Beyond this, orders reach the exchange after the deadline we gave them."""


class Verdict(Enum):
    """Outcome of one check."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at; `remedy` says what to do."""

    name: str
    verdict: Verdict
    text: str
    remedy: str = ""


def python_check() -> Check:
    """The interpreter."""
    text = f"{platform.python_version()} on {platform.system()} {platform.release()}"
    if sys.version_info < PYTHON_MIN:
        return _fail("python", text, "install Python 3.11 or newer")
    return _ok("python", text)


def libraries_check() -> Check:
    """Versions of what behaviour depends on."""
    text = ", ".join(line for line in version_lines() if not line.startswith("Python"))
    if any(library_version(name) == "not installed" for name in LIBRARIES):
        return _fail("libraries", text, "install again: scripts/setup")
    return _ok("libraries", text)


def terminal_check(environ: Mapping[str, str]) -> Check:
    """Size, colours and letters of the terminal."""
    if not sys.stdout.isatty():
        return _ok("terminal", "none here; the engine needs none")
    size = shutil.get_terminal_size()
    encoding = sys.stdout.encoding.lower()
    is_true_colour = environ.get("COLORTERM", "") in {"truecolor", "24bit"}
    colours = "true colour" if is_true_colour else environ.get("TERM", "no TERM")
    text = f"{size.columns}x{size.lines}, {colours}, {encoding}"
    if encoding.replace("-", "") != "utf8":
        return _warn("terminal", text, "set a UTF-8 locale: export LANG=C.UTF-8")
    if size.columns < COLUMNS_MIN or size.lines < ROWS_MIN:
        remedy = f"make it at least {COLUMNS_MIN}x{ROWS_MIN} for the console"
        return _warn("terminal", text, remedy)
    if environ.get("TERM", "dumb") == "dumb":
        return _warn("terminal", text, "set TERM, such as xterm-256color")
    return _ok("terminal", text)


def home_check(home: Path) -> Check:
    """The folder everything is kept in."""
    if not home.exists():
        return _ok("home", f"{home} (not there yet; the first start makes it)")
    if not home.is_dir():
        return _fail("home", f"{home} is no folder", "choose another with --home")
    found = home.stat()
    if found.st_uid != os.getuid() or not os.access(home, os.W_OK | os.X_OK):
        return _fail("home", f"{home} cannot be written by you", "choose another with --home")
    mode = stat.S_IMODE(found.st_mode)
    if mode != PRIVATE_FOLDER:
        return _warn("home", f"{home} is open to others (mode {mode:04o})", f"chmod 700 {home}")
    free = shutil.disk_usage(home).free
    text = f"{home}, {free // MEGABYTE:,} MB free"
    if free < FREE_BYTES_MIN:
        return _warn("home", text, "make room: an engine that cannot write its journal stops")
    return _ok("home", text)


def config_check(home: Path, config_file: Path | None, environ: Mapping[str, str]) -> Check:
    """Settings of every source."""
    try:
        loaded = load_settings(config_file=config_file, home=home, environ=environ)
    except ConfigError as error:
        return _fail("settings", str(error), "mend these; `tui-trader config example` helps")
    source = loaded.config_path or f"defaults (no {home / 'config.toml'})"
    return _ok("settings", f"{len(loaded.rows)} fine, from {source}")


def journal_check(home: Path) -> Check:
    """The journal, unless an engine has it in use."""
    path = Home(home).journal
    if not path.exists():
        return _ok("journal", "none yet")
    if is_locked(Home(home).lock):
        return _ok("journal", f"{path}, in use by the engine")
    try:
        journal = SqliteJournal(path)
    except StoreError as error:
        return _fail("journal", str(error), "see the message; nothing was changed")
    try:
        return _ok("journal", f"{path}, {journal.last_sequence:,} events")
    finally:
        journal.close()


def halt_check(home: Path) -> Check:
    """The latch of an emergency stop."""
    latch = Home(home).read_halt()
    if latch is None:
        return _ok("halt", "no stop waits in this home")
    text = f"halted by {latch.actor}: {latch.reason}"
    return _warn("halt", text, "start the engine, look around, then `tui-trader resume`")


async def engine_checks(home: Path) -> list[Check]:
    """The running engine and its exchange, if one runs."""
    try:
        status = await _status(home)
    except NothingRunning as error:
        if is_locked(Home(home).lock):
            text = f"one holds this home and does not answer: {error}"
            return [_fail("engine", text, f"see {Home(home).logs}; end it if it hangs")]
        return [_ok("engine", "none runs in this home; `tui-trader` starts one")]
    except Unconfirmed as error:
        return [_warn("engine", str(error), "see its log")]
    text = f"pid {status.engine.pid}, {status.mode}, up {status.engine.uptime_s} s"
    engine = _ok("engine", text)
    if status.halted:
        engine = _warn("engine", f"{text}, HALTED: {status.halt_reason}", "`tui-trader resume`")
    return [engine, _exchange_check(status), await _clock_check(home)]


async def _status(home: Path) -> StatusAnswer:
    client = await connect(home, name=ACTOR, is_read_only=True)
    try:
        return await ask_status(client)
    finally:
        await client.close()


def _exchange_check(status: StatusAnswer) -> Check:
    text = ", ".join(f"{feed.name} {feed.state}" for feed in status.feeds) or "no link"
    if not status.feeds or any(feed.state != "up" for feed in status.feeds):
        return _warn("exchange", text, "wait a moment; if it stays, look at the engine's log")
    return _ok("exchange", text)


async def _clock_check(home: Path) -> Check:
    # Loaded only here: the exchange's libraries take half a second.
    from tui_trader.cli.demo_exchange import clock_skew_ms, demo_venue

    venue = demo_venue(home)
    if venue is None:
        return _warn("clock", "the exchange of this home is not known", "restart the engine")
    try:
        skew_ms = await clock_skew_ms(venue)
    except ExchangeFault as fault:
        return _warn("clock", f"the exchange could not be asked: {fault}", "try again")
    text = f"{abs(skew_ms) / 1_000:.1f} s {'behind' if skew_ms > 0 else 'ahead of'} the exchange"
    if abs(skew_ms) > SKEW_MS_FAIL:
        return _fail("clock", text, "set this machine's clock (NTP): orders would come too late")
    if abs(skew_ms) > SKEW_MS_WARN:
        return _warn("clock", text, "set this machine's clock (NTP)")
    return _ok("clock", f"{text}, within what can be measured")


def _ok(name: str, text: str) -> Check:
    return Check(name=name, verdict=Verdict.OK, text=text)


def _warn(name: str, text: str, remedy: str) -> Check:
    return Check(name=name, verdict=Verdict.WARN, text=text, remedy=remedy)


def _fail(name: str, text: str, remedy: str) -> Check:
    return Check(name=name, verdict=Verdict.FAIL, text=text, remedy=remedy)
