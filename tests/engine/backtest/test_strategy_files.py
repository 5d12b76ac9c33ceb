"""Strategies from files that a person names."""

import pytest

from tests.engine.backtest.made_runs import START_MS, bars
from tui_trader.engine.backtest import strategy_files
from tui_trader.engine.backtest.strategy_files import (
    find_strategy,
    load_signal_file,
    load_strategy_file,
)
from tui_trader.engine.backtest.strategy_trial import causality_faults
from tui_trader.engine.values.errors import ConfigError, PluginError

HEAD = """
import numpy as np
from tui_trader.engine.analysis.strategy import Strategy, each
from tui_trader.engine.ports.strategy import StrategyParameter
"""
FOOT = """
STRATEGY = Strategy(
    name="mine", title="Mine", says="Rises.",
    parameters=(StrategyParameter(name="bars", default=5, low=2, high=50, unit="bars", help="Back."),),
    memory=lambda choices: int(choices["bars"]) + 1,
    signals=each(signals),
)
"""
SOUND = """
def signals(candles, choices):
    back, close = int(choices["bars"]), candles.close
    said = np.zeros(len(close), dtype=np.int8)
    said[back:] = np.sign(close[back:] - close[:-back])
    return said
"""
FUTURE = """
def signals(candles, choices):
    return np.sign(np.append(candles.close[1:], candles.close[-1:]) - candles.close)
"""
WHOLE = """
def signals(candles, choices):
    return np.where(candles.close < candles.close.mean(), 1, -1)
"""
LONG = """
def signals(candles, choices):
    mean = np.cumsum(candles.close) / np.arange(1, len(candles) + 1)
    return np.where(candles.close < mean, 1, -1)
"""
SHORT = """
def signals(candles, choices):
    return np.zeros(3)
"""
TWO = """
def signals(candles, choices):
    return np.full(len(candles), 2)
"""
BROKEN = """
def signals(candles, choices):
    return candles.klose
"""


@pytest.fixture
def written(tmp_path):
    def write(text, name="mine.py"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def test_a_users_file_is_loaded_when_it_is_named(written):
    path = written(HEAD + SOUND + FOOT)
    strategy = find_strategy(str(path))
    candles = bars(*[(100.0 + row,) * 4 for row in range(8)])
    said = strategy.signals_of([candles], strategy.checked({}))[0]
    assert said.tolist() == [0] * 5 + [1] * 3
    assert [found.name for found in path.parent.iterdir()] == ["mine.py"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (FUTURE, "changes when later candles"),
        (WHOLE, "changes when later candles"),
        (LONG, "more candles than it declares"),
        (SHORT, r"shape \(3,\)"),
        (TWO, "none of -1, 0 and 1"),
        (BROKEN, "klose"),
    ],
)
def test_a_strategy_that_breaks_its_word_is_refused_in_one_sentence(written, body, words):
    with pytest.raises(PluginError, match=words) as caught:
        load_strategy_file(written(HEAD + body + FOOT))
    assert "mine" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = 1", "defines no `STRATEGY"),
        ("STRATEGY = 5", "defines no `STRATEGY"),
        ("def (", r"SyntaxError: [^(]+ \(line 1\)$"),
        ("\x00", r"SyntaxError: [^(]+$"),
        ("import no_such_module", "ModuleNotFoundError"),
        ("1 / 0", "ZeroDivisionError"),
        ("raise Exception('plain')", "Exception: plain"),
        ("class Own(Exception): pass\nraise Own('mine')", "Own: mine"),
        ("import sys\nsys.exit(3)", r"instead of answering \(exit code 3\)"),
        ("raise RuntimeError('\\x1b]52;c;x\\x07')", "RuntimeError"),
    ],
)
def test_a_file_that_cannot_be_loaded_says_why(written, text, words):
    with pytest.raises(PluginError, match=words) as caught:
        load_strategy_file(written(text))
    assert "\x1b" not in str(caught.value)


def test_a_file_that_is_not_there_is_a_users_mistake(tmp_path):
    for name in ("none.py", "none.csv"):
        with pytest.raises(ConfigError, match="there is no file"):
            find_strategy(str(tmp_path / name))


def test_an_unknown_name_suggests_a_known_one():
    with pytest.raises(ConfigError, match="did you mean `sma_cross`"):
        find_strategy("sma_cros")


def test_a_memory_beyond_what_live_keeps_is_a_fault(written):
    text = (HEAD + SOUND + FOOT).replace('int(choices["bars"]) + 1', "99_999")
    with pytest.raises(PluginError, match="memory_bars is 99999"):
        load_strategy_file(written(text))


def test_signals_of_a_table_are_said_at_their_candles(written):
    rows = f"time,signal\n2024-01-01T00:00:00Z,1\n{START_MS + 3 * 3_600_000},-1\n"
    strategy = load_signal_file(written(rows, "calls.csv"))
    candles = bars(*[(100.0,) * 4] * 5)
    assert strategy.signals_of([candles], {})[0].tolist() == [0, 1, 0, -1, 0]
    assert causality_faults(strategy) == []
    assert strategy.name == "calls"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("when,signal\n", "columns time and signal"),
        ("time,signal\nyesterday,1\n", r"calls.csv:2: 'yesterday' is no time"),
        ("time,signal\n2024-01-01T00:00:00,1\n", "is no time"),
        (f"time,signal\n{10**20},1\n", r"calls.csv:2: '10+' is no time"),
        (f"time,signal\n{10**15},1\n", r"calls.csv:2: '10+' is no time"),
        ("time,pair,signal\n2024-01-01T00:00:00Z,ETH/USD,1\n", "has a column pair"),
        ("time,signal\n2024-01-01T00:00:00Z,2\n", "must be 1, -1 or 0"),
        ("time,signal\n2024-01-01T00:00:00Z,\n", "must be 1, -1 or 0"),
        ("time,signal\n2024-01-01T00:00:00Z,1\n1704067200000,1\n", "there twice"),
    ],
)
def test_a_wrong_row_is_told_with_its_line(written, rows, words):
    with pytest.raises(ConfigError, match=words):
        load_signal_file(written(rows, "calls.csv"))


def test_a_table_without_end_is_refused(written, monkeypatch):
    monkeypatch.setattr(strategy_files, "ROWS_MAX", 2)
    rows = "".join(f"{START_MS + hour * 3_600_000},1\n" for hour in range(3))
    with pytest.raises(ConfigError, match="more than 2 rows"):
        load_signal_file(written("time,signal\n" + rows, "calls.csv"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("time,signal\n" + "x" * 200_000 + ",1\n", "is no table"),
        ("time,signal\n\x00\x00,1\n", "is no time"),
    ],
)
def test_a_table_that_is_none_is_told(written, text, words):
    with pytest.raises(ConfigError, match=words):
        load_signal_file(written(text, "calls.csv"))


def test_a_table_that_begins_with_a_byte_order_mark_is_read(written):
    rows = "\ufefftime,signal\n2024-01-01T00:00:00Z,1\n"
    assert len(load_signal_file(written(rows, "calls.csv")).named_times_ms) == 1


@pytest.mark.parametrize("suffix", [".py", ".csv"])
def test_a_path_that_cannot_be_is_a_users_mistake(suffix):
    with pytest.raises(ConfigError, match="cannot be read"):
        find_strategy("a" * 5_000 + suffix)
    with pytest.raises(ConfigError, match="there is no such user"):
        find_strategy("~nobody-of-that-name/mine" + suffix)
