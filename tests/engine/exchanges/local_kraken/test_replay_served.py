"""A recording, served: clients see what was recorded, and the market obeys pause, step and speed."""

import argparse
import asyncio
import contextlib
import csv
import gzip
import itertools
import json

import pytest

from tests.engine.exchanges.local_kraken.visitors import MirrorBook, Visitor
from tests.engine.exchanges.simulator.test_replay_market import BEGIN, HOUR, SPIKE, candle
from tests.engine.session.virtual_time import VirtualClock, run_virtual
from tests.simulation.test_faults_survived import housed
from tui_trader.cli.parser import CommandParser
from tui_trader.cli.replay_files import add_replay_options, tapes_of
from tui_trader.engine.exchanges.local_kraken.market_pace import STEP_CANDLES_MAX, Gaps
from tui_trader.engine.exchanges.local_kraken.server import serve
from tui_trader.engine.exchanges.local_kraken.venue import ServeConfig
from tui_trader.engine.exchanges.simulator.tape import TapeCandle, candle_tape
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.orders import OrderStatus


def tape(candles=SPIKE, *, start=0):
    return candle_tape(candles, interval_s=HOUR, start_s=BEGIN + start * HOUR)


@contextlib.asynccontextmanager
async def stage(folder, *, told=None, **config):
    config = {"journal": folder / "j.jsonl", "speed": 0, **config}
    if "tapes" not in config:
        config["tapes"] = {"BTC/USD": tape()}
    tell = told.append if told is not None else lambda _: None
    async with (
        serve(ServeConfig(**config), clock=VirtualClock(), tell=tell) as exchange,
        Visitor(exchange) as visitor,
    ):
        yield visitor


async def control(visitor, fault, **options):
    status, answer = await visitor.control(fault=fault, **options)
    assert status == 200, answer
    return answer["result"]["market"]


async def candles(visitor, interval=60, pair="XBTUSD"):
    answer = (await visitor.public("OHLC", pair=pair, interval=str(interval)))["result"]
    return next(rows for name, rows in answer.items() if name != "last")


def virtual(test):
    def run(tmp_path):
        run_virtual(test(tmp_path))

    run.__name__ = test.__name__
    return run


@virtual
async def test_replay_waits_at_speed_0_and_goes_candle_by_candle(tmp_path):
    async with stage(tmp_path) as visitor:
        assert len(await candles(visitor)) == 2
        state = await control(visitor, "step")
        assert (state["paused"], state["tape_time"]) == (True, "2019-09-13T20:00:00.000Z")
        opened = await candles(visitor)
        assert [row[4] for row in opened[-2:]] == ["10250.0", "10250.0"]
        await control(visitor, "step")
        spike = (await candles(visitor))[-2]
        assert spike[:5] == [BEGIN, "10250.0", "12000.0", "8000.0", "10300.0"]
        assert (spike[6], spike[7]) == ("9.87654321", 4_321)
        # Paused means paused, whatever time does.
        await asyncio.sleep(3_600)
        assert (await candles(visitor))[-1][0] == BEGIN + HOUR
        assert (await control(visitor, "step", candles=3))["ended"] is True


@virtual
async def test_speed_is_recorded_seconds_a_second_and_the_end_is_announced(tmp_path):
    told = []
    async with stage(tmp_path, told=told, speed=600) as visitor:
        await asyncio.sleep(3)
        half = (await visitor.http.get(f"{visitor.exchange.rest}/_control")).json()
        moment = (await half)["result"]["market"]["tape_time"]
        assert moment.startswith(("2019-09-13T20:2", "2019-09-13T20:3"))
        await control(visitor, "speed", times=3_600)
        await asyncio.sleep(3)
        state = await control(visitor, "speed", times=1)
        assert state["ended"] is True
        assert told == [f"the tape has ended, at {state['tape_time']}"]
        assert (await candles(visitor))[-1][:5] == [
            BEGIN + HOUR,
            "10300.0",
            "10310.0",
            "10290.0",
            "10295.0",
        ]


async def reaches_the_end(folder, gaps):
    hole = (*SPIKE, candle(30, 10_290, 10_300, 10_280, 10_300))
    async with stage(folder, tapes={"BTC/USD": tape(hole)}, speed=3_600, gaps=gaps) as visitor:
        await asyncio.sleep(4)
        return visitor.exchange.pace.state()["ended"], [row[0] for row in await candles(visitor)]


@pytest.mark.parametrize(("gaps", "ended"), [(Gaps.JUMP, True), (Gaps.IDLE, False)])
def test_hole_is_jumped_or_waited_for_and_never_filled(tmp_path, gaps, ended):
    has_ended, begins = run_virtual(reaches_the_end(tmp_path, gaps))
    assert has_ended is ended
    expected = [BEGIN - 2 * HOUR, BEGIN - HOUR, BEGIN, BEGIN + HOUR]
    assert begins == expected + ([BEGIN + 30 * HOUR] if ended else [])


@virtual
async def test_two_recordings_run_on_one_clock_and_other_pairs_stand_still(tmp_path):
    second = [
        TapeCandle(BEGIN + n * HOUR, 30_000, 30_100 + n, 29_900, 30_050, 10**10, 40)
        for n in range(-3, 6)
    ]
    tapes = {"BTC/USD": tape(), "ETH/USD": tape(second)}
    async with stage(tmp_path, tapes=tapes) as visitor:
        still = visitor.exchange.venue.markets["SOL/USD"].bbo()
        for hour in range(2):
            await control(visitor, "step")
            for pair in ("XBTUSD", "ETHUSD"):
                assert (await candles(visitor, pair=pair))[-1][0] == BEGIN + hour * HOUR
        assert visitor.exchange.venue.markets["SOL/USD"].bbo() == still


@virtual
async def test_orders_live_in_the_recording_and_on_todays_clock(tmp_path):
    async with stage(tmp_path) as visitor:
        await control(visitor, "step")
        low = (await visitor.buy("0.1", "8500.0", cl_ord_id="low"))["result"]["txid"][0]
        await control(visitor, "step")
        order = (await visitor.private("QueryOrders", txid=low))["result"][low]
        assert (order["status"], order["price"]) == ("closed", "8500.00000")
        now_s = VirtualClock().now_ms() / 1_000
        assert order["closetm"] == pytest.approx(now_s, abs=5)
        trades = (await visitor.public("Trades", pair="XBTUSD"))["result"]["XXBTZUSD"]
        assert {int(row[2]) // 86_400 for row in trades} == {BEGIN // 86_400}


@virtual
async def test_socket_tells_the_recording_with_a_book_that_checks(tmp_path):
    async with stage(tmp_path) as visitor:
        listener = await visitor.open_socket()
        for channel, extra in (("ohlc", {"interval": 60}), ("book", {}), ("trade", {})):
            await listener.subscribe(channel, symbol=["BTC/USD"], **extra)
        book, highest, prices = MirrorBook(10), 0.0, []
        await control(visitor, "step", candles=2)
        await visitor.control(fault="ws_close")
        async for message in listener.socket:
            told = json.loads(message.data, parse_float=str)
            for row in told.get("data", []) if "channel" in told else []:
                if told["channel"] == "book":
                    assert book.apply(row)
                elif told["channel"] == "ohlc":
                    assert row["interval_begin"].startswith("2019-09-13T")
                    highest = max(highest, float(row["high"]))
                elif told["channel"] == "trade":
                    prices.append(float(row["price"]))
        assert highest == 12_000.0
        assert (max(prices), min(prices)) == (12_000.0, 8_000.0)


@virtual
async def test_recording_can_not_be_moved_and_steps_have_a_maximum(tmp_path):
    async with stage(tmp_path) as visitor:
        status, answer = await visitor.control(fault="move", pair="BTC/USD")
        assert (status, "recording" in answer["error"][0]) == (400, True)
        status, answer = await visitor.control(fault="step", candles=STEP_CANDLES_MAX + 1)
        assert (status, "too many" in answer["error"][0]) == (400, True)


@virtual
async def test_engine_trades_on_a_recording_and_both_journals_agree(tmp_path):
    async with housed(tmp_path, tapes={"BTC/USD": tape()}) as house:
        await house.until(house.is_settled)
        await house.control("step")
        await asyncio.sleep(1)
        low = await house.place("0.1", percent_below=10)
        await house.until(lambda: house.exchange.venue.account.open_orders)
        await house.control("step")
        await house.until(lambda: house.state.orders[low].status is OrderStatus.FILLED)
        await asyncio.sleep(65)
        await house.until(house.is_settled)
        assert house.truth().differences == ()
        (history,) = [await house.session_candles()]
        assert [each.open_time_ms // 1_000 for each in history[-2:]] == [BEGIN, BEGIN + HOUR]


# Files


def options(*arguments):
    parser = CommandParser(prog="x")
    add_replay_options(parser)
    return parser.parse_args(arguments, namespace=argparse.Namespace())


def write(path, text):
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--replay", "a.csv"), "1 --replay and 0 --pair"),
        (("--pair", "BTC/USD"), "0 --replay and 1 --pair"),
        (("--start", "2020-01-01"), "belong to a --replay"),
        (("--replay", "nowhere.csv", "--pair", "BTC/USD"), "nowhere.csv"),
        (("--replay", "x", "--pair", "XXX/YYY"), "the exchange lists BTC/USD"),
    ],
)
def test_options_that_do_not_fit_are_refused_in_a_sentence(arguments, words):
    with pytest.raises(ConfigError, match=words):
        tapes_of(options(*arguments))


def test_two_files_of_one_pair_are_refused(tmp_path):
    trades = write(tmp_path / "t.csv", "1672531436,90.54,1.1\n1672531471,90.45,1.0\n")
    with pytest.raises(ConfigError, match="two --replay"):
        tapes_of(
            options("--replay", trades, "--pair", "BTC/USD", "--replay", trades, "--pair", "XBTUSD")
        )


@pytest.mark.parametrize(
    "text",
    ["1672531436,90.54,1.1\nhello,1,2\n", "1,2,3\n4,NaN,6\n", "1,2,3\n4,5\n"],
)
def test_row_of_a_trade_file_that_makes_no_sense_is_named_with_its_file(tmp_path, text):
    path = write(tmp_path / "trades.csv", text)
    with pytest.raises(ConfigError, match=r"trades\.csv"):
        tapes_of(options("--replay", path, "--pair", "BTC/USD"))


def test_candle_file_is_cut_to_the_span_and_what_lies_before_is_its_past(tmp_path):
    hours = [f"{BEGIN + n * HOUR},100.0,101.0,99.0,100.5,1.5,7" for n in range(48)]
    path = write(tmp_path / "XBTUSD_60.csv", "\n".join(hours) + "\n")
    played = tapes_of(
        options(
            "--replay", path, "--pair", "BTC/USD", "--start", "2019-09-14", "--end", "2019-09-15"
        )
    )["BTC/USD"]
    assert len(played.history) == 4
    begins = {event.time_ms // 3_600_000 * HOUR for event in played.events}
    assert begins == {BEGIN + n * HOUR for n in range(4, 28)}
    with pytest.raises(ConfigError, match="no candle between"):
        tapes_of(options("--replay", path, "--pair", "BTC/USD", "--start", "2025-01-01"))


@pytest.mark.real_data
def test_spike_of_2019_is_served_to_the_last_digit(real_data, tmp_path):
    path = real_data / "kraken_1h" / "XBTUSD_60.csv.gz"
    with gzip.open(path, "rt") as file:
        rows = {int(row[0]): row for row in csv.reader(file)}

    async def play():
        arguments = ("--replay", str(path), "--pair", "BTC/USD", "--start", "2019-09-12")
        async with stage(tmp_path, tapes=tapes_of(options(*arguments))) as visitor:
            await control(visitor, "step", candles=73)
            served = await candles(visitor)
            assert len(served) == 721
            for begin, *prices, _, volume, count in served[:-1]:
                recorded = rows[begin]
                assert [float(price) for price in prices] == [float(x) for x in recorded[1:5]]
                assert (float(volume), count) == (float(recorded[5]), int(recorded[6]))
            assert any(row[2:4] == ["12000.0", "8000.0"] for row in served)

    run_virtual(play())


@pytest.mark.real_data
def test_recorded_session_is_played_with_every_trade_and_a_book_that_never_crosses(
    real_data, tmp_path
):
    path = tmp_path / "beginning"
    with gzip.open(real_data / "l2_trades" / "binance_spot_btcusdt_20240808.gz", "rt") as file:
        # What is played below and more; all six minutes take seconds to read.
        path.write_text("".join(itertools.islice(file, 4_000)))

    async def play():
        tapes = tapes_of(options("--replay", str(path), "--pair", "BTC/USD"))
        async with stage(tmp_path, tapes=tapes) as visitor:
            venue = visitor.exchange.venue
            market = venue.markets["BTC/USD"]
            for _ in range(1_500):
                venue.step("BTC/USD")
                bid, _, ask, _ = market.bbo()
                assert bid < ask
            with path.open() as file:
                recorded = sum('@trade"' in line for line in itertools.islice(file, 1_500))
            assert market.candles[1_440].open_bar.trades == recorded > 100
            assert len(market.book.bids.prices) > 50
            order = (await visitor.buy("0.0005", visitor.best_bid_text()))["result"]["txid"][0]
            for _ in range(1_500):
                venue.step("BTC/USD")
            fills = venue.account.orders[order].fills
            assert fills
            assert all(fill.is_maker for fill in fills)

    run_virtual(play())


@pytest.mark.real_data
def test_recorded_kraken_book_is_played_to_its_end(real_data, tmp_path):
    path = real_data / "ws" / "kraken_sdk_orderbook-v2.json.gz"

    async def play():
        tapes = tapes_of(options("--replay", str(path), "--pair", "BTC/USD"))
        async with stage(tmp_path, tapes=tapes) as visitor:
            state = await control(visitor, "step", candles=5)
            assert (state["ended"], state["played"]) == (True, 510)
            bid, _, ask, _ = visitor.exchange.venue.markets["BTC/USD"].bbo()
            assert (bid, ask) == (294_304, 294_305)

    run_virtual(play())


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "pair", "count"),
    [
        ("kraken_trades_csv_BCHEUR.csv", "SOL/USD", 148),
        ("XRP_ETH-trades.json.gz", "DOGE/USD", 12_477),
    ],
)
def test_trade_files_are_played_trade_by_trade(real_data, name, pair, count):
    arguments = ("--replay", str(real_data / "trades" / name), "--pair", pair)
    (played,) = tapes_of(options(*arguments)).values()
    assert len(list(played.events)) == count
