"""What a call looks like: names, options, modes, help, versions."""

import json
import os
import resource
import subprocess
import sys

import pytest

from tui_trader import __version__
from tui_trader.__main__ import main
from tui_trader.cli.commands import COMMANDS, RESERVED
from tui_trader.cli.dispatch import blank_namespace, build_parser, command_name
from tui_trader.cli.exit_codes import (
    EngineDied,
    Refused,
    Unconfirmed,
    exit_code_of,
)
from tui_trader.engine.values.errors import (
    ConfigError,
    HomeBusy,
    NothingRunning,
    OutcomeUnknown,
    PluginError,
    RejectedByExchange,
    StoreError,
    TemporaryFault,
)

HEAVY = ("textual", "ccxt", "numpy", "pandas", "sklearn", "numba", "aiohttp", "pydantic")


def said(capsys, *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


def test_version_names_what_matters(capsys):
    code, out, err = said(capsys, "--version")
    names = [line.split()[0] for line in out.splitlines()]
    assert (code, err, names) == (0, "", ["tui-trader", "Python", "textual", "ccxt"])
    assert out.startswith(f"tui-trader {__version__}\n")


def test_help_begins_with_examples_and_lists_what_works_only(capsys):
    code, out, _ = said(capsys, "--help")
    assert code == 0
    assert out.startswith("examples:\n  tui-trader ")
    listed = out.partition("commands:")[2].split()
    assert all(entry.name in listed for entry in COMMANDS)
    assert not set(RESERVED) & set(listed)


@pytest.mark.parametrize("name", [entry.name for entry in COMMANDS])
def test_help_of_each_command_begins_with_examples(capsys, name):
    code, out, _ = said(capsys, name, "--help")
    assert code == 0
    assert out.startswith(f"examples:\n  tui-trader {name}")
    for option in ("--home", "--config", "--mode"):
        assert option in out


def test_unknown_command_names_the_nearest(capsys):
    code, out, err = said(capsys, "statsu", "--json")
    assert (code, out) == (2, "")
    assert "there is no command `statsu` (did you mean `status`?); see `tui-trader --help`" in err


def test_unknown_option_is_told(capsys):
    code, _, err = said(capsys, "config", "check", "--verbose")
    assert code == 2
    assert "unrecognized arguments: --verbose" in err


def test_engine_alone_is_no_option_of_a_command(capsys):
    code, _, err = said(capsys, "--no-ui", "status")
    assert code == 2
    assert "--no-ui stands alone" in err


def test_bare_stop_names_both_that_it_could_mean(capsys):
    code, out, err = said(capsys, "stop")
    assert (code, out) == (2, "")
    assert "`halt`" in err
    assert "`shutdown`" in err


@pytest.mark.parametrize("name", RESERVED)
def test_reserved_name_is_not_in_this_version_yet(capsys, name):
    code, out, err = said(capsys, name, "--whatever", "5")
    assert (code, out) == (2, "")
    assert f"`{name}` is not in this version yet; there are: start, attach" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--mode", "live"),
        ("--mode", "live", "--no-ui"),
        ("--mode=live", "start"),
        ("start", "--mode", "live"),
        ("trade", "BTC/USD", "buy", "1", "--yes", "--mode", "live"),
        ("resume", "--yes", "--mode", "live"),
        ("attach", "--mode", "live"),
        ("status", "--mode", "live"),
    ],
)
def test_live_is_refused_before_anything_starts(capsys, isolated_home, arguments):
    code, out, err = said(capsys, *arguments)
    assert (code, out) == (4, "")
    assert "live trading waits for the risk and execution work; nothing was sent" in err
    assert not isolated_home.exists()


def test_live_by_variable_is_refused_too(capsys, monkeypatch):
    monkeypatch.setenv("TUI_TRADER_MODE", "live")
    assert said(capsys, "--no-ui")[0] == 4


def test_paper_is_not_in_this_version(capsys):
    code, _, err = said(capsys, "start", "--mode", "paper")
    assert code == 4
    assert "paper trading is not in this version yet" in err


def test_mode_that_is_none_is_a_wrong_call(capsys, monkeypatch):
    assert said(capsys, "start", "--mode", "real")[0] == 2
    monkeypatch.setenv("TUI_TRADER_MODE", "liv")
    code, _, err = said(capsys, "start")
    assert code == 2
    assert (
        "TUI_TRADER_MODE: 'liv' is no mode; expected one of demo, paper, live (did you mean `live`?)"
        in err
    )


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ([], None),
        (["--no-ui"], None),
        (["--home", "status"], None),
        (["--home", "x", "status"], "status"),
        (["--home=x", "--json", "status", "trade"], "status"),
        (["--mode", "demo", "--config", "c", "trade", "--home", "x"], "trade"),
    ],
)
def test_command_is_the_first_word_that_is_no_option(arguments, name):
    assert command_name(arguments) == name


@pytest.mark.parametrize(
    "arguments",
    [["--home", "x", "status", "--json"], ["status", "--home", "x", "--json"]],
)
def test_shared_options_stand_before_and_after_the_command(arguments):
    entry = next(entry for entry in COMMANDS if entry.name == "status")
    args = build_parser(entry).parse_args(arguments, namespace=blank_namespace())
    assert (args.home, args.json, args.command, args.config) == ("x", True, "status", None)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("x"), 2),
        (PluginError("x"), 2),
        (StoreError("x"), 2),
        (HomeBusy("x"), 3),
        (NothingRunning("x"), 3),
        (Refused("x"), 4),
        (RejectedByExchange("x"), 4),
        (Unconfirmed("x"), 5),
        (OutcomeUnknown("x"), 5),
        (TemporaryFault("x"), 5),
        (EngineDied("x", exit_code=3), 3),
    ],
)
def test_exit_code_follows_from_the_kind_of_error(error, code):
    assert exit_code_of(error) == code


def test_command_line_starts_cold():
    statement = (
        f"import sys, tui_trader.__main__; print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", statement], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_versions_take_a_tenth_of_a_second(option):
    def cpu_seconds() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-m", "tui_trader", option], capture_output=True, check=True
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    # Of the processor, and the quickest of several: what the machine does besides is not ours.
    assert min(cpu_seconds() for _ in range(8)) < 0.1


def test_reader_that_goes_away_is_no_fault():
    command = f"{sys.executable} -m tui_trader config example | head -c 1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_stream_that_is_closed_is_no_fault(closed):
    command = f"{sys.executable} -m tui_trader config check {closed}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_words_for_a_closed_stderr_do_not_end_up_in_the_answer():
    command = f"{sys.executable} -m tui_trader config check --config /not/there --json 2>&-"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")


def test_letter_that_the_locale_lacks_is_shown_as_its_number():
    done = subprocess.run(
        [sys.executable, "-m", "tui_trader", "doctor", "--home", "/tmp/no-such-h\u00f6me"],
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert b"no-such-h\\xf6me" in done.stdout
    assert b"this is a bug" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("doctor", "--json", "--home", "/tmp/\udcff"),
        ("config", "show", "--config", "/tmp/\udcff"),
        ("trade", "B\udcff/USD", "buy", "1", "--yes"),
    ],
)
def test_bytes_that_are_no_text_are_a_wrong_call(capsys, arguments):
    assert main(arguments) == 2
    assert "\\udcff" in capsys.readouterr().err


def test_configuration_is_shown_with_its_sources(capsys, isolated_home, monkeypatch):
    monkeypatch.setenv("TUI_TRADER_DEMO__SEED", "5")
    code, out, _ = said(capsys, "config", "show", "--json")
    document = json.loads(out)
    rows = {row["key"]: row for row in document["settings"]}
    assert code == 0
    assert document["home"] == str(isolated_home)
    assert rows["demo.seed"]["value"] == "5"
    assert rows["demo.seed"]["source"] == "TUI_TRADER_DEMO__SEED"
    assert rows["demo.cash"]["source"] == "default"


def test_wrong_configuration_ends_with_two_and_one_sentence(capsys, monkeypatch):
    monkeypatch.setenv("TUI_TRADER_DEMO__SEDD", "5")
    code, out, err = said(capsys, "config", "check")
    assert (code, out) == (2, "")
    assert err == (
        "tui-trader: TUI_TRADER_DEMO__SEDD: unknown variable; did you mean TUI_TRADER_DEMO__SEED?\n"
    )


def test_configuration_file_may_be_named_by_option_and_by_variable(capsys, tmp_path, monkeypatch):
    named = tmp_path / "mine.toml"
    named.write_text("[demo]\nseed = 9\n")
    assert "demo.seed" in said(capsys, "config", "show", "--config", str(named))[1]
    monkeypatch.setenv("TUI_TRADER_CONFIG", str(named))
    assert str(named) in said(capsys, "config", "check")[1]
    assert said(capsys, "config", "check", "--config", str(tmp_path / "absent"))[0] == 2


def test_examples_go_to_stdout(capsys):
    from tui_trader.engine.config.example import example_dotenv, example_toml

    assert said(capsys, "config", "example") == (0, example_toml(), "")
    assert said(capsys, "config", "example", "--env") == (0, example_dotenv(), "")


@pytest.mark.parametrize("option", ["--home", "--config", "--mode"])
def test_option_without_its_value_is_no_default(capsys, option):
    code, _, err = said(capsys, option, "", "config", "check")
    assert code == 2
    assert f"argument {option}: is empty; name one, or leave the option out" in err


def test_relative_home_is_made_absolute(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, out, _ = said(capsys, "config", "check", "--json", "--home", "desk")
    assert json.loads(out)["home"] == os.fspath(tmp_path / "desk")
