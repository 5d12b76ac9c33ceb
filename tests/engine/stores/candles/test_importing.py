"""Import of many files: each taken or refused as a whole, told with its numbers."""

import io
import zipfile

import pytest

from tests.engine.stores.candles.made import BTC, NOW_MS, VENUE, assert_same, csv_of, made_candles
from tui_trader.engine.stores.candles import ParquetCandleStore, importing
from tui_trader.engine.stores.candles.candle_file import FileRequest
from tui_trader.engine.stores.candles.importing import (
    Imported,
    Importer,
    ImportRequest,
    PassedOver,
    Refused,
)
from tui_trader.engine.values.candles import Interval

HOURS = made_candles(300)
TRADES = ((0, 10, 1), (59, 12, 2), (61, 11, 3), (90, 13, 4), (130, 9, 5), (190, 8, 6))


@pytest.fixture
def store(isolated_home):
    return ParquetCandleStore(isolated_home)


@pytest.fixture
def run(store, tmp_path):
    def run(files, *, request=None, **wishes):
        paths = []
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            paths.append(path)
        file = request or FileRequest(now_ms=NOW_MS)
        importer = Importer(store, ImportRequest(VENUE, file, **wishes), run.shares.append_share)
        return list(importer.run(paths))

    run.shares = Shares()
    return run


class Shares(list):
    def append_share(self, share, _subject):
        self.append(share)


def zipped(files):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return sink.getvalue()


def trade_rows(*rows):
    return "\n".join(f"{1_577_836_800 + t},{p},{q}" for t, p, q in rows)


def test_file_goes_where_its_name_says(run, store):
    (outcome,) = run({"XBTUSD_60.csv": csv_of(HOURS)})
    assert isinstance(outcome, Imported)
    assert str(outcome.series) == "kraken BTC/USD 1h"
    assert outcome.merge == (300, 0, 0, None)
    assert_same(store.load(VENUE, BTC, Interval.H1), HOURS)


def test_refused_file_does_not_stop_the_next(run, store):
    outcomes = run({"ETHUSD_60.csv": "1,2,3\n4,5", "XBTUSD_60.csv": csv_of(HOURS)})
    assert [type(one) for one in outcomes] == [Refused, Imported]
    assert outcomes[0].source.endswith("ETHUSD_60.csv")
    assert [str(one) for one in store.series()] == ["kraken BTC/USD 1h"]


def test_trial_changes_nothing(run, store):
    (outcome,) = run({"XBTUSD_60.csv": csv_of(HOURS)}, is_trial=True)
    assert outcome.merge.added == 300
    assert not store.root.exists()


def test_stored_candle_that_differs_stays_unless_the_file_is_the_better_source(run, store):
    run({"XBTUSD_60.csv": csv_of(HOURS)})
    other = made_candles(300, seed=9)
    (outcome,) = run({"XBTUSD_60.csv": csv_of(other)})
    assert outcome.merge.differing == 300
    assert_same(store.load(VENUE, BTC, Interval.H1), HOURS)
    run({"XBTUSD_60.csv": csv_of(other)}, is_better=True)
    assert_same(store.load(VENUE, BTC, Interval.H1), other)


class TestZips:
    FILES = {  # noqa: RUF012 - never changed
        "Q1/XBTUSD_60.csv": csv_of(HOURS),
        "Q1/XBTUSD_1440.csv": csv_of(made_candles(30, Interval.D1)),
        "Q1/XBTUSD_720.csv": "no matter what",
        "Q1/ETHUSD_60.csv": csv_of(HOURS),
        "Q1/XMRXBT_60.csv": "",
        "Q1/readme.txt": "hello",
        "__MACOSX/Q1/._XBTUSD_60.csv": "junk",
    }

    def test_every_file_of_a_quarter_is_taken(self, run, store):
        outcomes = run({"Q1.zip": zipped(self.FILES)})
        assert [str(one.series) for one in outcomes[:-1]] == [
            "kraken BTC/USD 1h",
            "kraken BTC/USD 1d",
            "kraken ETH/USD 1h",
        ]
        assert isinstance(outcomes[-1], PassedOver)
        assert "720 minutes is no length of candles here" in outcomes[-1].reason
        assert run.shares == sorted(run.shares)
        assert run.shares[-1] == 1

    def test_only_the_pair_and_length_that_are_asked_for(self, run):
        request = FileRequest(now_ms=NOW_MS, interval=Interval.H1)
        outcomes = run({"Q1.zip": zipped(self.FILES)}, request=request, symbol="BTC/USD")
        assert [str(one.series) for one in outcomes if isinstance(one, Imported)] == [
            "kraken BTC/USD 1h"
        ]

    def test_bad_row_names_the_file_in_the_zip(self, run):
        bad = csv_of(HOURS).replace("\n1577840400,", "\nx,", 1)
        (outcome,) = run({"Q1.zip": zipped({"Q1/XBTUSD_60.csv": bad})})
        assert outcome.source.endswith("Q1.zip: Q1/XBTUSD_60.csv")
        assert "line 2: time 'x' is no time" in outcome.reason

    def test_zip_without_what_was_asked_for_is_refused(self, run):
        outcomes = run({"Q1.zip": zipped(self.FILES)}, symbol="DOGE/USD")
        assert [one.reason for one in outcomes if isinstance(one, Refused)] == [
            "holds no candles of what was asked for"
        ]

    def test_zip_without_candles_is_refused(self, run):
        (outcome,) = run({"Q1.zip": zipped({"readme.txt": "hello"})})
        assert "holds no file of .csv" in outcome.reason


class TestTrades:
    def test_second_file_goes_on_where_the_first_ends_inside_a_candle(self, run, store):
        whole, parts = trade_rows(*TRADES), (trade_rows(*TRADES[:3]), trade_rows(*TRADES[3:]))
        (together,) = run({"a/XBTUSD.csv": parts[0], "b/XBTUSD.csv": parts[1]})
        assert len(together.sources) == 2
        got = store.load(VENUE, BTC, Interval.M1)
        assert got.volume.tolist() == [3.0, 7.0, 5.0, 6.0]
        (again,) = run({"XBTUSD.csv": whole})
        assert again.merge == (0, 4, 0, None)

    def test_order_of_the_files_does_not_matter(self, run, store):
        run({"b/XBTUSD.csv": trade_rows(*TRADES[3:]), "a/XBTUSD.csv": trade_rows(*TRADES[:3])})
        assert store.load(VENUE, BTC, Interval.M1).volume.tolist() == [3.0, 7.0, 5.0, 6.0]

    def test_files_that_overlap_are_refused(self, run, store):
        (outcome,) = run(
            {"a/XBTUSD.csv": trade_rows(*TRADES[:4]), "b/XBTUSD.csv": trade_rows(*TRADES[2:])}
        )
        assert isinstance(outcome, Refused)
        assert "its trades begin before those of" in outcome.reason
        assert store.series() == ()

    def test_candle_that_ends_in_a_later_call_is_told_to_differ(self, run):
        run({"a/XBTUSD.csv": trade_rows(*TRADES[:3])})
        (outcome,) = run({"b/XBTUSD.csv": trade_rows(*TRADES[3:])})
        assert outcome.merge.differing == 1

    def test_trades_of_one_call_are_bounded(self, run, monkeypatch):
        monkeypatch.setattr(importing, "TRADES_MAX", 4)
        files = {"a/XBTUSD.csv": trade_rows(*TRADES[:3]), "b/XBTUSD.csv": trade_rows(*TRADES[3:])}
        refused, imported = run(files)
        assert "more than 4 trades in one call; name fewer files" in refused.reason
        assert imported.rows == 2

    def test_candle_that_is_not_over_is_left_out(self, run):
        request = FileRequest(now_ms=(1_577_836_800 + 200) * 1_000, interval=Interval.M5)
        (outcome,) = run({"XBTUSD.csv": trade_rows(*TRADES)}, request=request)
        assert (outcome.rows, outcome.is_last_open) == (0, True)


@pytest.mark.parametrize(
    ("name", "interval", "words"),
    [
        ("prices_1h.csv", None, "its name does not tell the pair; say it with --pair"),
        ("ABCBUSD_60.csv", None, "say which with --pair"),
        ("XBTUSD_60.csv", Interval.H4, "its name says 1h, --timeframe says 4h"),
        ("XBTUSD_720.csv", None, "720 minutes is no length of candles here"),
    ],
)
def test_name_that_says_too_little_or_something_else_is_refused(run, name, interval, words):
    request = FileRequest(now_ms=NOW_MS, interval=interval)
    (outcome,) = run({name: csv_of(HOURS)}, request=request)
    assert isinstance(outcome, Refused)
    assert words in outcome.reason


def test_pair_that_the_user_names_settles_it(run):
    (outcome,) = run({"prices_1h.csv": csv_of(HOURS)}, symbol="ETH/EUR")
    assert str(outcome.series) == "kraken ETH/EUR 1h"
