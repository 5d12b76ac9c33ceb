from decimal import Decimal

import pytest

from tui_trader.widgets.drawing import numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("12.346"), "+12.35"),
        (Decimal("-1234.5"), "-1,234.50"),
        (Decimal(0), "0.00"),
        (Decimal("-0.001"), "0.00"),
        (None, "—"),
    ],
)
def test_sign_is_always_written_except_for_nothing(value, text):
    assert numbers.signed(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0.05000000", "0.05"),
        ("1200", "1,200"),
        ("0", "0"),
        ("1E+3", "1,000"),
        ("0.00000001", "0.00000001"),
    ],
)
def test_quantity_has_no_trailing_zeros_and_no_exponent(value, text):
    assert numbers.quantity(Decimal(value)) == text


@pytest.mark.parametrize(
    ("age_ms", "text"),
    [(-5, "0s"), (59_999, "59s"), (60_000, "1m"), (3_600_000, "1h"), (86_400_000 * 12, "12d")],
)
def test_age_has_one_unit(age_ms, text):
    assert numbers.age(age_ms) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, "0.50"), (1_500.0, "1,500"), (12_345.0, "12.3k"), (4_560_000.0, "4.6M"), (None, "—")],
)
def test_compact_fits_an_axis(value, text):
    assert numbers.compact(value) == text


def test_bar_is_exact_to_an_eighth():
    assert numbers.bar(0.5, 4) == "██  "
    assert numbers.bar(1 / 32, 4) == "▏   "
    assert numbers.bar(7.0, 2) == "██"
    assert numbers.bar(-1.0, 2) == "  "


def test_spark_is_a_picture_of_all_values():
    assert numbers.spark([1, 2, 3, 4, 5, 6, 7, 8], 8) == "▁▂▃▄▅▆▇█"
    assert numbers.spark([0, 0, 0, 0, 9, 9, 9, 9], 2) == "▁█"
    assert numbers.spark([5.0], 3) == "  ▁"
    assert numbers.spark([], 3) == "   "


def test_arrow_tells_the_direction_without_colour():
    assert [numbers.arrow(value) for value in (1.0, -1.0, 0.0, -0.001, None)] == [*"▲▼   "]
