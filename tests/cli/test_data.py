"""`tui-trader data import`, `list` and `verify`: tables, JSON, exit codes, what is refused and why."""

import json
import os
import signal
from pathlib import Path

import pytest

from tests.engine.stores.candles.made import BTC, VENUE, csv_of, made_candles
from tui_trader.__main__ import main
from tui_trader.cli import progress
from tui_trader.cli.exit_codes import EXIT_INTERRUPTED, EXIT_OK, EXIT_WRONG
from tui_trader.cli.held_interrupt import held_interrupt
from tui_trader.cli.progress import ProgressLine
from tui_trader.engine.stores.candles import ParquetCandleStore
from tui_trader.engine.stores.candles import importing as importing_module
from tui_trader.engine.stores.candles import store as store_module
from tui_trader.engine.stores.home import Home
from tui_trader.engine.values.candles import Interval

HOURS = made_candles(300, gaps=(7, 8, 100))


@pytest.fixture
def said(capsys, monkeypatch):
    # However busy the machine is, these are quick.
    monkeypatch.setattr(progress, "QUIET_S", 3_600.0)

    def said(*arguments):
        code = main(["data", *map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return said


@pytest.fixture
def _heard_interrupts():
    """What a shell starts in the background ignores Ctrl-C, and so would these tests."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "XBTUSD_60.csv"
    path.write_text(csv_of(HOURS))
    return path


@pytest.fixture
def store(isolated_home):
    return ParquetCandleStore(isolated_home)


class TestImport:
    def test_tells_what_went_where(self, said, file):
        code, out, err = said("import", file)
        assert code == EXIT_OK
        heads, row, total = out.splitlines()
        assert heads.split()[:2] == ["FILE", "CANDLES"]
        assert row.split()[:8] == [
            "XBTUSD_60.csv",
            "kraken",
            "BTC/USD",
            "1h",
            *["297", "297", "0", "0"],
        ]
        assert total == "297 new candles stored"
        assert err == "taken for candles of kraken; --venue names another\n"

    def test_venue_that_is_named_is_not_told_again(self, said, file, store):
        code, _, err = said("import", file, "--venue", "kraken")
        assert (code, err) == (EXIT_OK, "")
        assert [series.venue for series in store.series()] == ["kraken"]

    @pytest.mark.parametrize("price", ["1,5", "$1.5", "0x1p3"])
    def test_file_of_bad_rows_alone_names_the_rows(self, said, file, price):
        rows = [f"{1_600_000_000 + 3600 * hour};{price};2;1;1;1" for hour in range(9)]
        file.write_text("time;open;high;low;close;volume\n" + "\n".join(rows))
        code, _, err = said("import", file)
        assert code == EXIT_WRONG
        assert f"9 bad rows, nothing was taken from it (line 2: open '{price}'" in err

    def test_json_is_one_document(self, said, file):
        code, out, _ = said("import", file, "--venue", "other", "--json")
        assert code == EXIT_OK
        document = json.loads(out)
        (one,) = document["imported"]
        assert (one["venue"], one["pair"], one["timeframe"]) == ("other", "BTC/USD", "1h")
        assert (one["rows"], one["added"], one["left_out"], one["faults"]) == (297, 297, 0, [])
        assert document["refused"] == document["passed_over"] == []

    def test_dry_run_stores_nothing(self, said, file, isolated_home):
        code, out, _ = said("import", file, "--dry-run")
        assert (code, out.splitlines()[-1]) == (EXIT_OK, "nothing was stored (--dry-run)")
        assert not isolated_home.exists()

    def test_bad_row_refuses_the_file_with_its_line(self, said, file, store):
        file.write_text(csv_of(HOURS).replace("\n1577840400,", "\n1577840400,x", 1))
        code, out, err = said("import", file)
        assert code == EXIT_WRONG
        assert out == ""
        assert f"{file}: 1 bad row, nothing was taken from it (line 2: open 'x" in err
        assert store.series() == ()

    def test_bad_rows_are_left_out_and_listed_on_demand(self, said, file, store):
        file.write_text(csv_of(HOURS) + "x\n" * 7)
        code, _, err = said("import", file, "--skip-bad")
        assert code == EXIT_OK
        assert f"{file}, line 298: 1 fields, not 6; left out" in err
        assert f"{file}: 7 bad rows left out in all" in err
        assert len(store.load(VENUE, BTC, Interval.H1)) == 297
        document = json.loads(said("import", file, "--skip-bad", "--json")[1])
        assert [one["line"] for one in document["imported"][0]["faults"]] == [*range(298, 305)]

    def test_refused_file_does_not_stop_the_others_but_is_not_forgotten(self, said, file, tmp_path):
        code, out, err = said("import", tmp_path / "nothing.csv", file)
        assert code == EXIT_WRONG
        assert "297 new candles stored" in out
        assert "nothing.csv: there is no such file" in err

    def test_candle_that_differs_is_told_with_its_moment(self, said, file):
        said("import", file)
        file.write_text(csv_of(made_candles(300, seed=5)))
        _, _, err = said("import", file)
        assert "297 stored candles said something else, the first at 2020-01-01 00:00:00" in err
        assert "--replace takes those of the file" in err
        _, out, _ = said("import", file, "--replace", "--json")
        assert json.loads(out)["imported"][0]["differing"] == 297

    def test_files_of_a_zip_that_are_not_asked_for_are_counted(self, said, file, tmp_path):
        import zipfile

        path = tmp_path / "Q1.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(file, "XBTUSD_60.csv")
            archive.write(file, "XBTUSD_720.csv")
        code, _, err = said("import", path)
        assert code == EXIT_OK
        assert "1 file passed over: XBTUSD_720.csv: 720 minutes is no length" in err

    def test_many_refusals_are_told_and_then_counted(self, said, tmp_path):
        code, _, err = said("import", *(tmp_path / f"{number}.csv" for number in range(30)))
        assert code == EXIT_WRONG
        assert len(err.splitlines()) == 21
        assert "more files were refused" in err.splitlines()[-1]

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (["--timeframe", "2h"], "--timeframe '2h' is no length of candles; there is: 1m, 5m"),
            (["--pair", "bitcoin"], "'bitcoin' is no pair; write it like BTC/USD"),
            (["--venue", "../x"], "'../x' is no name of a venue"),
            (["--time-unit", "h"], "--time-unit 'h' is none of s, ms, us, ns, iso"),
            (["--columns", "a,b"], "--columns: 'a' is none of time, open"),
        ],
    )
    def test_call_that_is_wrong_says_what(self, said, file, options, words):
        code, out, err = said("import", file, *options)
        assert (code, out) == (EXIT_WRONG, "")
        assert words in err

    def test_home_that_is_something_else_is_not_touched(self, said, file, tmp_path):
        (tmp_path / "thesis.txt").write_text("")
        code, _, err = said("import", file, "--home", tmp_path)
        assert code == EXIT_WRONG
        assert "holds other things" in err

    def test_home_of_candles_alone_is_a_home(self, said, file, isolated_home):
        said("import", file)
        for name in ("logs", "exchange", "cache"):
            (isolated_home / name).rmdir()
        Home(isolated_home).prepare()

    @pytest.mark.usefixtures("_heard_interrupts")
    def test_ctrl_c_leaves_the_store_as_it_was(self, said, file, store, monkeypatch):
        def interrupted(*_):
            os.kill(os.getpid(), signal.SIGINT)
            message = "the interrupt should have come first"
            raise AssertionError(message)

        said("import", file)
        before = {path: path.read_bytes() for path in store.root.rglob("*.parquet")}
        monkeypatch.setattr(importing_module, "read_content", interrupted)
        code, _, err = said("import", file)
        assert code == EXIT_INTERRUPTED
        assert "interrupted; nothing was stored" in err
        assert {path: path.read_bytes() for path in store.root.rglob("*.parquet")} == before

    @pytest.mark.usefixtures("_heard_interrupts")
    def test_ctrl_c_at_the_end_of_a_write_says_that_it_is_stored(
        self, said, file, store, monkeypatch
    ):
        plain = store_module.put_in_place

        def interrupted(staged, folder):
            os.kill(os.getpid(), signal.SIGINT)
            plain(staged, folder)

        monkeypatch.setattr(store_module, "put_in_place", interrupted)
        code, _, err = said("import", file)
        assert code == EXIT_INTERRUPTED
        assert "interrupted; 1 file stored whole, nothing of any other" in err
        assert len(store.load(VENUE, BTC, Interval.H1)) == 297

    @pytest.mark.usefixtures("_heard_interrupts")
    def test_ctrl_c_at_the_renames_comes_after_them(self):
        done = []

        def write():
            with held_interrupt():
                os.kill(os.getpid(), signal.SIGINT)
                done.append("the write")

        with pytest.raises(KeyboardInterrupt):
            write()
        assert done == ["the write"]
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


class TestList:
    def test_tells_rows_range_gaps_and_size(self, said, file):
        said("import", file)
        code, out, _ = said("list")
        assert code == EXIT_OK
        row = out.splitlines()[1].split()
        assert row[:4] == ["kraken", "BTC/USD", "1h", "297"]
        assert row[4:10] == ["2020-01-01", "00:00:00", "2020-01-13", "11:00:00", "2", "3"]

    def test_json_is_one_document(self, said, file, store):
        assert json.loads(said("list", "--json")[1]) == []
        said("import", file)
        (one,) = json.loads(said("list", "--json")[1])
        size = one.pop("size_bytes")
        assert size == store.files(store.series()[0])[0].stat().st_size
        assert one == {
            "venue": "kraken",
            "pair": "BTC/USD",
            "timeframe": "1h",
            "rows": 297,
            "first_ms": int(HOURS.open_time_ms[0]),
            "last_ms": int(HOURS.open_time_ms[-1]),
            "gaps": 2,
            "missing": 3,
            "is_damaged": False,
        }

    def test_empty_home_says_how_to_fill_it(self, said, isolated_home):
        code, out, _ = said("list")
        assert code == EXIT_OK
        assert "no candle is stored; `tui-trader data import`" in out
        assert not isolated_home.exists()


class TestVerify:
    def test_gaps_are_told_and_are_fine(self, said, file):
        said("import", file)
        code, out, _ = said("verify")
        assert code == EXIT_OK
        assert out.splitlines() == [
            "ok  kraken BTC/USD 1h: 297 rows, 2020-01-01 00:00:00 to 2020-01-13 11:00:00",
            "    2 gaps, 3 candles missing:",
            "      2020-01-01 07:00:00 to 2020-01-01 09:00:00  2 candles",
            "      2020-01-05 04:00:00 to 2020-01-05 05:00:00  1 candle",
        ]

    def test_damage_is_told_and_exits_with_2(self, said, file, store):
        said("import", file)
        (path,) = store.root.rglob("*.parquet")
        path.write_bytes(path.read_bytes()[:-5])
        code, out, _ = said("verify")
        assert code == EXIT_WRONG
        assert out.startswith("DAMAGED  kraken BTC/USD 1h: 0 rows\n    damage: ")
        assert "1h/2020.parquet is damaged or cannot be read" in out
        code, out, _ = said("verify", "--json")
        assert code == EXIT_WRONG
        assert json.loads(out)[0]["damage"][0]["first_ms"] is None
        assert "damaged: see `data verify`" in said("list")[1]

    def test_only_the_pairs_that_are_named(self, said, file, tmp_path):
        file.with_name("ETHUSD_60.csv").write_bytes(file.read_bytes())
        said("import", file, tmp_path / "ETHUSD_60.csv")
        code, out, _ = said("verify", "ETH/USD", "--json")
        assert code == EXIT_OK
        (one,) = json.loads(out)
        assert (one["pair"], one["damage"], len(one["gaps"])) == ("ETH/USD", [], 2)
        assert one["gaps"][0]["candles"] == 2

    def test_pair_that_is_not_stored_is_wrong(self, said):
        code, _, err = said("verify", "ETH/USD")
        assert code == EXIT_WRONG
        assert "ETH/USD: no candle is stored" in err

    def test_nothing_is_fine(self, said):
        code, out, _ = said("verify")
        assert code == EXIT_OK
        assert "no candle is stored" in out


class TestProgress:
    @pytest.fixture
    def line(self):
        self.now_s = 0.0
        return ProgressLine(lambda: self.now_s)

    def test_what_is_quick_is_quiet(self, line, capsys):
        line.show(0.5, "file")
        assert capsys.readouterr().err == ""

    def test_what_takes_long_says_when_it_ends(self, line, capsys):
        self.now_s = 30.0
        line.show(0.25, "file")
        line.show(0.26, "file")
        assert capsys.readouterr().err == " 25%  ends in 1:30  file\n"
        self.now_s = 36.0
        line.show(0.001, "file")
        assert capsys.readouterr().err == "  0%  ends in ?  file\n"

    def test_terminal_has_one_line_that_goes_away(self, capsys, monkeypatch):
        monkeypatch.setattr(progress.sys.stderr, "isatty", lambda: True, raising=False)
        self.now_s = 0.0
        with ProgressLine(lambda: self.now_s) as line:
            self.now_s = 2.0
            line.show(0.5, "file")
        assert capsys.readouterr().err == "\r\x1b[K 50%  ends in 0:02  file\r\x1b[K"


@pytest.mark.parametrize(
    ("arguments", "unloaded"),
    [
        (["data", "--help"], {"numpy", "pyarrow", "ccxt"}),
        (["data", "import", "XBTUSD_60.csv"], {"pandas", "ccxt", "talib", "numba"}),
        (["data", "verify"], {"pandas", "ccxt", "talib", "numba"}),
    ],
)
def test_command_loads_only_what_it_needs(arguments, unloaded, file, monkeypatch):
    import subprocess
    import sys

    main(["data", "import", str(file)])
    monkeypatch.chdir(file.parent)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    statements = (
        f"import sys; from tui_trader.__main__ import main; assert main({arguments!r}) == 0\n"
        f"assert not {unloaded!r} & set(sys.modules), {unloaded!r} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", statements], check=True, capture_output=True, timeout=30)
