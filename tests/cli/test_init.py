"""The questions of a first start: by keys, or none at all; never over a file that is there."""

import io
import json
import sys

import pytest

from tui_trader.__main__ import main
from tui_trader.cli import init
from tui_trader.engine.config.load import load_settings


@pytest.fixture
def home(isolated_home):
    return isolated_home


def settings_of(home):
    return load_settings(config_file=None, home=home, environ={}).settings


def answer_with(monkeypatch, *lines):
    monkeypatch.setattr(init, "is_person_there", lambda: True)
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_defaults_without_questions_are_a_file_that_config_check_takes(home, capsys):
    assert main(["init", "--yes"]) == 0
    assert main(["config", "check"]) == 0
    assert "5 set by file" in capsys.readouterr().out
    assert (home / "config.toml").stat().st_mode & 0o077 == 0
    assert settings_of(home) == settings_of(home / "nowhere")


def test_options_are_answers(home, capsys):
    call = [
        "init",
        "--yes",
        "--pairs",
        "BTC/USD,ETH/USD",
        "--daily-loss",
        "1.5",
        "--theme",
        "light",
    ]
    assert main([*call, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["settings"]["risk.daily_loss_max_percent"] == "1.5"
    settings = settings_of(home)
    assert (settings.market.pairs, settings.console.theme) == (("BTC/USD", "ETH/USD"), "light")


def test_answers_are_numbers_of_choices_or_what_is_typed_and_enter_takes_the_default(
    home, monkeypatch, capsys
):
    answer_with(monkeypatch, "2", "BTC/USD, SOL/USD", "", "10", "", "")
    assert main(["init"]) == 0
    settings = settings_of(home)
    assert (settings.console.theme, settings.market.pairs) == ("light", ("BTC/USD", "SOL/USD"))
    assert settings.risk.daily_loss_max_percent == 3
    assert settings.risk.position_max_percent == 10
    said = capsys.readouterr().err
    assert "Mode: demo" in said
    assert 'theme = "light"' in said
    assert all(len(line) <= 79 for line in said.splitlines() if "/" not in line)


def test_wrong_answer_is_explained_and_asked_again_but_not_for_ever(home, monkeypatch, capsys):
    answer_with(monkeypatch, "pink", "dark", "btc/usd", "BTC/USD", "many", "2", "", "", "y")
    assert main(["init"]) == 0
    said = capsys.readouterr().err
    assert "expected one of dark, light" in said
    assert "did you mean BTC/USD?" in said
    assert "expected a number from 0 to 100" in said
    answer_with(monkeypatch, "y", *["pink"] * 20)
    assert main(["init"]) == 2
    assert "5 answers that cannot be had" in capsys.readouterr().err


@pytest.mark.parametrize("answers", [("", "", "", "", "", "n"), ("", ""), ()])
def test_a_no_and_an_end_of_input_write_nothing(home, monkeypatch, capsys, answers):
    answer_with(monkeypatch, *answers)
    assert main(["init"]) == 130
    assert "nothing was written" in capsys.readouterr().err
    assert not (home / "config.toml").exists()


def test_file_that_is_there_is_not_touched_without_a_yes(home, monkeypatch, capsys):
    home.mkdir()
    (home / "config.toml").write_text("# mine\n")
    assert main(["init", "--yes"]) == 2
    assert "is there already and was not touched" in capsys.readouterr().err
    answer_with(monkeypatch, "", "", "", "", "", "", "")
    assert main(["init"]) == 130
    assert (home / "config.toml").read_text() == "# mine\n"
    answer_with(monkeypatch, "y", "", "", "", "", "", "")
    assert main(["init"]) == 0
    assert "theme" in (home / "config.toml").read_text()
    assert main(["config", "undo"]) == 0
    assert (home / "config.toml").read_text() == "# mine\n"


def test_without_a_terminal_it_asks_nobody(home, monkeypatch, capsys):
    monkeypatch.setattr(init, "is_person_there", lambda: False)
    assert main(["init"]) == 2
    assert "add --yes for the defaults" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "why"),
    [(("--theme", "pink"), "expected one of"), (("--pairs", "BTC/EUR"), "is quoted in EUR")],
)
def test_what_config_check_would_refuse_is_not_written(home, capsys, option, why):
    assert main(["init", "--yes", *option]) == 2
    assert why in capsys.readouterr().err
    assert not (home / "config.toml").exists()
