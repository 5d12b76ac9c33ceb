"""The home directory: one engine, private files, a socket that fits."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tui_trader.engine.client.address import SOCKET_PATH_BYTES_MAX, find_socket, socket_path
from tui_trader.engine.stores.home import EngineCard, HaltLatch, Home, HomeLock, is_locked
from tui_trader.engine.values.errors import HomeBusy, StoreError


@pytest.fixture
def home(isolated_home: Path) -> Home:
    home = Home(isolated_home)
    home.prepare()
    return home


def test_folders_are_made_private(home):
    for folder in (home.path, home.logs, home.exchange, home.cache):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_a_home_that_is_too_open_is_closed(isolated_home):
    isolated_home.mkdir(mode=0o755)
    Home(isolated_home).prepare()
    assert isolated_home.stat().st_mode & 0o777 == 0o700


def test_a_home_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file/home cannot be used"):
        Home(tmp_path / "file" / "home").prepare()


def test_second_lock_is_refused_and_names_the_holder(home):
    with HomeLock(home):
        assert is_locked(home.lock)
        with pytest.raises(HomeBusy, match=f"pid {os.getpid()}"):
            HomeLock(home)
    assert not is_locked(home.lock)
    HomeLock(home).release()


def test_lock_of_a_killed_process_is_free(home):
    script = (
        "import sys, pathlib, os, signal\n"
        "from tui_trader.engine.stores.home import Home, HomeLock\n"
        "lock = HomeLock(Home(pathlib.Path(sys.argv[1])))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(home.path)], check=False)
    assert home.lock.read_text().strip() != str(os.getpid())
    HomeLock(home).release()


def test_who_only_looks_is_not_taken_for_an_engine(home):
    HomeLock(home).release()
    looking = threading.Event()

    def look():
        while not looking.is_set():
            is_locked(home.lock)

    looker = threading.Thread(target=look)
    looker.start()
    for _ in range(50):
        HomeLock(home).release()
    looking.set()
    looker.join()


def test_latch_comes_back_as_it_was_written(home):
    assert home.read_halt() is None
    latch = HaltLatch(actor="cli", reason="flash crash", time_ms=7)
    home.write_halt(latch)
    assert home.read_halt() == latch
    assert home.halt.stat().st_mode & 0o077 == 0
    home.remove_halt()
    home.remove_halt()
    assert home.read_halt() is None


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b'{"actor": 3}', b"[" * 2_000])
def test_latch_that_cannot_be_read_still_halts(home, content):
    home.halt.write_bytes(content)
    latch = home.read_halt()
    assert latch is not None
    assert "cannot be read" in latch.reason


def test_latch_is_cleaned_of_control_characters(home):
    home.write_halt(HaltLatch(actor="a\x1b]0;x\x07", reason="b\u202e", time_ms=0))
    latch = home.read_halt()
    assert latch == HaltLatch(actor="a]0;x", reason="b", time_ms=0)


def test_card_is_written_and_removed(home):
    home.write_card(EngineCard(pid=1, started_ms=2, version="3", mode="demo"))
    assert b'"pid":1' in home.card.read_bytes()
    home.remove_card()
    assert not home.card.exists()


def test_no_file_is_left_beside_a_replaced_one(home):
    home.write_halt(HaltLatch(actor="a", reason="b", time_ms=0))
    assert [path.name for path in home.path.iterdir() if path.is_file()] == ["halt.json"]


def test_short_home_has_its_socket_inside():
    assert socket_path(Path("/home/a"), {}, 1) == Path("/home/a/engine.sock")


def test_long_home_uses_the_runtime_directory():
    long = Path("/" + "deep/" * 30)
    path = socket_path(long, {"XDG_RUNTIME_DIR": "/run/user/1"}, 1)
    assert path.parent == Path("/run/user/1/tui-trader")
    assert path != socket_path(long / "other", {"XDG_RUNTIME_DIR": "/run/user/1"}, 1)


@pytest.mark.parametrize("runtime", ["", "relative", "/" + "long/" * 30])
def test_long_home_without_a_usable_runtime_directory_uses_a_private_folder(runtime):
    path = socket_path(Path("/" + "deep/" * 30), {"XDG_RUNTIME_DIR": runtime}, 42)
    assert path.parent == Path("/tmp/tui-trader-42")
    assert len(os.fsencode(path)) <= SOCKET_PATH_BYTES_MAX


def test_clients_follow_the_pointer_whatever_their_environment(
    tmp_path, isolated_home, monkeypatch
):
    runtime = isolated_home / "run"
    runtime.mkdir(parents=True)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    long = Home(tmp_path / ("deep" * 20) / ("er" * 20))
    long.prepare()
    path = long.prepare_socket()
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert find_socket(long.path) == path
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_short_home_needs_no_pointer_and_removes_an_old_one(home):
    (home.path / "engine.sock.path").write_text("/elsewhere")
    (home.path / "engine.sock").write_text("left behind")
    path = home.prepare_socket()
    assert not path.exists()
    assert find_socket(home.path) == path == home.path / "engine.sock"


@pytest.mark.parametrize("content", [b"/tmp/\xff", b"", b"elsewhere"])
def test_pointer_that_makes_no_sense_is_ignored(home, content):
    (home.path / "engine.sock.path").write_bytes(content)
    assert find_socket(home.path) == home.path / "engine.sock"


@pytest.mark.parametrize("name", ["engine.sock", "engine.sock.path"])
def test_folder_where_the_socket_belongs_is_named(home, name):
    (home.path / name).mkdir()
    with pytest.raises(StoreError, match=f"{name} cannot be removed"):
        home.prepare_socket()


def test_socket_folder_that_is_a_link_is_refused(tmp_path, isolated_home, monkeypatch):
    runtime = isolated_home / "run"
    (runtime / "elsewhere").mkdir(parents=True)
    (runtime / "tui-trader").symlink_to(runtime / "elsewhere")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    long = Home(tmp_path / ("deep" * 20) / ("er" * 20))
    long.prepare()
    with pytest.raises(StoreError, match="is a link"):
        long.prepare_socket()


def test_folder_that_is_used_for_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("chapter 1")
    tmp_path.chmod(0o755)
    with pytest.raises(StoreError, match="holds other things"):
        Home(tmp_path).prepare()
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_folder_with_nothing_but_settings_is_a_home(tmp_path):
    (tmp_path / "config.toml").write_text("")
    Home(tmp_path).prepare()
    assert (tmp_path / "exchange").is_dir()
