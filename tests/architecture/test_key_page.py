"""The guide of the console has the keys that the console has."""

from tests.architecture.key_page import PAGE, written


def test_keys_in_the_guide_are_those_of_the_table():
    """Else: .venv/bin/python -m tests.architecture.key_page --write."""
    page = PAGE.read_text()
    assert page == written(page)
