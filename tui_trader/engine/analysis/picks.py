"""Indicators chosen in words, as users type them, and their values as named columns."""

import re
from collections.abc import Iterable, Mapping, Sequence

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.catalogue import all_indicators, indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.declaration import Indicator, Parameters
from tui_trader.engine.analysis.pattern_table import PATTERNS, Lean, Pattern
from tui_trader.engine.analysis.patterns import CONFIRMED, FULL, pattern_values
from tui_trader.engine.analysis.readings import Pick
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.text import sanitize

PICKS_MAX = 500
TEXT_LENGTH_MAX = 20_000
_PICK = re.compile(r"\s*([\w-]+)\s*(?:\(([^()]*)\))?\s*(?:,|$)")


def parse_picks(text: str) -> list[Pick]:
    """`rsi(14), macd(fast=5, slow=35), obv` as indicators with their parameters.

    Raises:
        ConfigError: it is not written like that, or a name or a number is wrong.
    """
    if len(text) > TEXT_LENGTH_MAX:
        message = f"{len(text):,} characters of indicators; at most {TEXT_LENGTH_MAX:,}"
        raise ConfigError(message)
    picks: list[Pick] = []
    place = 0
    while place < len(text):
        found = _PICK.match(text, place)
        if found is None:
            rest = sanitize(text[place : place + 40])
            message = f"cannot read {rest!r}; write indicators like `rsi(14),macd(12,26,9),obv`"
            raise ConfigError(message)
        picks.append(_pick(found[1], found[2]))
        place = found.end()
    if not picks or len(picks) > PICKS_MAX:
        message = f"names {len(picks)} indicators; from 1 to {PICKS_MAX} can be had at once"
        raise ConfigError(message)
    return picks


def catalogue_picks() -> list[Pick]:
    """The whole catalogue at its defaults."""
    return [(indicator, {}) for indicator in all_indicators()]


def _pick(name: str, inside: str | None) -> Pick:
    indicator = indicator_named(name)
    given: dict[str, float] = {}
    words = [word.strip() for word in inside.split(",")] if inside and inside.strip() else []
    known = [parameter.name for parameter in indicator.parameters]
    for place, word in enumerate(words):
        left, is_named, right = (part.strip() for part in word.partition("="))
        if not is_named and place >= len(known):
            takes = ", ".join(known) or "none"
            message = f"{name}: {len(words)} numbers, but it takes: {takes}"
            raise ConfigError(message)
        key = left if is_named else known[place]
        if key in given:
            message = f"{name}: {sanitize(key)} is said twice"
            raise ConfigError(message)
        given[key] = _number(name, right if is_named else left)
    return indicator, indicator.checked(given)


def _number(name: str, word: str) -> float:
    try:
        number = float(word)
    except ValueError as error:
        message = f"{name}: {sanitize(word)!r} is no number"
        raise ConfigError(message) from error
    return int(number) if number.is_integer() else number


def column_names(indicator: Indicator, parameters: Parameters) -> list[str]:
    """`rsi_14`; `macd_12_26_9.signal` where there are several lines."""
    numbers = (f"{parameters[knob.name]:.16g}" for knob in indicator.parameters)
    stem = "_".join([indicator.name, *numbers])
    if len(indicator.outputs) == 1:
        return [stem]
    return [f"{stem}.{output.name}" for output in indicator.outputs]


def indicator_columns(candles: Candles, picks: Iterable[Pick]) -> dict[str, FloatArray]:
    """Every line of every pick, by `column_names`, shape (T,), NaN where it is unknown."""
    columns: dict[str, FloatArray] = {}
    for indicator, given in picks:
        names = column_names(indicator, indicator.checked(given))
        lines = compute(candles, indicator, **given).values()
        columns |= dict(zip(names, lines, strict=True))
    return columns


def pattern_columns(
    candles: Candles, patterns: Sequence[Pattern] = PATTERNS
) -> dict[str, FloatArray]:
    """Every pattern, shape (T,): 0 where it is not, else its strength with the sign of its direction.

    A pattern that takes no side is positive where it is.
    """
    return {pattern_column_name(pattern): _signed(candles, pattern) for pattern in patterns}


def pattern_column_name(pattern: Pattern) -> str:
    """`pattern_morning_star`."""
    return "pattern_" + re.sub(r"[^a-z0-9]+", "_", pattern.name.lower()).strip("_")


_SIGNS: Mapping[Lean, float] = {Lean.BULLISH: 1.0, Lean.BEARISH: -1.0, Lean.NEUTRAL: 1.0}


def _signed(candles: Candles, pattern: Pattern) -> FloatArray:
    values: FloatArray = pattern_values(candles, pattern).astype("float64")
    if pattern.is_confirmed_later:
        values[abs(values) < CONFIRMED] = 0.0
        values /= CONFIRMED
    else:
        values /= FULL
    if pattern.lean is Lean.AS_SIGNED:
        return values
    # A table of -0 would look as if something were there: 0 is added to make it 0.
    signed: FloatArray = abs(values) * _SIGNS[pattern.lean] + 0.0
    return signed
