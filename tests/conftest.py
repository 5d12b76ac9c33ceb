"""What every test stands on: no network, no home of the user's, the same chance each time."""

import decimal
import itertools
import os
import signal
import socket
import time
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
JOURNEY_SECONDS = 180

# Chosen by the environment: HYPOTHESIS_PROFILE=long is what scripts/check --long sets.
settings.register_profile("ci", derandomize=True, max_examples=100, deadline=None, database=None)
settings.register_profile(
    "long", max_examples=5_000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# Whoever started the tests in the background of a shell made every process below deaf to Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# A time zone nobody expects, so that a local time where UTC is meant shows on every machine.
os.environ["TZ"] = "XST-12:45"
time.tzset()
# Colours of the terminal that happens to run the tests must not reach the pictures.
for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TMUX"):
    os.environ.pop(name, None)
os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}

real_data_folder = Path(os.environ.get("TUI_TRADER_REAL_DATA") or ROOT.parent / "shared" / "data")


def is_loopback(host: object) -> bool:
    """True for names and numbers of this machine alone."""
    if host in {None, "", b"", "localhost", b"localhost"}:
        return True
    try:
        return ip_address(host.decode() if isinstance(host, bytes) else str(host)).is_loopback
    except ValueError:
        return False


class OutsideNetworkError(AssertionError):
    """A test tried to leave this machine."""


def refuse_outside(host: object) -> None:
    if not is_loopback(host):
        msg = f"a test tried to reach {host!r}; tests stay on 127.0.0.0/8, ::1 and unix sockets"
        raise OutsideNetworkError(msg)


def keep_sockets_on_this_machine() -> None:
    """Let no socket of this process connect, send or look up a name beyond loopback."""
    inet = {socket.AF_INET, socket.AF_INET6}
    plain_lookup = socket.getaddrinfo

    def guarded(plain):
        def method(self, *args):
            # The address is the last argument of connect, connect_ex and sendto alike.
            if self.family in inet and isinstance(args[-1], tuple):
                refuse_outside(args[-1][0])
            return plain(self, *args)

        return method

    def lookup(host, *args, **kwargs):
        refuse_outside(host)
        return plain_lookup(host, *args, **kwargs)

    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
    socket.getaddrinfo = lookup


keep_sockets_on_this_machine()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--fail-on-skip", action="store_true", help="a skipped test fails the run; prints the count"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    journeys = ROOT / "tests" / "journeys"
    without_data = pytest.mark.skip(reason=f"no recorded market data in {real_data_folder}")
    for item in items:
        if item.path.is_relative_to(journeys):
            item.add_marker(pytest.mark.journey)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(JOURNEY_SECONDS))
        if item.get_closest_marker("real_data") and not real_data_folder.is_dir():
            item.add_marker(without_data)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    if config.getoption("--fail-on-skip"):
        passed, skipped = (len(terminalreporter.stats.get(k, ())) for k in ("passed", "skipped"))
        terminalreporter.write_line(f"--fail-on-skip: {passed} ran, {skipped} skipped")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("--fail-on-skip") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


home_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def usual_decimals() -> None:
    """Decimals as Python has them: ccxt changes how the whole thread rounds when it is first asked."""
    decimal.setcontext(decimal.DefaultContext.copy())


@pytest.fixture(autouse=True)
def isolated_home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A home of the test's own, not made yet; and none of the user's settings.

    Its path is short, because a unix socket's path may have 108 bytes and no more.
    """
    for name in list(os.environ):
        if name.startswith("TUI_TRADER_"):
            monkeypatch.delenv(name)
    home = tmp_path_factory.getbasetemp() / f"h{next(home_numbers)}"
    monkeypatch.setenv("TUI_TRADER_HOME", str(home))
    return home


@pytest.fixture
def real_data() -> Path:
    """Folder of the recorded market data; only for tests marked real_data, which skip without it."""
    return real_data_folder
