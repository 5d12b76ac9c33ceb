"""The tests' own guards: no network beyond this machine, no home of the user's."""

import os
import socket

import pytest


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_connecting_beyond_this_machine_is_refused_by_name(host):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as outside, pytest.raises(AssertionError, match=host):
        outside.connect((host, 443))


def test_looking_up_a_name_is_refused():
    with pytest.raises(AssertionError, match=r"example\.invalid"):
        socket.create_connection(("example.invalid", 443))


def test_loopback_is_open():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
    ):
        assert client.getpeername() == server.getsockname()


def test_home_is_the_tests_own(isolated_home):
    assert os.environ["TUI_TRADER_HOME"] == str(isolated_home)
    assert not isolated_home.exists()
    assert len(str(isolated_home)) < 80
