"""The sentiment score: from what is known, and from nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_trader.engine.analysis.headline_score import (
    HALF_LIFE_MS,
    OLDEST_MS,
    dated,
    headline_score,
    newest_first,
    parse_words,
)
from tui_trader.engine.analysis.sentiment import (
    CLOCK_SLACK_MS,
    HEADLINES_SHOWN_MAX,
    MARKET_PARTS,
    PARTS,
    mood,
    sentiment,
)
from tui_trader.engine.analysis.sentiment_market import (
    book_imbalance,
    breadth,
    momentum_dispersion,
    taker_flow,
    volatility_regime,
)
from tui_trader.engine.messages.sentiment_queries import PartState
from tui_trader.engine.ports.sentiment_source import Reading, ScoredHeadline
from tui_trader.engine.values.errors import ConfigError

NOW_MS = 1_763_600_000_000
ALL = frozenset(PARTS)


def reading(value=0.5, *, age_ms=0, headlines=()) -> Reading:
    return Reading(value=value, time_ms=NOW_MS - age_ms, says="so", headlines=headlines)


def scored(asked=ALL, failures=None, **readings):
    return sentiment(readings, now_ms=NOW_MS, asked=asked, failures=failures or {})


def part(answer, name):
    return next(part for part in answer.parts if part.name == name)


def headline(title="News", score=0.5, time_ms: int | None = NOW_MS) -> ScoredHeadline:
    return ScoredHeadline(title=title, source="Desk", time_ms=time_ms, score=score)


def test_nothing_known_has_no_score():
    answer = scored()
    assert (answer.score, answer.says) == (None, "unknown")
    assert {part.state for part in answer.parts} == {PartState.MISSING}
    assert {part.value for part in answer.parts} == {None}


def test_the_weights_of_what_is_fresh_share_one():
    answer = scored(breadth=reading(1.0), headlines=reading(-1.0))
    assert part(answer, "breadth").weight == pytest.approx(0.2 / 0.35)
    assert answer.score == pytest.approx((0.2 - 0.15) / 0.35)
    assert sum(each.weight for each in answer.parts) == pytest.approx(1)


def test_a_stale_part_is_shown_and_does_not_count():
    old = PARTS["breadth"].stale_after_ms + 1
    answer = scored(breadth=reading(1.0, age_ms=old), headlines=reading(-0.5))
    stale = part(answer, "breadth")
    assert (stale.state, stale.value, stale.weight, stale.age_ms) == (PartState.STALE, 1.0, 0, old)
    assert answer.score == pytest.approx(-0.5)


def test_a_part_is_fresh_up_to_its_age():
    age_ms = PARTS["breadth"].stale_after_ms
    assert part(scored(breadth=reading(age_ms=age_ms)), "breadth").state is PartState.FRESH


def test_a_part_that_nobody_asked_for_is_off_whatever_it_says():
    answer = scored(MARKET_PARTS, headlines=reading(1.0, headlines=(headline(),)))
    off = part(answer, "headlines")
    assert (off.state, off.value, off.age_ms) == (PartState.OFF, None, None)
    assert answer.score is None
    assert answer.headlines == ()


def test_a_reading_from_the_future_does_not_count():
    ahead = scored(breadth=reading(age_ms=-CLOCK_SLACK_MS - 1))
    assert part(ahead, "breadth").state is PartState.MISSING
    slightly = part(scored(breadth=reading(age_ms=-1_000)), "breadth")
    assert (slightly.state, slightly.age_ms) == (PartState.FRESH, 0)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1.5, -2.0])
def test_a_value_beyond_the_scale_does_not_count(value):
    answer = scored(breadth=reading(value))
    assert answer.score is None


def test_why_a_part_is_missing_or_old_is_said():
    answer = scored(
        failures={"fear_greed": "the server answered 500", "headlines": "no answer"},
        headlines=reading(0.1),
    )
    assert part(answer, "fear_greed").says == "the server answered 500"
    assert part(answer, "headlines").says == "so (no answer)"
    assert part(answer, "breadth").says == "no prices of two pairs yet"


def test_headlines_come_with_their_age_and_not_without_end():
    many = tuple(headline(f"N{number}") for number in range(50))
    answer = scored(headlines=reading(0.2, headlines=many))
    assert len(answer.headlines) == HEADLINES_SHOWN_MAX
    undated = scored(headlines=reading(0.2, headlines=(headline(time_ms=None),)))
    assert undated.headlines[0].age_ms is None


@given(st.dictionaries(st.sampled_from(sorted(PARTS)), st.floats(-1, 1)))
def test_the_score_lies_between_its_parts(values):
    answer = scored(**{name: reading(value) for name, value in values.items()})
    if values:
        assert min(values.values()) - 1e-12 <= answer.score <= max(values.values()) + 1e-12
    else:
        assert answer.score is None


@pytest.mark.parametrize(
    ("score", "word"),
    [(-1, "strong fear"), (-0.3, "fear"), (0, "neutral"), (0.5, "greed"), (1, "strong greed")],
)
def test_a_score_has_a_word(score, word):
    assert mood(score) == word


def test_books_by_hand():
    found = book_imbalance([(300, 100), (100, 100), (0, 0)], time_ms=NOW_MS)
    assert found.value == pytest.approx(0.25)
    assert "in 2 pairs" in found.says
    assert book_imbalance([(0, 0)], time_ms=NOW_MS) is None


def test_takers_by_hand():
    assert taker_flow(30, 10, time_ms=NOW_MS).value == 0.5
    assert taker_flow(0, 0, time_ms=NOW_MS) is None


def test_breadth_by_hand():
    found = breadth([1.0, 2.0, -3.0, 0.0, float("nan")], time_ms=NOW_MS)
    assert (found.value, found.says) == (0.25, "2 of 4 pairs rose over 24 hours, 1 fell")
    assert breadth([1.0], time_ms=NOW_MS) is None


def hourly(pace: float, days: int = 10, last: float | None = None) -> list[float]:
    steps = [pace] * ((days - 1) * 24) + [pace if last is None else last] * 24
    price, closes = 100.0, [100.0]
    for number, step in enumerate(steps):
        price *= 1 + step * (1 if number % 2 else -1)
        closes.append(price)
    return closes


def test_a_wild_day_is_fear_and_a_calm_one_is_not():
    assert volatility_regime([hourly(0.01, last=0.05)], time_ms=NOW_MS).value == -1
    assert volatility_regime([hourly(0.01, last=0.001)], time_ms=NOW_MS).value == 1
    assert volatility_regime([[5.0] * 241], time_ms=NOW_MS).value == 0


@pytest.mark.parametrize("closes", [[], [[100.0] * 100], [[0.0] * 300], [[float("nan")] * 300]])
def test_too_few_candles_have_no_regime(closes):
    assert volatility_regime(closes, time_ms=NOW_MS) is None


def test_pairs_that_rise_together_are_greed_and_apart_are_none():
    def row(change):
        return [100.0] * 24 + [100.0 * (1 + change)]

    together = momentum_dispersion([row(0.05), row(0.05), row(0.05)], time_ms=NOW_MS)
    apart = momentum_dispersion([row(0.1), row(-0.1), row(0.0)], time_ms=NOW_MS)
    assert together.value == pytest.approx(1)
    assert abs(apart.value) < 0.1
    assert momentum_dispersion([row(0.05)] * 2, time_ms=NOW_MS) is None
    assert momentum_dispersion([row(0.0)] * 3, time_ms=NOW_MS).value == 0


def test_one_headline_does_not_shout_and_many_do():
    one, count = headline_score([headline(score=1.0)], NOW_MS)
    many, _ = headline_score([headline(score=1.0)] * 60, NOW_MS)
    assert (one, count) == (0.25, 1)
    assert many > 0.9


def test_newer_headlines_weigh_more_and_old_ones_nothing():
    older = headline(score=-1.0, time_ms=NOW_MS - HALF_LIFE_MS)
    assert headline_score([headline(score=1.0), older], NOW_MS)[0] == pytest.approx(0.5 / 4.5)
    assert headline_score([headline(time_ms=NOW_MS - OLDEST_MS - 1)], NOW_MS) is None
    assert headline_score([headline(time_ms=None)], NOW_MS) is None


def test_the_same_title_counts_once():
    feeds = [[headline("Same", time_ms=NOW_MS - 5)], [headline("SAME"), headline("Other")]]
    assert [item.title for item in newest_first(feeds)] == ["Other", "Same"]


def test_a_date_that_cannot_be_true_is_none():
    assert dated(NOW_MS + 2 * 3_600_000, NOW_MS) is None
    assert dated(-5, NOW_MS) is None
    assert dated(NOW_MS, NOW_MS) == NOW_MS


def test_words_are_read_with_remarks():
    assert parse_words("# mine\nMoon 3  # up\n\nrekt\t-4\n", "w") == {"moon": 3.0, "rekt": -4.0}


@pytest.mark.parametrize("line", ["moon", "moon up", "moon 5", "to the moon 3", "moon nan", "1"])
def test_a_line_that_is_no_word_and_score_is_named(line):
    with pytest.raises(ConfigError, match="w, line 2: expected one word"):
        parse_words(f"ok 1\n{line}\n", "w")


def test_the_list_of_words_is_bounded():
    with pytest.raises(ConfigError, match="at most"):
        parse_words("\n".join(f"w{number} 1" for number in range(5_001)), "w")
