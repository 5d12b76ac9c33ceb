import pytest

from tui_trader.widgets.arming import Arming

MINUTE = 60_000
NOW = 1_000_000_000


def armed(**more):
    arming = Arming(minutes=10, idle_minutes=3, **more)
    arming.arm(NOW)
    return arming


def test_nothing_is_armed_by_itself():
    assert Arming().left_s(NOW) is None
    assert Arming().watch(NOW, trouble="old") == ""


def test_armed_keys_count_down_and_sleep_when_time_is_over():
    arming = armed()
    assert arming.left_s(NOW) == 600
    assert arming.left_s(NOW + 599_001) == 1
    arming.touched_ms = NOW + 9 * MINUTE
    assert arming.watch(NOW + 10 * MINUTE - 1, trouble="") == ""
    assert arming.watch(NOW + 10 * MINUTE, trouble="") == "10 minutes are over"
    assert arming.left_s(NOW) is None


def test_a_touch_keeps_them_awake_and_silence_does_not():
    arming = armed()
    arming.touched_ms = NOW + MINUTE
    assert arming.watch(NOW + 4 * MINUTE - 1, trouble="") == ""
    assert "nothing was pressed" in arming.watch(NOW + 4 * MINUTE, trouble="")


@pytest.mark.parametrize("trouble", ["prices are old", "the engine is gone"])
def test_trouble_puts_them_to_sleep(trouble):
    arming = armed()
    assert arming.watch(NOW + 1, trouble=trouble) == trouble
    assert arming.watch(NOW + 2, trouble=trouble) == ""


def test_a_clock_that_goes_back_does_not_lengthen_it():
    arming = armed()
    assert arming.left_s(NOW - 1) is None
    assert arming.watch(NOW - 1, trouble="") == "the clock went back"
    assert arming.left_s(NOW + 1) is None
