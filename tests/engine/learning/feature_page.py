"""The table of features in docs/learning.md, written from the registry.

.venv/bin/python -m tests.engine.learning.feature_page --write
"""

import sys

from tests.architecture.source_tree import ROOT
from tui_trader.engine.analysis.features.declaration import FeatureGroup
from tui_trader.engine.analysis.features.table import chosen_features

PAGE = ROOT / "docs" / "learning.md"
BEGIN, END = "<!-- features -->\n", "<!-- end of features -->\n"


def table() -> str:
    """Every feature, by group."""
    features = chosen_features(())
    lines = []
    for group in FeatureGroup:
        lines += [
            f"\n**{group.value.capitalize()}**\n",
            "| feature | what it is | candles |",
            "|---|---|---|",
        ]
        lines += [
            f"| `{feature.name}` | {feature.says} | {feature.history_bars} |"
            for feature in features
            if feature.group is group
        ]
    return "\n".join(lines) + "\n\n"


def page_with_table(page: str) -> str:
    """The page, its table written anew."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table()}{END}{after}"


if __name__ == "__main__" and "--write" in sys.argv:
    PAGE.write_text(page_with_table(PAGE.read_text()))
