"""The tables of keys in docs/console.md, written from the one table of actions.

python -m tests.architecture.key_page --write
"""

import sys

from tests.architecture.source_tree import ROOT
from tui_trader.actions import ACTIONS, Group

PAGE = ROOT / "docs" / "console.md"
BEGIN, END = "<!-- keys -->\n", "<!-- end of keys -->\n"


def tables() -> str:
    """One table a heading, as the help of the console shows them."""
    parts = []
    for group in Group:
        rows = [action for action in ACTIONS if action.group is group and action.shown]
        lines = [f"| {_code(action.shown)} | {action.tooltip} |" for action in rows]
        parts.append("\n".join([f"**{group.value}**\n", "| key | does |", "|---|---|", *lines]))
    return "\n\n".join(parts) + "\n"


def _code(shown: str) -> str:
    return " ".join(f"`{key}`" for key in shown.replace("|", "\\|").split())


def written(page: str) -> str:
    """The page with the tables as they are now."""
    head, rest = page.split(BEGIN)
    return f"{head}{BEGIN}\n{tables()}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(written(PAGE.read_text()))
    else:
        sys.stdout.write(tables())
