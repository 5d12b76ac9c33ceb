"""The cache of compiled code: a rule that changes must not leave its old answer behind."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT
from tui_trader.engine.kernels import compiler

RUN = """
import sys
from pathlib import Path
from tests.engine.backtest.made_runs import PLAIN, bars, run_of, said
from tui_trader.engine.backtest.compiled import run_compiled
from tui_trader.engine.backtest.core_engine import run_on_core
from dataclasses import replace
flat = (100.0, 101.0, 99.0, 100.0)
request = run_of(bars(flat, flat, flat, flat), said([1, 0, 0, 0]), rules=PLAIN)
request = replace(request, cache_root=Path(sys.argv[1]))
runs = run_compiled(request), run_compiled(request, is_interpreted=True), run_on_core(request)
print(*(run.trades.entry_price[0] for run in runs))
"""


def test_key_changes_with_any_source_of_rules_and_kernels(tmp_path, monkeypatch):
    for room in compiler.SOURCE_ROOMS:
        folder = tmp_path / room
        folder.mkdir()
        (folder / "__init__.py").write_text("")
    rule = tmp_path / compiler.SOURCE_ROOMS[0] / "fees.py"
    rule.write_text("RATIO = 1\n")

    class Room:
        def __init__(self, name):
            self.__file__ = str(tmp_path / name / "__init__.py")

    monkeypatch.setattr(compiler, "import_module", Room)
    before = compiler.sources_key()
    assert compiler.sources_key() == before
    rule.write_text("RATIO = 2\n")
    after = compiler.sources_key()
    assert after != before
    rule.rename(rule.with_name("tariffs.py"))
    assert compiler.sources_key() != after


def test_code_of_old_sources_goes_when_new_code_comes(tmp_path, monkeypatch):
    for number in range(6):
        monkeypatch.setattr(compiler, "sources_key", lambda number=number: f"key{number}")
        folder = compiler.opened_folder(tmp_path)
        (folder / "code").write_text("x")
        os.utime(folder, (number, number))
    left = {path.name for path in (tmp_path / "compiled").iterdir()}
    assert left == {"key3", "key4", "key5"}
    assert len(left) == compiler.KEPT_MAX
    assert compiler.opened_folder(tmp_path) == tmp_path / "compiled" / "key5"


def test_every_rule_is_lent():
    """A rule that the walk calls and nobody lends would not compile; one that is forgotten shows here."""
    rules = ROOT / "tui_trader" / "engine" / "rules"
    apart = {"__init__", "model", "checks", "from_settings", "signal_trade", "signal_gates"}
    names = {path.stem for path in rules.glob("*.py")} - apart
    lent = {name.rpartition(".")[2] for name in compiler.LENT_MODULES if ".rules." in name}
    assert names == lent


def run_copy(copy: Path, cache: Path) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(cache)],
        cwd=copy,
        env={"PYTHONPATH": str(copy), "PATH": "", "HOME": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [float(word) for word in done.stdout.split()]


@pytest.mark.long
def test_a_changed_rule_changes_the_compiled_the_interpreted_and_the_core_answer(tmp_path):
    copy, cache = tmp_path / "copy", tmp_path / "cache"
    for part in ("tui_trader", "tests"):
        skip = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / part, copy / part, ignore=skip)
    assert run_copy(copy, cache) == [100.0] * 3
    rule = copy / "tui_trader" / "engine" / "rules" / "slippage.py"
    changed = rule.read_text().replace("price * (1.0 + ratio)", "price * (1.5 + ratio)")
    rule.write_text(changed)
    assert run_copy(copy, cache) == [150.0] * 3
