"""Completion for three shells: what may follow, and nothing that the program would refuse."""

import subprocess
from pathlib import Path

import pytest

from tui_trader.__main__ import main
from tui_trader.cli.command_tree import commands
from tui_trader.cli.commands import COMMANDS
from tui_trader.cli.completion import SHELLS

ASK = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
_tui_trader
printf '%s\\n' "${COMPREPLY[@]}"
"""


def said(capsys, *arguments: str) -> str:
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


def offered(script: Path, *words: str) -> list[str]:
    """What bash offers for the last word."""
    call = ["bash", "--norc", "-c", ASK, "bash", str(script), "tui-trader", *words]
    answer = subprocess.run(call, capture_output=True, text=True, check=True)
    assert answer.stderr == ""
    return answer.stdout.split()


@pytest.fixture
def bash_script(capsys, tmp_path) -> Path:
    path = tmp_path / "completion.bash"
    path.write_text(said(capsys, "completion", "bash"))
    return path


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("flat",), ["flatten"]),
        (("--home", "/x", "flat"), ["flatten"]),
        (("trade", "BTC/USD", "s"), ["sell"]),
        (("strategies", "sta"), ["start", "status"]),
        (("--mode", ""), ["demo", "paper", "live"]),
        (("status", "--mode", "l"), ["live"]),
        (("backtest", "--engine", ""), ["compiled", "core"]),
        (("close", "BTC/USD", "--per"), ["--percent"]),
        (("amend", "3f9a", "--limit", ""), []),
        (("strategies", "stop", "--fl"), ["--flatten"]),
        (("completion", "z"), ["zsh"]),
        (("nonsense", "--l"), []),
    ],
)
def test_bash_offers_what_may_follow(bash_script, words, expected):
    assert offered(bash_script, *words) == expected


def test_bash_offers_every_command_and_every_option(bash_script):
    assert set(offered(bash_script, "")) >= {entry.name for entry in COMMANDS}
    for command in commands():
        for verb in command.verbs or (command,):
            path = (command.name, verb.name) if command.verbs else (command.name,)
            flags = {flag for one in verb.options for flag in one.flags if flag.startswith("--")}
            assert flags <= set(offered(bash_script, *path, "--")), path


@pytest.mark.parametrize("shell", SHELLS)
def test_every_command_verb_and_option_is_in_each_script(capsys, shell):
    script = said(capsys, "completion", shell)
    for command in commands():
        assert command.name in script
        for verb in command.verbs:
            assert verb.name in script
        for option in command.options:
            for flag in option.flags:
                assert (flag if shell != "fish" else flag.lstrip("-")) in script
    assert "Traceback" not in script


def test_unknown_shell_ends_with_two(capsys):
    assert main(["completion", "tcsh"]) == 2
    assert "invalid choice: 'tcsh'" in capsys.readouterr().err
