"""The manual page, tui-trader(1), written from the parsers and from the table of keys."""

from collections.abc import Iterator

from tui_trader.actions import ACTIONS
from tui_trader.cli.command_tree import PROGRAM, Command, Option, commands, program_options

EXIT_CODES = (
    ("0", "Done."),
    ("1", "A bug; there is a report to file."),
    ("2", "The call, the configuration or an input file is wrong: what, where, how to mend it."),
    ("3", "Another instance is in the way, or nothing is running to talk to."),
    ("4", "Refused by a rule or by the exchange, with the gate and its numbers."),
    ("5", "The outside did not answer: the outcome is unknown, with what to do."),
    ("130", "You said no, or pressed Ctrl-C."),
)


def page() -> str:
    """The whole page, in the language of man(7)."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    shared = program_options()
    everywhere = {flag for option in shared for flag in option.flags}
    yield f'.TH {PROGRAM.upper()} 1 "" "{PROGRAM}" "User Commands"'
    yield ".SH NAME"
    yield _text(f"{PROGRAM} - a crypto trading desk in the terminal")
    yield ".SH SYNOPSIS"
    yield f".B {_text(PROGRAM)}"
    yield "[\\fIoptions\\fR] [\\fIcommand\\fR]"
    yield ".SH DESCRIPTION"
    yield _text(
        "Without a command: the console. It attaches to the engine of this home, or starts one, in demo"
        " mode unless told otherwise. Data goes to the standard output, the story to the standard error."
    )
    yield ".SH OPTIONS"
    for option in shared:
        yield from _option(option)
    yield ".SH COMMANDS"
    for one in commands():
        yield from _command(one, one.name, everywhere)
    yield ".SH KEYS OF THE CONSOLE"
    yield from _keys()
    yield ".SH EXIT STATUS"
    for code, says in EXIT_CODES:
        yield from (".TP", f".B {code}", _text(says))
    yield ".SH ENVIRONMENT"
    yield from (".TP", ".B TUI_TRADER_HOME", "Folder of state, logs and journal.")
    yield from (".TP", ".B TUI_TRADER_MODE", "What is real; the option counts more.")


def _command(one: Command, path: str, everywhere: set[str]) -> Iterator[str]:
    if one.verbs:
        for verb in one.verbs:
            yield from _command(verb, f"{path} {verb.name}", everywhere)
        return
    words = "".join(f" \\fI{_text(word.value)}\\fR" for word in one.words)
    yield f".SS {_text(path)}{words}"
    yield _text(one.description or one.says)
    for word in one.words:
        if word.says:
            yield from (".TP", f".I {_text(word.value)}", _text(word.says))
    for option in one.options:
        if not everywhere & set(option.flags):
            yield from _option(option)
    if one.examples:
        yield from (".PP", ".nf", *map(_text, one.examples.splitlines()), ".fi")


def _option(option: Option) -> Iterator[str]:
    yield ".TP"
    flags = ", ".join(f"\\fB{_text(flag)}\\fR" for flag in option.flags)
    value = f" \\fI{_text(option.value)}\\fR" if option.value else ""
    yield f"{flags}{value}"
    yield _text(option.says)


def _keys() -> Iterator[str]:
    place = None
    for action in ACTIONS:
        if action.where is not place:
            place = action.where
            yield f".SS {_text(place.value.capitalize())}"
        shown = action.shown or ", ".join(action.keys)
        yield from (".TP", f".B {_text(shown)}", _text(action.tooltip))


def _text(text: str) -> str:
    """Plain text, of which nothing is taken for a command of the formatter."""
    plain = " ".join(text.replace("\\", "\\e").replace("-", "\\-").split(" "))
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain
