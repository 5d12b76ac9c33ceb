"""The diagram people read is the table the engine runs on."""

from tests.architecture.order_diagram import ARCHITECTURE, draw


def test_architecture_shows_the_order_life_as_it_is():
    assert draw() in ARCHITECTURE.read_text()
