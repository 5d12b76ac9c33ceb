import pytest

from tui_trader.widgets.fuzzy import best, score

ENTRIES = [
    (text, text)
    for text in (
        "Cancel every open order",
        "Cancel the order under the cursor",
        "Other colours: dark, light, none",
        "theme light",
        "pair BTC/USD",
    )
]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("cancel every", ["Cancel every open order"]),
        ("ceoo", ["Cancel every open order"]),
        ("light", ["theme light", "Other colours: dark, light, none"]),
        ("usd", ["pair BTC/USD"]),
        ("under cancel", ["Cancel the order under the cursor"]),
        ("xyz", []),
        ("", [text for text, _ in ENTRIES]),
    ],
)
def test_parts_and_initials_find_the_best_first(query, found):
    assert best(query, ENTRIES) == found


def test_letters_scattered_inside_words_find_nothing():
    assert score("ane", "Cancel every open order") is None


def test_a_whole_word_goes_before_a_part_of_one():
    assert score("order", "the order") > score("order", "border")
