"""The manual page is what the program says of itself."""

from tui_trader.__main__ import main
from tui_trader.actions import ACTIONS
from tui_trader.cli.commands import COMMANDS
from tui_trader.cli.man import page


def test_it_is_printed_for_a_folder_of_pages(capsys):
    assert main(["completion", "man"]) == 0
    assert capsys.readouterr().out == page()


def test_every_command_and_key_is_in_it():
    text = page().replace("\\-", "-")
    for entry in COMMANDS:
        assert f".SS {entry.name}" in text
    for action in ACTIONS:
        assert action.tooltip.replace("\\", "\\e") in text


def test_no_line_is_taken_for_an_instruction_that_is_none():
    known = {".TH", ".SH", ".SS", ".TP", ".B", ".I", ".PP", ".nf", ".fi"}
    for line in page().splitlines():
        if line.startswith((".", "'")):
            assert line.split()[0] in known, line
