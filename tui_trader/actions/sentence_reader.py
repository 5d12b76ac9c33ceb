"""The reader of the `:` line: words in, a sentence out, or an error that points at the word.

Law: whatever is typed, nothing is raised but `SentenceError`, and it names a part of the line.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NoReturn

from tui_trader.actions.declaration import LINE_LENGTH_MAX
from tui_trader.actions.sentences import (
    GO_VERBS,
    Act,
    Amend,
    Anchor,
    Cancel,
    Change,
    Close,
    Exit,
    ExitUnit,
    Go,
    Quotation,
    Reverse,
    Sentence,
    Size,
    SizeUnit,
    Step,
    Trade,
)
from tui_trader.engine.values.orders import Side

_WORD = re.compile(r"\S+")
_NUMBER = re.compile(r"[0-9][0-9_]*(\.[0-9]*)?|\.[0-9]+")
_NUMBER_LENGTH_MAX = 20
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_PAIR = re.compile(r"[a-z][a-z0-9]{0,11}([/-][a-z][a-z0-9]{0,11})?")
_ORDER = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_ANCHORED = re.compile(r"(mid|bid|ask)(?:([+-])(.+))?")
_OPTIONS = frozenset({"sl", "tp", "when", "post", "at", "risk", "all", "qty"})
_HUNDRED = Decimal(100)

SYNONYMS: Final = {
    "halt": "stop",
    "quit": "leave",
    "q": "leave",
    "b": "buy",
    "s": "sell",
    "x": "close",
    "p": "pair",
    "timeframe": "tf",
    "h": "help",
}
"""Other words for the same."""
VERBS: Final = (
    "buy", "sell", "close", "reverse", "cancel", "amend", "flatten", "pair", "tf", "theme",
    "screen", "set",
)  # fmt: skip
"""First words with a meaning of their own; any other is the name of an action."""


class SentenceError(Exception):
    """The line cannot be read; `start` and `end` are the columns of the word that is to blame."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message, self.start, self.end = message, start, end


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    raw: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def blame(self, message: str) -> NoReturn:
        raise SentenceError(message, self.start, max(self.end, self.start + 1))

    def after(self, count: int) -> "_Word":
        """The word without its first characters."""
        return _Word(self.text[count:], self.raw[count:], self.start + count)


class _Words:
    """The words of a line, taken one after the other."""

    def __init__(self, line: str) -> None:
        self._words = [
            # Lower case of other scripts may be longer, and columns would be wrong.
            _Word(raw.lower() if (raw := found.group()).isascii() else raw, raw, found.start())
            for found in _WORD.finditer(line)
        ]
        self._place, self._length = 0, len(line)

    @property
    def next(self) -> _Word | None:
        return self._words[self._place] if self._place < len(self._words) else None

    def take(self, missing: str) -> _Word:
        """The next word; where there is none, `missing` is said of the end of the line."""
        word = self.next
        if word is None:
            raise SentenceError(missing, self._length, self._length + 1)
        self._place += 1
        return word

    def finish(self) -> None:
        """Nothing more may follow."""
        if self.next is not None:
            self.next.blame(
                f"nothing more is expected here than what stands before {self.next.raw}"
            )


def read(line: str) -> Sentence:
    """What a line says.

    Raises:
        SentenceError: it says nothing that is understood.
    """
    if len(line) > LINE_LENGTH_MAX:
        message = f"a command has at most {LINE_LENGTH_MAX} characters"
        raise SentenceError(message, LINE_LENGTH_MAX, len(line))
    words = _Words(line)
    verb = words.take("type a command: buy, sell, close, cancel, pair, tf, help …")
    name = SYNONYMS.get(verb.text, verb.text)
    sentence = _read_verb(name, verb, words)
    words.finish()
    return sentence


def _read_verb(name: str, verb: _Word, words: _Words) -> Sentence:
    if name in {"buy", "sell"}:
        return _trade(Side(name), words)
    if name == "theme" and words.next is None:
        return Act(name)
    if name in GO_VERBS:
        return Go(name, words.take(_GO_MISSING[name]).text)
    reader = _READERS.get(name)
    if reader is not None:
        return reader(words)
    if not _NAME.fullmatch(name):
        verb.blame(f"{verb.raw!r} is no command; Tab shows those there are")
    return Act(name)


_GO_MISSING = {
    "pair": "which pair? such as eth or ETH/USD",
    "tf": "which timeframe? 1m, 5m, 15m, 30m, 1h, 4h or 1d",
    "theme": "which theme? such as dark or light",
    "screen": "which screen? such as desk, markets or orders",
}


def _trade(side: Side, words: _Words) -> Trade:
    pair = _pair_if_any(words)
    size = _size(words)
    said: dict[str, object] = {}
    while (word := words.next) is not None:
        words.take("")
        name, value = _option(word, words)
        if name in said:
            word.blame(f"{word.raw} is said twice")
        said[name] = value
    if "trigger" in said and "price" in said:
        message = "an order waits for a price (when) or has a limit (@), not both"
        raise SentenceError(message, 0, len(side.value))
    if "stop" in said and "target" in said:
        message = "the exchange keeps one way out with an order: sl or tp, not both"
        raise SentenceError(message, 0, len(side.value))
    if size.unit is SizeUnit.RISK and "stop" not in said:
        message = "risk needs a stop to be measured to: add sl 1.2% or sl PRICE"
        raise SentenceError(message, 0, len(side.value))
    return Trade(side=side, pair=pair, size=size, **said)  # type: ignore[arg-type]


def _option(word: _Word, words: _Words) -> tuple[str, object]:
    match word.text:
        case "post":
            return "post_only", True
        case "sl":
            return "stop", _exit(words.take("sl of how much? 1.2% or a price"))
        case "tp":
            return "target", _exit(words.take("tp of how much? 2% or a price"))
        case "when":
            return "trigger", _quotation(words.take("when which price?"))
        case "@" | "at":
            word = words.take("at which price? 64000, mid-10, bid, ask+2t")
        case text if text.startswith("@"):
            word = word.after(1)
        case _:
            word.blame(
                f"{word.raw!r} is not understood here; after the amount: @price, sl, tp, when, post"
            )
    return "price", _quotation(word)


def _pair_if_any(words: _Words) -> str | None:
    word = words.next
    if word is None or word.text in _OPTIONS or not _PAIR.fullmatch(word.text):
        return None
    return words.take("").text


def _size(words: _Words) -> Size:
    word = words.take("how much? 0.5, $200, 2% of equity, all, risk 1%")
    if word.text == "all":
        return Size(_HUNDRED, SizeUnit.AVAILABLE)
    if word.text == "risk":
        part = words.take("risk how much of equity? risk 1%")
        if not part.text.endswith("%"):
            part.blame("risk is a percentage of equity: risk 1%")
        return Size(_percent(_cut(part, 1)), SizeUnit.RISK)
    if word.text.startswith("$"):
        return Size(_number(word.after(1)), SizeUnit.QUOTE)
    for ending, unit in (("$", SizeUnit.QUOTE), ("usd", SizeUnit.QUOTE)):
        if word.text.endswith(ending):
            return Size(_number(_cut(word, len(ending))), unit)
    for ending, unit in (("%free", SizeUnit.AVAILABLE), ("%", SizeUnit.EQUITY)):
        if word.text.endswith(ending):
            return Size(_percent(_cut(word, len(ending))), unit)
    return Size(_number(word), SizeUnit.BASE)


def _exit(word: _Word) -> Exit:
    if word.text.endswith("%"):
        return Exit(_number(_cut(word, 1)), ExitUnit.PERCENT)
    return Exit(_number(word), ExitUnit.PRICE)


def _quotation(word: _Word) -> Quotation:
    found = _ANCHORED.fullmatch(word.text)
    if found is None:
        if word.text[:1].isalpha():
            word.blame(f"{word.raw!r} is no price: 64000, mid-10, bid, ask+2t or mid-0.1%")
        return Quotation(_number(word))
    anchor, sign, rest = Anchor(found.group(1)), found.group(2), found.group(3)
    if sign is None:
        return Quotation(Decimal(0), anchor)
    distance = word.after(len(word.text) - len(rest))
    step = next((unit for unit in (Step.TICKS, Step.PERCENT) if rest.endswith(unit.value)), None)
    number = _number(_cut(distance, 1) if step is not None else distance)
    return Quotation(number if sign == "+" else -number, anchor, step or Step.QUOTE)


def _close(words: _Words) -> Close:
    pair = _pair_if_any(words)
    part = words.next
    if part is None:
        return Close(pair)
    words.take("")
    if part.text == "all" and pair is None:
        part.blame("flatten closes every position; close btc closes one")
    if not part.text.endswith("%"):
        part.blame(f"{part.raw!r} is no part: close btc 50%, or close btc")
    return Close(pair, _percent(_cut(part, 1)))


def _cancel(words: _Words) -> Cancel:
    word = words.take("cancel which? all, or the number of an order in the list")
    return Cancel("" if word.text == "all" else _order(word))


def _amend(words: _Words) -> Amend:
    order = _order(words.take("amend which? the number of an order in the list"))
    price: Quotation | None = None
    quantity_base: Decimal | None = None
    while (word := words.next) is not None:
        words.take("")
        if word.text == "qty" and quantity_base is None:
            quantity_base = _number(words.take("qty of how much?"))
        elif word.text in {"@", "at"} and price is None:
            price = _quotation(words.take("at which price?"))
        elif word.text.startswith("@") and len(word.text) > 1 and price is None:
            price = _quotation(word.after(1))
        else:
            word.blame(f"{word.raw!r} is not understood here: amend {order} @64000 qty 0.2")
    return Amend(order=order, price=price, quantity_base=quantity_base)


def _set(words: _Words) -> Change:
    key = words.take("set which? such as risk.daily_loss_percent")
    values = []
    while words.next is not None:
        values.append(words.take("").raw)
    return Change(key.text, " ".join(values))


_READERS: dict[str, Callable[[_Words], Sentence]] = {
    "close": _close,
    "reverse": lambda words: Reverse(_pair_if_any(words)),
    "cancel": _cancel,
    "amend": _amend,
    "set": _set,
}


def _order(word: _Word) -> str:
    if not _ORDER.fullmatch(word.text):
        word.blame(f"{word.raw!r} names no order: its number in the list, or how its id begins")
    return word.text


def _cut(word: _Word, count: int) -> _Word:
    return _Word(word.text[:-count], word.raw[:-count], word.start)


def _percent(word: _Word) -> Decimal:
    number = _number(word)
    if number > _HUNDRED:
        word.blame(f"{word.raw}% is more than all of it")
    return number


def _number(word: _Word) -> Decimal:
    if "," in word.text:
        word.blame("no commas: write 0.5 with a point, a thousand as 1000")
    whole = f"0{word.text}" if word.text.startswith(".") else word.text
    if len(whole) > _NUMBER_LENGTH_MAX or not _NUMBER.fullmatch(word.text):
        word.blame(f"{word.raw!r} is not a number" if word.text else "a number is missing here")
    number = Decimal(word.text.replace("_", ""))
    if not number:
        word.blame(f"{word.raw} must be above zero")
    return number
