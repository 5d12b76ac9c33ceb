"""The page people read about indicators is what the registry holds."""

from tests.engine.analysis.indicator_page import PAGE, draw


def test_the_page_of_indicators_is_up_to_date():
    assert PAGE.read_text() == draw()
