"""Questions are answered from what there is, and cannot burn the exchange's rate limit."""

import asyncio
from decimal import Decimal

import msgspec
import pytest

from tests.engine.session.fakes import BTC, candle_of, on_stage, order_id, place
from tests.engine.session.virtual_time import virtual
from tui_trader.engine.messages.commands import ChangeLimit
from tui_trader.engine.messages.queries import (
    AskCandles,
    AskRecentEvents,
    AskSettings,
    AskStatus,
    AskTicket,
    CandlesAnswer,
    QueryFailed,
    SettingRow,
)
from tui_trader.engine.messages.reports import CandleReport, HeartbeatReport
from tui_trader.engine.messages.risk_queries import AskRisk, RiskAnswer
from tui_trader.engine.messages.sentiment_queries import AskSentiment, SentimentAnswer
from tui_trader.engine.messages.strategy_queries import AskStrategies
from tui_trader.engine.registry import STRATEGIES
from tui_trader.engine.session.candles import merge_live
from tui_trader.engine.session.queries import CHANGED
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import OutcomeUnknown, TemporaryFault
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import CommandId, OrderType, Side

# Written down once more: these names are promised to scripts.
STATUS_FIELDS = {
    "mode",
    "halted",
    "halt_reason",
    "equity",
    "cash",
    "day_pnl",
    "drawdown_ratio",
    "positions",
    "open_orders",
    "unknown_orders",
    "feeds",
    "engine",
    "budgets",
}


def ask_candles(interval=Interval.M1, count=10, symbol=BTC):
    return AskCandles(symbol=symbol, interval=interval, count=count)


@virtual
async def test_status_has_the_fields_that_scripts_rely_on():
    async with on_stage() as stage:
        await asyncio.sleep(3)
        answer = msgspec.to_builtins(await stage.client().ask(AskStatus()))
        assert set(answer) - {"type"} == STATUS_FIELDS
        assert answer["mode"] == "demo"
        assert answer["halted"] is False
        assert answer["halt_reason"] is None
        assert Decimal(answer["equity"]) == Decimal(answer["cash"]) == 10_000
        assert set(answer["engine"]) == {"pid", "uptime_s", "rss_mb"}
        assert answer["engine"]["uptime_s"] >= 3
        assert answer["engine"]["rss_mb"] > 5
        assert [set(feed) for feed in answer["feeds"]] == [{"name", "age_ms", "state"}] * 2


@virtual
async def test_status_counts_open_and_unknown_orders():
    async with on_stage() as stage:
        stage.execution.will("submit", OutcomeUnknown("lost"), None)
        client = stage.client()
        await client.send(place())
        await client.send(place(price="60001.0"))
        await asyncio.sleep(1)
        status = await client.ask(AskStatus())
        assert (status.open_orders, status.unknown_orders) == (2, 1)


@virtual
async def test_limits_of_risk_are_told_as_the_engine_counts_them():
    async with on_stage() as stage:
        await asyncio.sleep(1)
        answer = await stage.client().ask(AskRisk())
        assert isinstance(answer, RiskAnswer)
        exposure = next(row for row in answer.rows if row.key == "exposure")
        assert (exposure.used, exposure.limit, exposure.state) == (0.0, 5_000.0, "ok")


@virtual
async def test_feeds_are_up_stale_or_connecting():
    async with on_stage() as stage:
        now_ms = stage.clock.now_ms()
        stage.trader.market.apply(HeartbeatReport(time_ms=now_ms - 11_000, link="fake public"))
        stage.trader.market.apply(HeartbeatReport(time_ms=now_ms, link="new"))
        status = await stage.client().ask(AskStatus())
        shown = {feed.name: feed.state for feed in status.feeds}
        assert shown == {"fake public": "stale", "fake private": "up", "new": "connecting"}
        assert next(feed.age_ms for feed in status.feeds if feed.name == "fake public") == 11_000


@virtual
async def test_ticket_is_judged_by_the_real_gate():
    async with on_stage() as stage:
        query = AskTicket(
            symbol=BTC,
            side=Side.BUY,
            order_type=OrderType.MARKET,
            quantity_base=Decimal(10),
            price=None,
        )
        answer = await stage.client().ask(query)
        assert answer.refusal is not None
        assert stage.journal.kinds().count("OrderSubmitted") == 0


@pytest.mark.parametrize("quantity", ["NaN", "Infinity", "1E+900000", "1E-900000", "1" * 61])
@virtual
async def test_number_that_is_no_amount_is_not_even_asked(quantity):
    async with on_stage() as stage:
        query = AskTicket(
            symbol=BTC,
            side=Side.BUY,
            order_type=OrderType.MARKET,
            quantity_base=Decimal(quantity),
            price=None,
        )
        answer = await stage.client().ask(query)
        assert isinstance(answer, QueryFailed)
        assert "no amount" in answer.reason


@virtual
async def test_settings_are_the_rows_that_launch_gave():
    row = SettingRow(key="market.pairs", value="BTC/USD", source="default", help="Pairs.")
    async with on_stage(rows=(row,)) as stage:
        assert (await stage.client().ask(AskSettings())).rows == (row,)


@virtual
async def test_changed_limit_shows_in_the_settings_in_force():
    row = SettingRow(key="risk.positions_max", value="5", source="default", help="Most.")
    async with on_stage(rows=(row,)) as stage:
        client = stage.client()
        await client.send(
            ChangeLimit(
                command_id=CommandId("tighter"),
                actor="console",
                key=row.key,
                value=Decimal(2),
            )
        )
        await asyncio.sleep(1)
        (shown,) = (await client.ask(AskSettings())).rows
        assert (shown.value, shown.source, shown.help) == ("2", CHANGED, "Most.")
        assert "LimitChanged" in stage.journal.kinds()


async def test_strategies_that_can_be_started_declare_themselves():
    # Not on virtual time: they are loaded in a thread, which takes time of its own.
    async with on_stage() as stage:
        answer = await stage.client().ask(AskStrategies())
        declared = {one.name: one for one in answer.strategies}
        assert list(declared) == list(STRATEGIES)
        fast, slow = declared["sma_cross"].parameters
        assert (fast.name, fast.default, fast.is_whole) == ("fast", 20, True)
        assert (slow.name, declared["sma_cross"].increasing) == ("slow", ("fast", "slow"))


@virtual
async def test_recent_events_come_from_the_journal_oldest_first():
    async with on_stage() as stage:
        answer = await stage.client().ask(AskRecentEvents(limit=3))
        last = len(stage.journal.rows)
        assert [entry.sequence for entry in answer.entries] == [last - 2, last - 1, last]
        assert (await stage.client().ask(AskRecentEvents(limit=-1))).entries == ()


@virtual
async def test_many_consoles_cause_one_call_upstream():
    async with on_stage() as stage:
        clients = [stage.client() for _ in range(20)]
        answers = await asyncio.gather(
            *[client.ask(ask_candles(count=n + 1)) for n, client in enumerate(clients)]
        )
        assert [len(answer.candles) for answer in answers] == list(range(1, 21))
        assert len(stage.feed.history_calls) == 1
        await clients[0].ask(ask_candles())
        assert len(stage.feed.history_calls) == 1
        await asyncio.sleep(5)
        await clients[0].ask(ask_candles())
        assert len(stage.feed.history_calls) == 2


@virtual
async def test_failure_is_told_and_not_repeated_at_once():
    async with on_stage() as stage:
        stage.feed.history_faults.append(TemporaryFault("the exchange is away"))
        client = stage.client()
        for _ in range(3):
            assert await client.ask(ask_candles()) == QueryFailed(reason="the exchange is away")
        assert len(stage.feed.history_calls) == 1
        await asyncio.sleep(5)
        assert isinstance(await client.ask(ask_candles()), CandlesAnswer)


@virtual
async def test_console_that_hangs_up_does_not_take_the_answer_from_the_others():
    async with on_stage() as stage:
        client = stage.client()
        first = asyncio.create_task(client.ask(ask_candles()))
        second = asyncio.create_task(client.ask(ask_candles()))
        await asyncio.sleep(0.1)
        first.cancel()
        assert isinstance(await second, CandlesAnswer)
        assert len(stage.feed.history_calls) == 1


@virtual
async def test_pair_that_is_not_watched_is_not_asked_upstream():
    async with on_stage() as stage:
        answer = await stage.client().ask(ask_candles(symbol=Symbol("EVIL/\x1bUSD")))
        assert answer == QueryFailed(reason="EVIL/USD is not watched; see [market] pairs")
        assert stage.feed.history_calls == []


@pytest.mark.parametrize(("count", "length"), [(-5, 1), (0, 1), (720, 720), (10**9, 720)])
@virtual
async def test_count_is_kept_within_bounds(count, length):
    async with on_stage() as stage:
        answer = await stage.client().ask(ask_candles(count=count))
        assert len(answer.candles) == length


@virtual
async def test_live_candle_is_merged():
    async with on_stage() as stage:
        live = candle_of(stage.clock.now_ms() // 60_000 * 60_000, 9.0)
        stage.trader.market.apply(
            CandleReport(
                time_ms=stage.clock.now_ms(), symbol=BTC, interval=Interval.M1, candle=live
            )
        )
        answer = await stage.client().ask(ask_candles())
        assert answer.candles[-1] == live
        assert answer.candles[-2].open_time_ms == live.open_time_ms - 60_000


@virtual
async def test_candle_that_closed_since_it_was_fetched_is_fetched_again_and_only_once():
    async with on_stage() as stage:
        client = stage.client()

        def goes_on(minute):
            now_ms = stage.clock.now_ms()
            start_ms = (now_ms // 60_000 + minute) * 60_000
            live = candle_of(start_ms, 9.0)
            stage.trader.market.apply(
                CandleReport(time_ms=now_ms, symbol=BTC, interval=Interval.M1, candle=live)
            )

        goes_on(0)
        await client.ask(ask_candles())
        goes_on(0)
        await client.ask(ask_candles())
        assert len(stage.feed.history_calls) == 1
        # What was fetched a moment ago is how the last candle stood, not how it closed.
        goes_on(1)
        for _ in range(3):
            await client.ask(ask_candles())
        assert len(stage.feed.history_calls) == 2


def candle(open_time_ms, close=2.0, high=3.0, low=1.0):
    return candle_of(open_time_ms, 2.0, high, low, close)


@pytest.mark.parametrize(
    ("interval", "history", "live", "expected"),
    [
        (Interval.M1, [60_000], candle(60_000, close=9.0), [candle(60_000, close=9.0)]),
        (Interval.M1, [0], candle(60_000), [candle(0), candle(60_000)]),
        (Interval.M1, [120_000], candle(60_000, close=9.0), [candle(120_000)]),
        (Interval.M1, [], candle(60_000), [candle(60_000)]),
        (
            Interval.M5,
            [300_000],
            candle(420_000, close=5.0, high=6.0, low=0.5),
            [candle(300_000, close=5.0, high=6.0, low=0.5)],
        ),
        (Interval.M5, [0], candle(300_000, close=5.0), [candle(0), candle(300_000, close=5.0)]),
    ],
)
def test_merging(interval, history, live, expected):
    merged = merge_live(tuple(candle(start) for start in history), interval, live)
    assert list(merged) == expected


@virtual
async def test_two_orders_with_one_id_are_refused_by_the_second():
    async with on_stage() as stage:
        client, name = stage.client(), order_id()
        await client.send(place(name))
        await client.send(place(name))
        await stage.until(lambda: "CommandRefused" in stage.journal.kinds())
        assert len(stage.execution.calls("submit")) == 1


@virtual
async def test_the_mood_is_answered_and_costs_candles_only_when_somebody_looks():
    async with on_stage() as stage:
        await asyncio.sleep(3)
        answer = await stage.client().ask(AskSentiment())
        assert isinstance(answer, SentimentAnswer)
        parts = {part.name: part.state.value for part in answer.parts}
        assert parts["fear_greed"] == parts["headlines"] == "off"
        assert parts["book_imbalance"] in {"fresh", "missing"}
