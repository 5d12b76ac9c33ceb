"""Toasts: counted, few, gone by themselves; bell and desktop note only where they were asked for."""

import pytest
from textual.geometry import Region

from tests.screens import scripted
from tests.screens.scripted import NOW_MS
from tui_trader.engine.messages import events as told
from tui_trader.engine.values.orders import Side
from tui_trader.screens.announcing import PAUSE_S, Announcer
from tui_trader.screens.console_options import ConsoleOptions
from tui_trader.themes import palette_of
from tui_trader.widgets.drawing.toast_rows import toast_place, toast_rows, toast_width
from tui_trader.widgets.scene import Scene
from tui_trader.widgets.toasts import SHOWN_MS, TOASTS_MAX, Toasts


def fill(number: int, ago_ms: int = 0):
    return scripted.filled(number, "BTC/USD", Side.BUY, "0.01", "64000.0", ago_ms)


def refusal(gate: str = "order value", reason: str = "6,413 USD is above 2,500"):
    return told.CommandRefused(time_ms=NOW_MS, actor="grid", gate=gate, reason=reason)


def texts(toasts: Toasts) -> list[str]:
    return [toast.line.text for toast in toasts.shown]


def test_fills_of_one_order_are_one_toast_with_their_sum():
    toasts = Toasts()
    for ago_ms in (3, 2, 1):
        toasts.take(fill(1, ago_ms), NOW_MS)
    (text,) = texts(toasts)
    assert text.startswith("bought 0.03 BTC/USD at 64,000 in 3 fills")


def test_what_is_refused_again_is_counted_even_with_something_in_between():
    toasts = Toasts()
    for event in (refusal(), fill(1), refusal(), refusal()):
        toasts.take(event, NOW_MS)
    assert [toast.line.count for toast in toasts.shown] == [1, 3]


def test_flood_leaves_three_and_says_how_many_there_were():
    toasts = Toasts()
    for number in range(20):
        toasts.take(fill(number), NOW_MS)
    assert len(toasts.shown) == TOASTS_MAX
    assert toasts.more == 17
    lines = [toast.line for toast in toasts.shown]
    rows = toast_rows(lines, toasts.more, width=60, palette=palette_of("dark"))
    assert rows[0].text.startswith("▌ 17 more before, see the log")


def test_toast_goes_by_itself_also_where_the_clock_was_set_back():
    toasts = Toasts()
    toasts.take(fill(1), NOW_MS)
    toasts.let_go(NOW_MS + SHOWN_MS - 1)
    assert toasts.shown
    toasts.let_go(NOW_MS + SHOWN_MS)
    assert not toasts.shown
    toasts.take(fill(1), NOW_MS)
    toasts.let_go(NOW_MS - 60_000)
    assert not toasts.shown


@pytest.mark.parametrize(
    "event",
    [
        scripted.accepted(1),
        told.BalanceChanged(time_ms=NOW_MS, asset="USD", total=1),
        told.ReconcileStarted(time_ms=NOW_MS, reason="every minute"),
    ],
)
def test_routine_is_no_toast(event):
    toasts = Toasts()
    assert toasts.take(event, NOW_MS) is None
    assert not toasts.shown


FRAME = {"status": Region(0, 0, 80, 1), "keys": Region(0, 23, 80, 1), "modes": Region(0, 1, 80, 1)}


def test_toast_stands_above_the_keys_and_beside_the_ticket():
    width = 40
    assert toast_place(FRAME, width=width, height=3) == Region(0, 20, 40, 3)
    left = FRAME | {"ticket": Region(0, 10, 39, 13)}
    assert toast_place(left, width=width, height=3) == Region(40, 20, 40, 3)
    whole = FRAME | {"ticket": Region(0, 10, 80, 13)}
    assert toast_place(whole, width=width, height=3) is None


def test_toast_never_covers_status_banner_or_keys():
    low = FRAME | {"banner": Region(0, 2, 80, 19)}
    assert toast_place(low, width=40, height=3) is None
    assert toast_place({"too-small": Region(0, 0, 60, 20)}, width=40, height=1) is None
    assert toast_width(80) <= 78


class Told:
    """A terminal that keeps what it was sent, and a clock."""

    def __init__(self, **options) -> None:
        self.sent: list[str] = []
        self.now_s = 50.0
        self.announcer = Announcer(
            Scene(now_ms=NOW_MS),
            ConsoleOptions(**options),
            write=self.sent.append,
            clock=lambda: self.now_s,
        )


def test_nothing_rings_unless_it_was_asked_for():
    terminal = Told()
    terminal.announcer.take(fill(1))
    assert terminal.sent == []


def test_bell_and_note_come_once_in_two_seconds():
    terminal = Told(rings_bell=True, notes_on_desktop=True)
    for number in range(50):
        terminal.announcer.take(fill(number))
    assert len(terminal.sent) == 2
    assert terminal.sent[0].startswith("\x1b]9;tui-trader: bought 0.01 BTC/USD")
    assert terminal.sent[1] == "\a"
    terminal.now_s += PAUSE_S
    terminal.announcer.take(fill(1))
    assert len(terminal.sent) == 4


def test_hostile_reason_cannot_end_the_note_and_go_on_as_a_command():
    terminal = Told(notes_on_desktop=True)
    terminal.announcer.take(refusal(reason="x\a\x1b]52;c;ZXZpbA==\a\x9d9;y\x1b\\"))
    (note,) = terminal.sent
    assert note.endswith("\a")
    inner = note.removeprefix("\x1b]9;").removesuffix("\a")
    assert inner.isprintable()
