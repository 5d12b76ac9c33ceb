"""Finding by parts of words: every letter of the query must come in the text, in order.

Letters that begin a word, or follow the one before, count for more.
"""

from collections.abc import Sequence
from typing import TypeVar

_BEGINS, _FOLLOWS, _PLAIN = 8, 5, 1
_WHOLE_WORD = 12

Found = TypeVar("Found")


def score(query: str, text: str) -> int | None:
    """How well `text` answers to `query`, the higher the better; `None` when it does not."""
    total, lower = 0, text.lower()
    for word in query.lower().split():
        part = _word_score(word, lower)
        if part is None:
            return None
        total += part
    return total


def best(query: str, entries: Sequence[tuple[str, Found]]) -> list[Found]:
    """Those whose text answers to the query, the best first; all of them in their order without one."""
    scored = [
        (points, place, entry)
        for place, (text, entry) in enumerate(entries)
        if (points := score(query, text)) is not None
    ]
    return [entry for _, _, entry in sorted(scored, key=lambda each: (-each[0], each[1]))]


def _word_score(word: str, text: str) -> int | None:
    place = text.find(word)
    if place >= 0:
        begins = place == 0 or not text[place - 1].isalnum()
        return len(word) * _FOLLOWS + (_WHOLE_WORD if begins else 0)
    total, last = 0, -1
    for letter in word:
        place = text.find(letter, last + 1)
        if place < 0:
            return None
        if place == 0 or not text[place - 1].isalnum():
            total += _BEGINS
        else:
            total += _FOLLOWS if place == last + 1 else _PLAIN
        last = place
    # Scattered letters are found last: a longer way between them counts against.
    return total - (last + 1) // len(word)
