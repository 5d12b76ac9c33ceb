import pytest

from tests.cli.fake_engine import Desk, FakeEngine
from tui_trader.cli import cancelling, conversation, emergency, halting, health, placing
from tui_trader.engine.values.orders import OrderType

BRIEF = 0.05


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def desk(engine, capsys, monkeypatch) -> Desk:
    """The command line; waits that would be long are brief."""
    for room in (conversation, health):
        monkeypatch.setattr(room, "connect", engine.connect)
    for room, name in (
        (placing, "ANSWER_SECONDS"),
        (placing, "UNKNOWN_SECONDS"),
        (cancelling, "ANSWER_SECONDS"),
        (halting, "CONFIRM_SECONDS"),
        (emergency, "ANSWER_SECONDS"),
    ):
        monkeypatch.setattr(room, name, BRIEF)
    monkeypatch.setattr(halting, "REST_PAUSE_SECONDS", 0)
    monkeypatch.setattr(placing, "SETTLE_SECONDS", dict.fromkeys(OrderType, BRIEF))
    return Desk(engine, capsys)


@pytest.fixture
def person(monkeypatch):
    """Somebody at a terminal who types the given line."""

    def types(line: str) -> None:
        monkeypatch.setattr("tui_trader.cli.narration.is_person_there", lambda: True)
        monkeypatch.setattr("tui_trader.cli.trade.is_person_there", lambda: True)
        monkeypatch.setattr("sys.stdin.readline", lambda: line + "\n", raising=False)

    return types
