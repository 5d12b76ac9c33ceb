"""Moments as people type them."""

import pytest

from tests.screens.scripted import NOW_MS
from tui_trader.engine.values.time import format_rfc3339
from tui_trader.widgets.moments import moment_named


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("10:40", "2026-11-20T10:40:59"),
        ("23:15", "2026-11-19T23:15:59"),
        ("10:40:07", "2026-11-20T10:40:07"),
        ("yesterday", "2026-11-19T23:59:59"),
        ("2026-11-18", "2026-11-18T23:59:59"),
        ("11-18 09:05", "2026-11-18T09:05:59"),
        ("12-31", "2025-12-31T23:59:59"),
        ("2026-11-18t09:05", "2026-11-18T09:05:59"),
        ("-2h", "2026-11-20T08:45:03"),
        ("-90m", "2026-11-20T09:15:03"),
        (" -3d ", "2026-11-17T10:45:03"),
    ],
)
def test_moment_is_the_end_of_what_was_named(text, moment):
    found = moment_named(text, now_ms=NOW_MS)
    assert found is not None
    assert format_rfc3339(found)[:19] == moment


@pytest.mark.parametrize(
    "text", ["", "soon", "25:00", "2026-13-01", "02-30", "-h", "10", "-999999d"]
)
def test_what_names_no_moment_is_none(text):
    assert moment_named(text, now_ms=NOW_MS) is None
