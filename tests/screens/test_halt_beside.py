"""The banner says no more than `halt` itself confirmed."""

import json
import sys

import pytest

from tui_trader.screens.halt_beside import FAILED, halt_beside


def saying(**word):
    return (sys.executable, "-c", f"print({json.dumps(json.dumps(word))})")


@pytest.mark.parametrize(
    ("word", "words"),
    [
        (
            {"is_latched": True, "is_cancel_confirmed": True, "cancelled": 2},
            "Halted from here: exchange cancelled 2.",
        ),
        (
            {"is_latched": True, "is_cancel_confirmed": True, "is_engine_silent": True},
            "An engine hangs and may still act",
        ),
        ({"is_latched": True, "is_cancel_confirmed": False}, "cancel NOT confirmed"),
        ({"is_latched": False, "is_cancel_confirmed": False}, "NOT halted from here"),
        ({"is_latched": False, "is_cancel_confirmed": True}, "NOT halted from here"),
    ],
)
async def test_words_follow_what_was_confirmed(word, words):
    told = await halt_beside(saying(**word))
    assert words in told
    assert told.startswith("Orders may be open") is not word["is_cancel_confirmed"]


@pytest.mark.parametrize(
    "command", [("/nowhere/tui-trader",), (sys.executable, "-c", "print('no JSON')")]
)
async def test_what_cannot_be_run_or_read_has_failed(command):
    assert await halt_beside(command) == FAILED
