"""Files of people: every known way to write candles reads the same, and every wrong row is named."""

import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from tests.engine.stores.candles.made import NOW_MS, START_MS, assert_same, csv_of, made_candles
from tui_trader.engine.stores.candles import load_candles_file
from tui_trader.engine.stores.candles.candle_file import FileRequest, read_content
from tui_trader.engine.stores.candles.containers import Content, contents_of
from tui_trader.engine.stores.candles.csv_dialect import Wishes, dialect_of
from tui_trader.engine.stores.candles.csv_rows import read_carefully, read_fast
from tui_trader.engine.stores.candles.file_names import parts_of, split_pair
from tui_trader.engine.stores.candles.time_units import TimeUnit
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import ConfigError

HOURS = made_candles(300, gaps=(7, 8, 100))
KRAKEN = "open_time_ms open high low close volume =12"
GOOD = "1577836800,10,12,9,11,5"


@pytest.fixture
def file(tmp_path):
    def write(content, name="XBTUSD_60.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def load(path, **options):
    return load_candles_file(path, now_ms=NOW_MS, **options)


def read(text, *, name="file_1h.csv", **wishes):
    request = FileRequest(now_ms=NOW_MS, wishes=Wishes(**wishes), skips_bad=True)
    return read_content(Content(name, name, text.encode()), request)


def table_of(candles, time):
    columns = {name: getattr(candles, name) for name in ("open", "high", "low", "close", "volume")}
    return pa.table({"date": time, **columns})


class TestColumnOrders:
    """The four of the exchanges, and what people make of them."""

    @pytest.mark.parametrize(
        ("order", "head"),
        [
            pytest.param(KRAKEN, None, id="kraken export"),
            pytest.param(
                "open_time_ms open high low close =5.5 volume =12", None, id="kraken rest"
            ),
            pytest.param("open_time_ms open close high low volume", None, id="bitfinex"),
            pytest.param("open_time_ms open high low close volume", None, id="plain"),
            pytest.param(
                "open_time_ms open high low close volume =1 =2 =3 =4 =5 =0", None, id="binance"
            ),
            pytest.param(
                "volume close =x open open_time_ms low high",
                "Volume,Close,Symbol,Open,Unix,Low,High",
                id="any, with a head",
            ),
            pytest.param(
                "open_time_ms open close high low volume",
                "MTS,OPEN,CLOSE,HIGH,LOW,VOLUME",
                id="bitfinex, with a head",
            ),
            pytest.param(
                "=0 open_time_ms open high low close volume",
                ",timestamp,o,h,l,c,v",
                id="pandas",
            ),
        ],
    )
    def test_reads_the_same(self, file, order, head):
        assert_same(load(file(csv_of(HOURS, order, head=head))), HOURS)

    def test_columns_that_the_user_names_count(self, file):
        path = file(csv_of(HOURS, "volume =x close low high open open_time_ms"))
        assert_same(load(path, columns="volume,-,close,low,high,open,time"), HOURS)

    def test_one_broken_row_does_not_turn_the_columns_round(self):
        text = csv_of(HOURS) + "1600000000,10,5,20,7,1\n"
        assert read(text).faults[0].reason == "high is below low"

    def test_flat_candles_read_the_same_either_way(self, file):
        text = "\n".join(f"{1_577_836_800 + 3_600 * row},5,5,5,5,1" for row in range(9))
        assert set(load(file(text)).high) == {5.0}

    @pytest.mark.parametrize(
        ("columns", "words"),
        [
            ("time,open,high,low,close", "volume is missing"),
            ("time,time,open,high,low,close,volume", "time is there twice"),
            ("time,opn,high,low,close,volume", "'opn' is none of time, open"),
            ("time,open,high,low,close,volume,-", "has 6 columns; --columns names 7"),
        ],
    )
    def test_columns_that_make_no_candle_are_refused(self, file, columns, words):
        with pytest.raises(ConfigError, match=words):
            load(file(csv_of(HOURS)), columns=columns)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("date,open,high,low\n", "has a head and no row"),
            ("date,open,high,low\n2020-01-01,1,1,1\n", "no column for close among date, open"),
            ("1,2,3,4\n", "no known format without a head has 4 columns"),
            (
                "date,open,open,high,low,close,volume\n1,1,1,1,1,1,1\n",
                "two columns 'open' for open",
            ),
            ("\n\n\n", "holds no row"),
            ("[" * 70_000, r"is no CSV file \(its first line is longer than 65,536 bytes\)"),
            ("\x00\x01\x02", "is neither text nor Parquet"),
            (GOOD.encode("utf-16"), "is UTF-16 text; save it again as UTF-8"),
        ],
    )
    def test_file_that_is_no_candle_file_says_why(self, file, text, words):
        with pytest.raises(ConfigError, match=words) as caught:
            load(file(text))
        assert "XBTUSD_60.csv" in str(caught.value)


class TestTimes:
    @pytest.mark.parametrize("per", [1_000, 1])
    def test_unit_is_told_by_its_size(self, file, per):
        assert_same(load(file(csv_of(HOURS, per=per))), HOURS)

    @pytest.mark.parametrize(
        ("moment", "unit"),
        [
            ("1577836800000000", None),
            ("1577836800000000000", None),
            ("1577836800.0", None),
            ("2020-01-01 00:00:00", None),
            ("2020-01-01T00:00:00Z", None),
            ("2020-01-01T01:00:00+01:00", None),
            ("2020-01-01", None),
            ("20200101 00:00", None),
            ("1577836800", TimeUnit.S),
        ],
    )
    def test_every_way_to_write_a_moment(self, moment, unit):
        got = read(f"{moment},10,12,9,11,5\n", time_unit=unit)
        assert got.candles.open_time_ms.tolist() == [START_MS]
        assert got.faults == ()

    def test_unit_that_the_user_names_counts(self):
        assert read(GOOD, time_unit=TimeUnit.MS).candles.open_time_ms.tolist() == []
        assert read(GOOD, time_unit=TimeUnit.MS).faults[0].reason.startswith("the time is not")

    @pytest.mark.parametrize("moment", ["9" * 30, "-5", "nan", "1e400", "2020-13-01", "yesterday"])
    def test_moment_that_is_none_is_a_fault_of_its_line(self, moment):
        got = read(f"{GOOD}\n{moment},10,12,9,11,5\n")
        assert [fault.line for fault in got.faults] == [2]
        assert len(got.candles) == 1


class TestBadRows:
    @pytest.mark.parametrize(
        ("row", "words"),
        [
            ("1577840400,nan,12,9,11,5", "a value is missing or not a finite number"),
            ("1577840400,10,inf,9,11,5", "a value is missing or not a finite number"),
            ("1577840400,10,,9,11,5", "high '' is no number"),
            ("1577840400,ten,12,9,11,5", "open 'ten' is no number"),
            ("1577840400,1_0,12,9,11,5", "open '1_0' is no number"),
            ("1577840400,10,12,9,11", "5 fields, not 6"),
            ("1577840400,10,12,9,11,5,6", "7 fields, not 6"),
            ("1577840400,10,8,9,8.5,5", "high is below low"),
            ("1577840400,10,12,9,13,5", "open or close lies outside low to high"),
            ("1577840400,0,12,0,11,5", "a price is not above 0"),
            ("1577840400,-1,12,-2,11,5", "a price is not above 0"),
            ("1577840400,10,1e300,9,11,5", "a price is below 1e-30, or a value above 1e+30"),
            ("1577840400,10,12,1e-300,11,5", "a price is below 1e-30, or a value above 1e+30"),
            ("1577840400,10,12,9,11,1e31", "a price is below 1e-30, or a value above 1e+30"),
            ("1577840400,10,12,9,11,-5", "the volume is below 0"),
            ("1577840401,10,12,9,11,5", "the time is not a start of its interval"),
            ("4070908800,10,12,9,11,5", "the time has not come yet"),
            ("1577836800,10,12,9,11,6", "a second candle of this time that says something else"),
            ("1577840400,10,12,9,\x1b[31m,5", "close '[31m' is no number"),
        ],
    )
    def test_refuses_its_file_with_the_line_or_is_left_out(self, file, row, words):
        path = file(f"{GOOD}\n\n{row}\n1577844000,10,12,9,11,5\n")
        with pytest.raises(ConfigError, match="1 bad row, nothing was taken from it") as caught:
            load(path)
        assert f"(line 3: {words})" in str(caught.value)
        got = read(path.read_text())
        assert [tuple(fault) for fault in got.faults] == [(3, words)]
        assert got.candles.open_time_ms.tolist() == [START_MS, START_MS + 7_200_000]

    def test_first_five_are_listed_and_all_are_counted(self, file):
        path = file("\n".join([GOOD, *["x,1,1,1,1,1"] * 7]))
        with pytest.raises(ConfigError, match=r"7 bad rows.*line 6: time 'x' is no time; …\)$"):
            load(path)

    def test_row_that_is_there_twice_is_one(self):
        got = read(f"{GOOD}\n{GOOD}\n{GOOD}\n")
        assert (len(got.candles), got.repeated, got.faults) == (1, 2, ())

    def test_rows_out_of_order_are_put_in_order(self, file):
        head, *rows = csv_of(HOURS, head="time,open,high,low,close,volume").splitlines()
        assert_same(load(file("\n".join([head, *reversed(rows)]))), HOURS)

    def test_last_candle_that_is_not_over_is_left_out(self, file):
        path = file(csv_of(HOURS))
        now_ms = int(HOURS.open_time_ms[-1]) + 1
        assert_same(load_candles_file(path, now_ms=now_ms), HOURS[:-1])
        assert_same(load_candles_file(path, now_ms=now_ms + Interval.H1.ms), HOURS)

    def test_missing_values_of_a_table_are_faults_of_their_rows(self, file):
        table = table_of(HOURS, HOURS.open_time_ms)
        columns = {name: table[name].to_pylist() for name in table.column_names}
        columns["close"][4] = None
        columns["date"][6] = None
        path = file(b"", "XBTUSD_60.parquet")
        pq.write_table(pa.table(columns), path)
        with pytest.raises(
            ConfigError, match=r"2 bad rows.*line 5: a value.*line 7: there is no time"
        ):
            load(path)


class TestTables:
    @pytest.mark.parametrize(
        "kind",
        [
            pa.timestamp("ns", tz="UTC"),
            pa.timestamp("ns", tz="America/New_York"),
            pa.timestamp("us"),
            pa.int64(),
        ],
    )
    @pytest.mark.parametrize("ending", ["parquet", "feather", "feather.gz"])
    def test_parquet_and_feather_read_the_same(self, file, kind, ending):
        times = pa.array(HOURS.open_time_ms)
        moments = (
            times if kind == pa.int64() else times.cast(pa.timestamp("ms", tz="UTC")).cast(kind)
        )
        sink = io.BytesIO()
        write = pq.write_table if ending == "parquet" else feather.write_feather
        write(table_of(HOURS, moments), sink)
        content = sink.getvalue()
        packed = gzip.compress(content) if ending.endswith("gz") else content
        assert_same(load(file(packed, f"BTC_USD-1h.{ending}")), HOURS)

    @pytest.mark.parametrize("old", [b"date", b"close"])
    def test_damaged_name_of_a_column_is_said(self, file, old):
        sink = io.BytesIO()
        moments = HOURS.open_time_ms.astype("datetime64[ms]")
        feather.write_feather(table_of(HOURS, moments), sink, compression="uncompressed")
        content = sink.getvalue()
        assert old in content
        broken = content.replace(old, b"\xff\x1b" + old[2:])
        with pytest.raises(ConfigError, match=r"a\.feather: is damaged") as caught:
            load(file(broken, "a.feather"))
        assert "\x1b" not in str(caught.value)

    def test_damaged_table_is_said(self, file):
        sink = io.BytesIO()
        pq.write_table(table_of(HOURS, HOURS.open_time_ms), sink)
        with pytest.raises(ConfigError, match=r"XBTUSD_60\.parquet: is damaged"):
            load(file(sink.getvalue()[:-9], "XBTUSD_60.parquet"))

    def test_columns_of_words_are_no_numbers(self, file):
        path = file(b"", "BTC_USD-1h.parquet")
        table = table_of(HOURS, HOURS.open_time_ms)
        pq.write_table(table.set_column(1, "open", pa.array(["x"] * len(HOURS))), path)
        with pytest.raises(ConfigError, match="column open holds string, no numbers"):
            load(path)


class TestContainers:
    def test_gzip_and_a_zip_of_one_are_unpacked(self, file):
        text = csv_of(HOURS)
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w") as archive:
            archive.writestr("folder/XBTUSD_60.csv", text)
            archive.writestr("folder/readme.txt", "hello")
        assert_same(load(file(gzip.compress(text.encode()), "XBTUSD_60.csv.gz")), HOURS)
        assert_same(load(file(sink.getvalue(), "a.zip")), HOURS)

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "is empty"),
            (b"\x1f\x8b\x08broken", "its gzip is damaged"),
            (gzip.compress(b"1,2,3" * 1_000, mtime=0)[:-12], "its gzip is damaged"),
            (gzip.compress(b"", mtime=0), "is empty"),
            (b"PK\x03\x04broken", "its zip cannot be read"),
        ],
    )
    def test_broken_one_is_named(self, file, content, words):
        with pytest.raises(ConfigError, match=f"XBTUSD_60.csv: {words}"):
            load(file(content))

    def test_bomb_is_not_unpacked(self, file):
        path = file(gzip.compress(b"1" * 10_000))
        with pytest.raises(ConfigError, match="is larger than 5,000 bytes"):
            list(contents_of(path, bytes_max=5_000))

    def test_zip_with_a_password_is_said(self, file):
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w") as archive:
            archive.writestr("XBTUSD_60.csv", csv_of(HOURS))
        locked = bytearray(sink.getvalue())
        # The bit that says "encrypted", in both heads of the only member.
        locked[6] |= 1
        locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
        with pytest.raises(ConfigError, match="password"):
            load(file(bytes(locked), "a.zip"))

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            (".", "is a folder; name the files in it"),
            ("nothing.csv", "there is no such file"),
            ("/dev/zero", "is no regular file"),
        ],
    )
    def test_path_that_is_no_file_is_said(self, tmp_path, name, words):
        with pytest.raises(ConfigError, match=words):
            load(tmp_path / name)


class TestNames:
    @pytest.mark.parametrize(
        ("name", "symbol", "interval"),
        [
            ("XBTUSD_60.csv", "BTC/USD", Interval.H1),
            ("XDGEUR_1440.csv", "DOGE/EUR", Interval.D1),
            ("XXBTZUSD_1.csv", "BTC/USD", Interval.M1),
            ("ETHXBT_5.csv", "ETH/BTC", Interval.M5),
            ("BTC_USDT-5m.feather", "BTC/USDT", Interval.M5),
            ("SOL-EUR-4h.parquet", "SOL/EUR", Interval.H4),
            ("BTCUSD_1m_2017-11_2018-02.parquet", "BTC/USD", Interval.M1),
            ("BCHEUR.csv", "BCH/EUR", None),
            ("BTCUSD_2020.csv", "BTC/USD", None),
            ("bt_binance_BTC_1h_2020_input.csv", None, Interval.H1),
            ("prices.csv", None, None),
        ],
    )
    def test_name_tells_pair_and_length(self, name, symbol, interval):
        assert parts_of(name) == (symbol, interval)

    @pytest.mark.parametrize("name", ["XBTUSD_720.csv", "XBTUSD_10080.csv", "BTC_USDT-1w.feather"])
    def test_length_that_is_not_known_is_said(self, name):
        with pytest.raises(ConfigError, match="is no length of candles here; there is: 1m"):
            parts_of(name)

    def test_pair_that_can_be_split_in_two_ways_is_asked_for(self):
        assert split_pair("BTCBUSD") == "BTC/BUSD"
        assert split_pair("USDTUSD") == "USDT/USD"
        with pytest.raises(
            ConfigError, match=r"ABCBUSD may be .*ABCB/USD.*; say which with --pair"
        ):
            split_pair("ABCBUSD")

    def test_length_is_told_by_the_rows_when_not_by_the_name(self, file):
        assert load(file(csv_of(HOURS), "prices.csv")).interval is Interval.H1

    @pytest.mark.parametrize(
        ("rows", "words"),
        [(1, "too few rows to tell the length"), (9, "usually 7 minutes apart")],
    )
    def test_length_that_nobody_tells_is_asked_for(self, file, rows, words):
        text = "\n".join(f"{1_577_836_800 + 420 * row},5,5,5,5,1" for row in range(rows))
        with pytest.raises(ConfigError, match=f"{words}.*say it with --timeframe"):
            load(file(text, "prices.csv"))


def test_trades_become_candles_of_the_wanted_length(file):
    rows = [(0, 10, 1), (59, 12, 2), (61, 11, 3), (300, 9, 4)]
    path = file("\n".join(f"{1_577_836_800 + t},{p},{q}" for t, p, q in rows), "XBTUSD.csv")
    candles = load(path)
    assert candles.interval is Interval.M1
    assert ((candles.open_time_ms - START_MS) // 60_000).tolist() == [0, 1, 5]
    assert candles.volume.tolist() == [3.0, 3.0, 4.0]
    assert load(path, interval=Interval.H1).close.tolist() == [9.0]


def test_trade_that_cannot_be_is_refused_with_its_line(file):
    path = file("1577836800,10,1\n1577836801,0,1\n1577836802,10,-1\n", "XBTUSD.csv")
    with pytest.raises(ConfigError, match=r"2 bad rows.*line 2: price or quantity.*line 3: price"):
        load(path)


def test_careful_way_reads_what_the_fast_way_reads(monkeypatch):
    monkeypatch.setattr("tui_trader.engine.stores.candles.csv_rows.CHUNK_BYTES", 1_000)
    content = csv_of(HOURS, "open_time_ms open high low close =5.5 volume =1").encode()
    dialect = dialect_of(content, Wishes())
    shares = []
    fast, careful = read_fast(content, dialect, shares.append), read_carefully(content, dialect)
    np.testing.assert_array_equal(fast.times_ms, careful.times_ms)
    for role in careful.values:
        np.testing.assert_array_equal(fast.values[role], careful.values[role])
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 10


def test_nothing_is_written_by_reading(file):
    path = file(csv_of(HOURS))
    load(path)
    assert [one.name for one in Path(path).parent.iterdir()] == ["XBTUSD_60.csv"]
