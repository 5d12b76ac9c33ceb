"""The page people read about commands is what the parsers take."""

from tests.architecture.command_page import PAGE, draw


def test_the_page_of_commands_is_up_to_date():
    assert PAGE.read_text() == draw()
