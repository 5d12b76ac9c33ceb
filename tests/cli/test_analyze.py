"""`tui-trader analyze`: where candles come from, what is told, and that every line fits."""

import re
from dataclasses import replace

import numpy as np
import pytest
from msgspec.structs import replace as replace_struct

from tests.cli.candle_files import answered, store, write_csv
from tests.engine.analysis.made_candles import gaps, walk
from tui_trader.cli import analyze
from tui_trader.cli.exit_codes import EXIT_OK, EXIT_WRONG
from tui_trader.engine.analysis.catalogue import indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.resample import resampled
from tui_trader.engine.messages.queries import AskCandles, QueryFailed
from tui_trader.engine.messages.sentiment_queries import (
    AskSentiment,
    PartState,
    SentimentAnswer,
    SentimentPart,
)
from tui_trader.engine.registry import INDICATORS
from tui_trader.engine.values.candles import Interval

CANDLES = walk(400)


@pytest.fixture
def file(tmp_path):
    return str(write_csv(tmp_path / "made.csv", CANDLES))


@pytest.fixture
def alone(desk):
    """The command line with no engine to ask."""
    desk.engine.is_running = False
    return desk


def test_a_file_is_read_in_full(alone, file):
    assert alone.run("analyze", "btc/usd", "--data", file, "--json") == EXIT_OK
    told = alone.document
    assert (told["pair"], told["timeframe"], told["candles"]) == ("BTC/USD", "15m", 400)
    assert told["open_time_ms"] == CANDLES.open_time_ms[-1]
    assert {reading["name"] for reading in told["readings"]} == set(INDICATORS)
    rsi = next(reading for reading in told["readings"] if reading["name"] == "rsi")
    assert rsi["outputs"][0]["value"] == pytest.approx(
        compute(CANDLES, indicator_named("rsi"))["rsi"][-1]
    )
    assert rsi["label"] == "rsi(14)"
    assert told["total"]["unknown"] == 3
    assert set(told) >= {"patterns", "trend", "levels", "events", "divergences"}


def test_what_is_not_known_says_why(alone, file):
    alone.run("analyze", "BTC/USD", "--data", file, "--json")
    assert alone.document["sentiment"]["score"] is None
    assert alone.document["sentiment"]["reason"]
    assert alone.document["signal"]["direction"] is None
    assert "only a running engine asks the models" in alone.document["signal"]["reason"]
    alone.run("analyze", "BTC/USD", "--data", file)
    assert "SIGNAL\nnot known: only a running engine" in alone.out
    assert "SENTIMENT of the whole market\nnot known" in alone.out
    assert "needs a live feed of the order book" in " ".join(alone.out.split())


@pytest.mark.parametrize("width", [60, 80, 133])
def test_every_line_fits_and_nothing_is_cut(alone, file, width):
    assert (
        alone.run("analyze", "BTC/USD", "--data", file, "--all", "--width", str(width)) == EXIT_OK
    )
    assert max(map(len, alone.out.splitlines())) <= width
    assert "…" not in alone.out
    assert "\x1b" not in alone.out
    for name in INDICATORS:
        assert re.search(rf"^[▲▼·  ] {name}(\(|\s)", alone.out, re.MULTILINE), name


def test_indicators_without_a_side_are_counted_and_not_listed(alone, file):
    alone.run("analyze", "BTC/USD", "--data", file)
    assert "▲ ema(30)" in alone.out or "▼ ema(30)" in alone.out
    assert " atr(14)" not in alone.out
    assert re.search(r"\d+ more take no side; --all shows them", alone.out)


def test_a_falling_candle_is_told_from_a_rising_one_without_colours(alone, file):
    alone.run("analyze", "BTC/USD", "--data", file)
    chart = alone.out.split("rose")[0]
    assert "█" in chart
    assert "▒" in chart


def test_a_longer_timeframe_is_made_of_the_file(alone, file):
    alone.run("analyze", "BTC/USD", "--data", file, "--timeframe", "1h", "--json")
    assert alone.document["timeframe"] == "1h"
    assert 98 <= alone.document["candles"] <= 100


def test_a_shorter_timeframe_cannot_be_made(alone, file):
    assert alone.run("analyze", "BTC/USD", "--data", file, "--timeframe", "1m") == EXIT_WRONG
    assert "1m candles cannot be made of 15m ones" in alone.err


def test_the_running_engine_is_asked_and_its_open_candle_left_out(desk):
    desk.engine.answers[AskCandles] = answered(CANDLES)
    assert desk.run("analyze", "BTC/USD", "--timeframe", "15m", "--json") == EXIT_OK
    assert desk.document["source"] == "the running engine"
    assert desk.document["candles"] == 399
    assert desk.document["open_time_ms"] == CANDLES.open_time_ms[-2]
    assert desk.engine.hellos == [True]


def test_the_mood_that_the_engine_knows_is_told_with_its_parts(desk):
    desk.engine.answers[AskCandles] = answered(CANDLES)
    fear = SentimentPart(
        name="fear_greed",
        title="Fear & Greed",
        value=-0.6,
        weight=1.0,
        age_ms=7_200_000,
        state=PartState.FRESH,
        says="20\x1b[2J of 100",
    )
    lost = replace_struct(fear, title="Headlines", value=None, age_ms=None, state=PartState.MISSING)
    desk.engine.answers[AskSentiment] = SentimentAnswer(
        score=-0.6, says="fear", parts=(fear, lost), headlines=()
    )
    assert desk.run("analyze", "BTC/USD", "--timeframe", "15m", "--json") == EXIT_OK
    assert desk.document["sentiment"]["score"] == -0.6
    assert desk.document["sentiment"]["parts"][1]["value"] is None
    desk.run("analyze", "BTC/USD", "--timeframe", "15m")
    assert "-0.60 of -1 (fear) to 1 (greed): fear" in desk.out
    assert re.search(r"^Fear & Greed +-0.60  fresh, 2 h old: 20\[2J of 100", desk.out, re.MULTILINE)
    assert re.search(r"^Headlines +n/a  missing: ", desk.out, re.MULTILINE)


def test_without_an_engine_the_store_is_read(alone, isolated_home):
    store(isolated_home, gaps(300))
    assert alone.run("analyze", "BTC/USD", "--timeframe", "15m", "--json") == EXIT_OK
    assert alone.document["source"] == "the store (kraken)"
    assert alone.document["candles"] == 300


def test_an_engine_that_has_none_is_told_and_the_store_is_read(desk, isolated_home):
    store(isolated_home, gaps(300))
    desk.engine.answers[AskCandles] = QueryFailed(reason="BTC/USD is not watched")
    assert desk.run("analyze", "BTC/USD", "--timeframe", "15m", "--json") == EXIT_OK
    assert desk.document["source"] == "the store (kraken)"
    assert "BTC/USD is not watched" in desk.err


def test_nowhere_a_candle_names_every_way_to_some(alone):
    assert alone.run("analyze", "BTC/USD") == EXIT_WRONG
    assert alone.out == ""
    for way in ("tui-trader start", "data import", "data download", "--data"):
        assert way in alone.err
    assert "no engine runs" in alone.err


def test_two_venues_ask_which_one(alone, isolated_home):
    for venue in ("kraken", "binance"):
        store(isolated_home, CANDLES, venue=venue)
    call = ("analyze", "BTC/USD", "--timeframe", "15m", "--json")
    assert alone.run(*call) == EXIT_WRONG
    assert "binance, kraken; say which one with --venue" in alone.err
    assert alone.run(*call, "--venue", "binance") == EXIT_OK
    assert alone.document["source"] == "the store (binance)"


def test_a_venue_that_is_named_is_read_and_not_the_engine(desk, isolated_home):
    desk.engine.answers[AskCandles] = answered(CANDLES)
    store(isolated_home, gaps(300))
    call = ("analyze", "BTC/USD", "--timeframe", "15m", "--json")
    assert desk.run(*call, "--venue", "kraken") == EXIT_OK
    assert desk.document["source"] == "the store (kraken)"
    assert desk.document["candles"] == 300
    assert desk.run(*call, "--venue", "nowhere") == EXIT_WRONG
    assert "no candle of BTC/USD is stored of nowhere" in desk.err


def test_many_candles_are_told_before_they_are_read(alone, file, monkeypatch):
    monkeypatch.setattr(analyze, "QUIET_CANDLES_MAX", 399)
    assert alone.run("analyze", "BTC/USD", "--data", file, "--json") == EXIT_OK
    assert alone.err == "reading 400 candles; this takes some seconds\n"
    assert alone.document["candles"] == 400


def test_a_file_that_is_named_after_another_pair_is_told(alone, tmp_path):
    file = write_csv(tmp_path / "ETHUSD_15.csv", CANDLES)
    assert alone.run("analyze", "BTC/USD", "--data", str(file), "--json") == EXIT_OK
    assert "the name of ETHUSD_15.csv says ETH/USD; it is read as BTC/USD" in alone.err
    assert alone.run("analyze", "ETH/USD", "--data", str(file), "--json") == EXIT_OK
    assert alone.err == ""


def test_longer_candles_that_go_on_with_shorter_ones_say_so(alone, isolated_home):
    quarters = gaps(300)
    store(isolated_home, resampled(quarters, Interval.H1, over_ms=quarters.open_time_ms[40]))
    store(isolated_home, quarters)
    assert alone.run("analyze", "BTC/USD", "--json") == EXIT_OK
    assert alone.document["source"] == "the store (kraken, the newest made of its 15m)"
    assert alone.document["open_time_ms"] > quarters.open_time_ms[200]


def test_few_candles_are_told_and_nothing_breaks(alone, tmp_path):
    for count in (2, 12):
        file = str(write_csv(tmp_path / f"{count}.csv", CANDLES[:count]))
        assert alone.run("analyze", "BTC/USD", "--data", file, "--all") == EXIT_OK
        assert "unknown: needs" in " ".join(alone.out.split())
        assert "too few turns to tell a trend" in alone.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["BTCUSD"], "'BTCUSD' is no pair; write it like BTC/USD"),
        (["BTC/USD/EUR"], "is no pair"),
        (["BTC/USD", "--timeframe", "2h"], "'2h' is no length of candles"),
        (["BTC/USD", "--width", "20"], "--width 20 is not from 60 to 240"),
        (["BTC/USD", "--data", "/nowhere/candles.csv"], "/nowhere/candles.csv"),
        ([], "PAIR"),
    ],
)
def test_a_wrong_call_is_said_in_one_sentence(alone, arguments, words):
    assert alone.run("analyze", *arguments) == EXIT_WRONG
    assert words in alone.err
    assert alone.out == ""


def test_candles_of_every_length_have_a_report(alone, tmp_path):
    for interval in Interval:
        times = CANDLES.open_time_ms[0] // interval.ms * interval.ms
        made = replace(
            CANDLES[:60], interval=interval, open_time_ms=times + interval.ms * np.arange(60)
        )
        file = str(write_csv(tmp_path / f"{interval.name}.csv", made))
        assert alone.run("analyze", "BTC/USD", "--data", file) == EXIT_OK
        assert alone.out.startswith(f"BTC/USD {interval.value} ")
