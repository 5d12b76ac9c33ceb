"""`tui-trader data download`, from the local Kraken over HTTP, as a user calls it."""

import asyncio
import json
import threading
from contextlib import contextmanager

import pytest

from tui_trader.__main__ import main
from tui_trader.cli.exit_codes import (
    EXIT_CONFLICT,
    EXIT_OK,
    EXIT_REFUSED,
    EXIT_UNKNOWN,
    EXIT_WRONG,
)
from tui_trader.engine.exchanges.local_kraken.process import SERVE_FILE
from tui_trader.engine.exchanges.local_kraken.server import serve
from tui_trader.engine.exchanges.local_kraken.venue import ServeConfig
from tui_trader.engine.session import download
from tui_trader.engine.stores.candles import ParquetCandleStore
from tui_trader.engine.stores.home import Home
from tui_trader.engine.values.candles import Interval


@contextmanager
def local_kraken(journal):
    """The local exchange on a thread of its own: the command runs its own loop on ours."""
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    cards, stop = [], asyncio.Event()

    async def run():
        async with serve(ServeConfig(journal=journal, speed=0.0)) as exchange:
            cards.append(exchange)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    assert ready.wait(20)
    try:
        yield cards[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        loop.close()


@pytest.fixture(scope="module")
def exchange(tmp_path_factory):
    with local_kraken(tmp_path_factory.mktemp("exchange") / "journal") as running:
        yield running


@pytest.fixture
def said(capsys):
    def said(*arguments):
        code = main(["data", "download", "--pair", "BTC/USD", *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return said


def test_newest_candles_come_into_the_store_but_the_open_one(said, exchange, isolated_home):
    code, out, err = said("--timeframe", "1h", "--rest-url", exchange.rest)
    assert code == EXIT_OK
    assert out == (
        "719 candles stored: 719 as the venue gives them, 0 made of its trades (0 pages)\n"
    )
    assert err == f"demo BTC/USD 1h from {exchange.rest}\n"
    candles = ParquetCandleStore(isolated_home).load("demo", "BTC/USD", Interval.H1)
    assert len(candles) == 719


def test_older_ones_would_be_made_of_trades_that_the_local_exchange_does_not_have(said, exchange):
    code, out, _ = said(
        "--timeframe", "1m", "--start", "2020-01-01", "--rest-url", exchange.rest, "--json"
    )
    assert code == EXIT_OK
    document = json.loads(out)
    assert document["from_candles"] == 719
    assert document["from_trades"] == 0
    assert document["pages"] >= 1


def test_demo_mode_asks_the_exchange_of_this_home(said, exchange, isolated_home):
    Home(isolated_home).prepare()
    card = {
        "rest": exchange.rest,
        "ws": exchange.ws,
        "key": exchange.key,
        "secret": exchange.secret,
    }
    (Home(isolated_home).exchange / SERVE_FILE).write_text(json.dumps(card))
    code, out, _ = said("--timeframe", "1d", "--json")
    assert code == EXIT_OK
    assert json.loads(out)["venue"] == "demo"


def test_without_a_demo_exchange_there_is_nobody_to_ask(said):
    code, _, err = said("--timeframe", "1h")
    assert code == EXIT_CONFLICT
    assert "no demo exchange runs in this home" in err
    assert "--venue kraken" in err


def test_pair_that_is_not_listed_is_refused(said, exchange):
    code, _, err = said("--pair", "XRP/EUR", "--timeframe", "1h", "--rest-url", exchange.rest)
    assert code == EXIT_REFUSED
    assert "XRP/EUR: kraken does not list this pair" in err


def test_venue_that_does_not_answer_is_said_with_what_to_do(said, monkeypatch):
    monkeypatch.setattr(download, "TRIES_MAX", 1)
    code, _, err = said("--timeframe", "1h", "--rest-url", "http://127.0.0.1:9")
    assert code == EXIT_UNKNOWN
    assert "what came before is stored, and the same call goes on from there" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--timeframe", "2h"], "--timeframe '2h' is no length of candles"),
        (["--timeframe", "1h", "--start", "yesterday"], "--start 'yesterday' is no day"),
        (["--timeframe", "1h", "--start", "1950-01-01"], "lies before 1970"),
        (["--timeframe", "1h", "--start", "2099-01-01"], "is not before the end"),
        (
            ["--timeframe", "1h", "--start", "2020-01-02", "--end", "2020-01-01"],
            "--start 2020-01-02 00:00:00 is not before the end, 2020-01-01 00:00:00",
        ),
        (["--timeframe", "1h", "--rest-url", "localhost"], "'localhost' is no address"),
        (["--timeframe", "1h", "--venue", "binance"], "invalid choice: 'binance'"),
    ],
)
def test_call_that_is_wrong_says_what(said, arguments, words):
    code, out, err = said(*arguments)
    assert (code, out) == (EXIT_WRONG, "")
    assert words in err
