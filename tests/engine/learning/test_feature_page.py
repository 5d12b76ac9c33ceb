"""docs/learning.md lists the features there are, and the tables of the registry are as they are told."""

from tests.engine.learning.feature_page import PAGE, page_with_table
from tui_trader.engine.registry import MODELS


def test_the_page_lists_every_feature():
    again = "write it again: python -m tests.engine.learning.feature_page --write"
    assert PAGE.read_text() == page_with_table(PAGE.read_text()), again


def test_the_page_names_every_model():
    page = PAGE.read_text()
    assert [name for name in MODELS if f"`{name}`" not in page] == []
