"""Numbers of one key, over restarts, clock steps, threads of work and processes."""

import asyncio
import multiprocessing
from pathlib import Path

import pytest

from tests.engine.exchanges.kraken.clocks import RealClock, SteppedClock
from tui_trader.engine.exchanges.ccxt_bridge import nonces
from tui_trader.engine.exchanges.ccxt_bridge.nonces import RisingNonces, SharedNonces
from tui_trader.engine.values.errors import TemporaryFault


def draw(path, count, pipe):
    shared = SharedNonces(path, RealClock())
    pipe.send([shared.next() for _ in range(count)])


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "nonce-of-a-key"


@pytest.mark.parametrize("make", [RisingNonces, None])
def test_numbers_rise_though_the_clock_stands_or_steps_back(path, make):
    clock = SteppedClock()
    source = RisingNonces(clock) if make else SharedNonces(path, clock)
    first = [source.next() for _ in range(3)]
    clock.move(-7_200_000)
    first.append(source.next())
    assert first == sorted(set(first))
    clock.move(7_300_000)
    assert source.next() == clock.now_ms() * 1_000


def test_restart_after_the_clock_was_set_back_goes_on_above_the_last_number(path):
    clock = SteppedClock()
    before = SharedNonces(path, clock).next()
    clock.move(-7_200_000)
    assert SharedNonces(path, clock).next() == before + 1
    assert path.stat().st_mode & 0o777 == 0o600


def test_two_processes_of_one_key_never_draw_the_same_number(path):
    fork = multiprocessing.get_context("spawn")
    ends = [fork.Pipe(duplex=False) for _ in range(2)]
    workers = [fork.Process(target=draw, args=(path, 300, end)) for _, end in ends]
    for worker in workers:
        worker.start()
    drawn = [end.recv() for end, _ in ends]
    for worker in workers:
        worker.join()
    assert all(numbers == sorted(numbers) for numbers in drawn)
    together = [number for numbers in drawn for number in numbers]
    assert len(set(together)) == len(together) == 600


@pytest.mark.parametrize("content", [b"", b"garbage", b"-5", b"\x00\x00"])
def test_file_that_says_nothing_usable_is_replaced(path, content):
    path.write_bytes(content)
    clock = SteppedClock()
    assert SharedNonces(path, clock).next() == clock.now_ms() * 1_000
    assert path.read_bytes().startswith(str(clock.now_ms()).encode())


def test_file_that_cannot_be_written_stops_no_cancel(path):
    source = SharedNonces(path.parent / "no such folder" / "nonce", SteppedClock())
    first = source.next()
    assert source.next() > first


async def test_road_is_held_by_one_process_and_shared_within_it(path):
    ours, theirs = SharedNonces(path, RealClock()), SharedNonces(path, RealClock())
    order = []
    async with ours.road(is_patient=True):
        async with ours.road(is_patient=False):
            order.append("two of ours")

        async def ask():
            async with theirs.road(is_patient=True):
                order.append("theirs")

        asking = asyncio.create_task(ask())
        await asyncio.sleep(0)
        order.append("ours is over")
    await asking
    assert order == ["two of ours", "ours is over", "theirs"]


async def test_cancel_of_another_process_waits_a_moment_and_then_goes(path, monkeypatch):
    monkeypatch.setattr(nonces, "PATIENCE_S", 0.02)
    monkeypatch.setattr(nonces, "READ_PATIENCE_S", 0.02)
    ours, theirs = SharedNonces(path, RealClock()), SharedNonces(path, RealClock())
    async with ours.road(is_patient=True):
        async with theirs.road(is_patient=False):
            pass
        with pytest.raises(TemporaryFault, match="another program"):
            async with theirs.road(is_patient=True):
                raise AssertionError
    async with theirs.road(is_patient=True):
        pass


async def test_road_leaves_no_file_open_behind(path):
    source = SharedNonces(path, RealClock())
    before = open_files()
    for _ in range(50):
        async with source.road(is_patient=True):
            source.next()
    assert open_files() == before
