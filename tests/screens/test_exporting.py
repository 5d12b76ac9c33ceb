"""Tables written to files: numbers as they are, nothing written over, nothing a spreadsheet would obey."""

import csv
import json
from decimal import Decimal

import pytest

from tests.screens.scripted import NOW_MS
from tui_trader.screens.exporting import (
    ExportTable,
    Format,
    chosen_export,
    export_choices,
    write_export,
)

TABLE = ExportTable(
    name="fills of today",
    heads=("pair", "price", "fee", "note"),
    rows=[
        ("BTC/USD", Decimal("64128.90"), 0.1, None),
        ("=cmd|' /C calc'!A0", Decimal("1E-8"), -1.5, "a\x1b[2Jb,\nc"),
    ],
)


def test_csv_keeps_every_digit_and_no_control_character(tmp_path):
    path = write_export(TABLE, Format.CSV, folder=tmp_path / "exports", now_ms=NOW_MS)
    assert path.name == "fills-of-today-20261120-104503.csv"
    assert path.stat().st_mode & 0o077 == 0
    rows = list(csv.reader(path.read_text().splitlines()))
    assert rows[1] == ["BTC/USD", "64128.90", "0.1", ""]
    assert rows[2][0].startswith("'=cmd")
    assert rows[2][1:3] == ["0.00000001", "-1.5"]
    assert "\x1b" not in path.read_text()


def test_json_has_null_for_unknown_and_text_for_money(tmp_path):
    path = write_export(TABLE, Format.JSON, folder=tmp_path, now_ms=NOW_MS)
    rows = json.loads(path.read_text())
    assert rows[0] == {"pair": "BTC/USD", "price": "64128.90", "fee": 0.1, "note": None}


def test_second_export_of_a_second_is_another_file_and_a_hundred_are_enough(tmp_path):
    paths = {write_export(TABLE, Format.CSV, folder=tmp_path, now_ms=NOW_MS) for _ in range(100)}
    assert len(paths) == 100
    with pytest.raises(FileExistsError, match="a hundred files"):
        write_export(TABLE, Format.CSV, folder=tmp_path, now_ms=NOW_MS)


def test_choice_stands_for_the_table_and_format_it_names():
    tables = [TABLE, ExportTable(name="orders", heads=(), rows=[])]
    choices = export_choices(tables)
    assert [choice.key for choice in choices] == ["a", "b", "c", "d"]
    assert choices[3].label == "orders: 0 rows as JSON"
    assert chosen_export(tables, choices[3].result) == (tables[1], Format.JSON)
