"""What may come next on the `:` line."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui_trader.actions.sentence_reader import SYNONYMS, VERBS

_TRADE_OPTIONS = ("@mid", "@bid", "@ask", "sl", "tp", "when", "post")
_AMEND_OPTIONS = ("@mid", "@bid", "@ask", "qty")
_SIZES = ("all", "risk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Names that there are."""

    pairs: tuple[str, ...] = ()
    timeframes: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    screens: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    orders: int = 0


def completions(line: str, words: Vocabulary) -> list[str]:
    """What the last word of the line may become, in full."""
    before = line.split()
    typed = "" if not line or line[-1].isspace() else before.pop()
    return [name for name in _candidates(before, words) if name.startswith(typed.lower())]


def completed(line: str, found: Sequence[str]) -> str:
    """The line with its last word as long as all that was found agree; whole where there is one."""
    if not found:
        return line
    typed = "" if not line or line[-1].isspace() else line.split()[-1]
    stem = line[: len(line) - len(typed)]
    if len(found) == 1:
        return f"{stem}{found[0]} "
    common = _common_start(found)
    return stem + (common if len(common) > len(typed) else typed)


def _common_start(names: Sequence[str]) -> str:
    first, last = min(names), max(names)
    length = next(
        (place for place, letter in enumerate(first) if letter != last[place]), len(first)
    )
    return first[:length]


def _candidates(before: Sequence[str], words: Vocabulary) -> Sequence[str]:
    if not before:
        return [*VERBS, *words.actions]
    verb, place = SYNONYMS.get(before[0].lower(), before[0].lower()), len(before)
    numbers = [str(number + 1) for number in range(words.orders)]
    bases = [pair.split("/")[0].lower() for pair in words.pairs]
    if verb in {"buy", "sell"}:
        return (*bases, *_SIZES) if place == 1 else _after_size(before)
    if verb == "amend":
        return numbers if place == 1 else _AMEND_OPTIONS
    firsts: dict[str, Sequence[str]] = {
        "pair": bases,
        "close": bases,
        "reverse": bases,
        "tf": words.timeframes,
        "theme": words.themes,
        "screen": words.screens,
        "set": words.settings,
        "cancel": ["all", *numbers],
    }
    return firsts.get(verb, ()) if place == 1 else ()


def _after_size(before: Sequence[str]) -> Sequence[str]:
    """Of the options those that were not said; sizes after the pair."""
    has_pair = before[1].isalpha() and before[1] not in _SIZES
    if has_pair and len(before) == 2:  # noqa: PLR2004 verb and pair
        return _SIZES
    said = set(before)
    has_price = any(word.startswith("@") for word in before)
    return [
        option
        for option in _TRADE_OPTIONS
        if option not in said and not (has_price and option.startswith("@"))
    ]
