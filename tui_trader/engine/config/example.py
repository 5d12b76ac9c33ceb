"""`config.example.toml` and `.env.example`, written from the catalogue of settings."""

from itertools import groupby
from textwrap import wrap

from tui_trader.engine.config.fields import Field, all_fields, sections
from tui_trader.engine.config.load import toml_value
from tui_trader.engine.config.variable_layers import PROCESS_VARIABLES

WIDTH = 96

TOML_HEAD = """\
Settings of tui-trader, all of them, at their defaults. Copy this file to config.toml in the home
(`tui-trader doctor` says where that is), change what you like and delete the rest. Written by
`tui-trader config example`; `tui-trader config check` finds every mistake in a changed copy."""

DOTENV_HEAD = """\
Secrets, and settings of this machine alone. Copy this file to .env in the home and let nobody else
read it: chmod 600 .env. A variable of the environment goes before a line here, and a line here goes
before config.toml."""


def example_toml() -> str:
    """The settings file at its defaults."""
    parts = [_comment(TOML_HEAD)]
    for section, fields in groupby(all_fields(), key=lambda field: field.section):
        doc = (sections()[section].__doc__ or "").partition(": ")[2]
        parts.append(f"\n{_comment(doc[:1].upper() + doc[1:])}\n[{section}]")
        parts += [_toml_entry(field) for field in fields]
    return "\n".join(parts) + "\n"


def example_dotenv() -> str:
    """The `.env` at its defaults: secrets open, every other setting as a comment."""
    parts = [_comment(DOTENV_HEAD)]
    secrets = [field for field in all_fields() if field.note.is_secret]
    parts += [f"\n{_comment(_help(field))}\n{field.variable}=" for field in secrets]
    others = [field for field in all_fields() if not field.note.is_secret]
    parts.append("\n# Every other setting may stand here too; config.example.toml explains them.")
    parts += [f"# {field.variable}={_variable_text(field.default)}" for field in others]
    parts.append("\n# These are no settings; they count in the environment only, not in this file.")
    parts += [f"# {name}: {meaning}." for name, meaning in PROCESS_VARIABLES.items()]
    return "\n".join(parts) + "\n"


def _toml_entry(field: Field) -> str:
    if field.note.is_secret:
        return _comment(f"{field.name}: {_help(field)} In .env it is {field.variable}.")
    return f"{_comment(_help(field))}\n{field.name} = {toml_value(field.default)}"


def _help(field: Field) -> str:
    if field.note.is_secret or field.expectation == "text":
        return field.note.help
    return f"{field.note.help} {field.expectation[:1].upper()}{field.expectation[1:]}."


def _comment(text: str) -> str:
    return "\n".join(f"# {line}" for line in wrap(text, WIDTH))


def _variable_text(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else toml_value(value).strip('"')
