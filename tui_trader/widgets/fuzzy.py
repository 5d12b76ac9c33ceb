"""Finding by parts of words: each word of the query is a part of the text, or the beginnings of its words."""

from collections.abc import Sequence
from typing import TypeVar

_BEGINS, _FOLLOWS = 4, 3
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
        # Of two that say it equally well, the one that says little else is meant.
        (points, len(text) if query.strip() else 0, place, entry)
        for place, (text, entry) in enumerate(entries)
        if (points := score(query, text)) is not None
    ]
    scored.sort(key=lambda each: (-each[0], *each[1:3]))
    return [entry for *_, entry in scored]


def _word_score(word: str, text: str) -> int | None:
    place = text.find(word)
    if place >= 0:
        return len(word) * _FOLLOWS + (_WHOLE_WORD if _begins_word(text, place) else 0)
    starts = [place for place in range(len(text)) if _begins_word(text, place)]
    return _initials_score(word, text, starts)


def _initials_score(word: str, text: str, starts: Sequence[int]) -> int | None:
    """`cao` finds `cancel all orders`: each letter begins a word or follows the one before."""
    ends = {start: _BEGINS for start in starts if text[start] == word[0]}
    for letter in word[1:]:
        following: dict[int, int] = {}
        for end, points in ends.items():
            ways = [(start, _BEGINS) for start in starts if start > end]
            ways.append((end + 1, _FOLLOWS))
            for place, more in ways:
                if place < len(text) and text[place] == letter:
                    following[place] = max(following.get(place, 0), points + more)
        ends = following
    return max(ends.values(), default=None)


def _begins_word(text: str, place: int) -> bool:
    return text[place].isalnum() and (place == 0 or not text[place - 1].isalnum())
