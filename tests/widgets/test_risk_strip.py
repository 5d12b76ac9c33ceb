"""The risk strip: a gauge, a number, a word and a sign for every limit, the most urgent first."""

import pytest

from tui_trader.engine.messages.risk_queries import RiskRow
from tui_trader.themes import palette_of
from tui_trader.widgets.drawing.risk_strip import headroom, most_urgent, risk_strip, risk_words

PALETTE = palette_of("dark")


def row(key="exposure", used=0.0, limit=100.0, *, state="ok", unit="USD", text="60.00 USD left"):
    return RiskRow(key=key, name=key, used=used, limit=limit, unit=unit, state=state, text=text)


ROWS = (
    row("position", 50.0),
    row("exposure", 85.0, state="near"),
    row("positions", 1.0, 5.0, unit="positions"),
    row("daily_loss", 3.2, 3.0, state="reached", unit="percent", text="3.20% today; nobody enters"),
    row("drawdown", None, 20.0, state="unknown", unit="percent", text="not known"),
    row("losing_streak", None, 5.0, unit="trades", text="no strategy runs"),
    row("cool_down", None, None, state="off", unit="minutes", text="off"),
    row("trades_per_day", 2.0, 20.0, unit="trades"),
)


def texts(rows=ROWS, width=41, height=8, *, is_old=False):
    strips = risk_strip(rows, size=(width, height), palette=PALETTE, is_old=is_old)
    assert all(strip.cell_length == width for strip in strips)
    return [strip.text for strip in strips]


@pytest.mark.parametrize("width", [20, 33, 41, 50, 90])
def test_every_limit_has_a_line_of_the_width_asked_for(width):
    assert len(texts(width=width)) == len(ROWS)


def test_state_is_a_sign_and_a_number_beside_the_colour():
    by_name = {text[2:11].strip(): text for text in texts()}
    assert by_name["Day loss"].startswith("■")
    assert "107%" in by_name["Day loss"]
    assert by_name["Exposure"].startswith("!")
    assert by_name["Drawdown"].startswith("?")
    assert by_name["Position"].startswith(" ")
    assert "50%" in by_name["Position"]


def test_what_has_no_room_gives_way_to_what_is_urgent():
    assert [each.key for each in most_urgent(ROWS, 3)] == ["daily_loss", "exposure", "drawdown"]
    assert most_urgent(ROWS, 8) == list(ROWS)
    assert [text[0] for text in texts(height=2)] == ["■", "!"]


@pytest.mark.parametrize(
    ("each", "words"),
    [
        (row(used=40.0), "60 left"),
        (row(used=40.5), "59.50 left"),
        (row(used=100.0, limit=5_100.0), "5,000 left"),
        (row(used=0.25, limit=3.0, unit="percent"), "2.75% left"),
        (row(used=130.0, state="reached"), "30 over"),
        (row(used=5.0, limit=5.0, state="reached", unit="positions"), "REACHED"),
        (row(used=None, state="ok"), "none runs"),
        (row(used=None, limit=None, state="off"), "off"),
        (row(used=None, state="unknown"), "unknown"),
    ],
)
def test_headroom_is_said_in_a_word_or_two(each, words):
    assert headroom(each) == words


def test_sentence_of_the_engine_is_told_where_it_fits():
    assert "3.20% today; nobody enters" in "\n".join(texts(width=90))
    assert "3.20% today" not in "\n".join(texts(width=33))


def test_all_of_them_in_a_word():
    assert risk_words(ROWS) == "1 REACHED · 1 near · 1 unknown"
    assert risk_words(ROWS[:1]) == "all free"


def test_old_gauges_have_no_colour_of_their_state():
    strips = risk_strip(ROWS, size=(41, 8), palette=PALETTE, is_old=True)
    inks = {segment.style.color for strip in strips for segment in strip}
    assert PALETTE.bad.color not in inks
    assert PALETTE.up.color not in inks


def test_text_that_a_terminal_would_obey_is_not_drawn():
    assert "\x1b" not in "".join(texts([row(text="evil \x1b[2J")], width=90))
