"""The page people read about metrics is what the table holds."""

from tests.engine.analysis.statistics.metric_page import PAGE, draw


def test_the_page_of_metrics_is_up_to_date():
    assert PAGE.read_text() == draw()
