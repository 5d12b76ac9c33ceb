"""A crash on a book that cannot take the stop: the engine sells in parts on the local exchange, and ends flat."""

from decimal import Decimal

import msgspec

from tests.engine.session.virtual_time import run_virtual
from tests.simulation.test_live_parity import BTC, PLAIN, session_on
from tui_trader.engine.exchanges.simulator.tape import BookChange, Tape, Tick
from tui_trader.engine.messages.commands import StartStrategy
from tui_trader.engine.messages.events import (
    CommandRefused,
    OrderFilled,
    OrderSubmitted,
    StrategyWroteOff,
)
from tui_trader.engine.settings.model import MarketSettings, Settings
from tui_trader.engine.settings.rulebook import WITHOUT_LIMITS
from tui_trader.engine.state.truth import compare
from tui_trader.engine.stores.exchange_journal import read_exchange_journal
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.orders import CommandId, Side

QUARTER_MS = 900_000
BEGIN_MS = 1_568_397_600_000
DEEP = 10**9
HELD = Decimal("0.1")
RULES = msgspec.structs.replace(PLAIN, stop_percent=Decimal(5), take_percent=Decimal(0))
STAGES = (
    # Price of the last trade, and the bids as price and lots: one stage a candle.
    (10_000, ((10_000, DEEP),)),
    (10_000, ((10_000, DEEP),)),
    (10_000, ((10_000, DEEP),)),
    # The stop lies at 9,500. Far below there is more, which the collar does not let be had.
    (9_400, ((9_400, 3_000_000), (9_390, 1_000_000), (5_000, DEEP))),
    (9_400, ((9_390, 4_999), (5_000, DEEP))),
    (9_300, ((9_300, 2_000_000), (5_000, DEEP))),
    (9_350, ((9_350, DEEP),)),
    (9_350, ((9_350, DEEP),)),
)


def tape() -> Tape:
    events = []
    for number, (price, bids) in enumerate(STAGES):
        time_ms = BEGIN_MS + number * QUARTER_MS
        asks = ((10 * (bids[0][0] + 1), DEEP),)
        rows = tuple((10 * level, lots) for level, lots in bids)
        events.append(BookChange(time_ms, rows, asks, is_snapshot=True))
        events.append(Tick(time_ms, 10 * price, 1_000, Side.SELL))
    return Tape(events=iter(events), has_books=True)


async def crash(folder):
    """Enter at 10,000, then step through the crash; the engine's journal and the exchange's."""
    signals = folder / "once.csv"
    signals.write_text(f"time,signal\n{BEGIN_MS + QUARTER_MS},1\n")
    settings = Settings(market=MarketSettings(pairs=("BTC/USD",)), rules=RULES, risk=WITHOUT_LIMITS)
    async with session_on(folder, {BTC: tape()}, settings, recorded={BTC: None}) as engine:
        engine.exchange.pace.step(1)
        await engine.client.send(
            StartStrategy(
                command_id=CommandId("start"),
                actor="test",
                name="once",
                file=str(signals),
                symbols=(BTC,),
                interval=Interval.M15,
            )
        )
        await engine.until(lambda: engine.session._strategies._followers, "a follower")
        (follower,) = engine.session._strategies._followers.values()
        await engine.until(lambda: follower._begun_ms == BEGIN_MS + QUARTER_MS, "its candle")
        held = lambda: engine.state.strategies["once"].note.pairs[BTC].held  # noqa: E731
        left = []
        for number in range(2, len(STAGES)):
            engine.exchange.pace.step(1)
            begun_ms = BEGIN_MS + number * QUARTER_MS
            await engine.until(lambda: is_quiet(engine, begun_ms), f"stage {number}")  # noqa: B023
            left.append(0 if held() is None else held().lots)
        sent = engine.happened(OrderSubmitted)
        assert engine.happened(StrategyWroteOff) == []
        fills = engine.happened(OrderFilled)
        refused = engine.happened(CommandRefused)
        events = [entry.event for entry in engine.journal.read()]
    return left, sent, fills, refused, compare(events, read_exchange_journal(folder / "j.jsonl"))


def is_quiet(engine, begun_ms):
    note = engine.state.strategies["once"].note
    is_heard = note.candle_ms == begun_ms and note.pairs[BTC].order is None
    return is_heard and note.pairs[BTC].want == 0 and not engine.state.unsettled


def test_a_stop_sells_what_a_thin_book_takes_and_the_rest_with_the_next(tmp_path):
    left, sent, fills, refused, truth = run_virtual(crash(tmp_path))
    assert left == [10_000_000, 6_000_000, 6_000_000, 4_000_000, 0, 0]
    assert [order.side for order in sent] == [Side.BUY, Side.SELL, Side.SELL, Side.SELL]
    assert sum(order.quantity_base for order in sent[1:]) == HELD
    prices = [event.fill.price for event in fills if event.fill.side is Side.SELL]
    assert min(prices) >= 9_300
    assert {event.gate for event in refused} <= {"price_collar"}
    assert truth.differences == (), truth
