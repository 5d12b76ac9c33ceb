"""What can be said on the `:` line, as values, and how each is written.

Law: `read(str(sentence)) == sentence` for every sentence (the reader is in `sentence_reader`).
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from tui_trader.engine.values.orders import Side


def _plain(number: Decimal) -> str:
    return f"{number:f}"


class SizeUnit(Enum):
    """What the number of a size counts."""

    BASE = "base"
    QUOTE = "$"
    EQUITY = "%"
    AVAILABLE = "%free"
    RISK = "risk"
    """Percent of equity that a fall from entry to stop would cost."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much: `0.5`, `$200`, `2%` of equity, `50%free` of what is available, `risk 1%`."""

    value: Decimal
    unit: SizeUnit

    def __str__(self) -> str:
        number = _plain(self.value)
        if self.unit is SizeUnit.QUOTE:
            return f"${number}"
        if self.unit is SizeUnit.RISK:
            return f"risk {number}%"
        return number if self.unit is SizeUnit.BASE else f"{number}{self.unit.value}"


class Anchor(Enum):
    """Price of the book that another one is told by."""

    MID = "mid"
    BID = "bid"
    ASK = "ask"


class Step(Enum):
    """What the number of a distance counts."""

    QUOTE = ""
    TICKS = "t"
    PERCENT = "%"


@dataclass(frozen=True, slots=True)
class Quotation:
    """A price: `64000`, or by the book: `mid`, `mid-10`, `bid+2t`, `ask+0.1%`.

    Args:
        number: The price itself where there is no anchor, else the distance from it; 0 for none.
    """

    number: Decimal
    anchor: Anchor | None = None
    step: Step = Step.QUOTE

    def __str__(self) -> str:
        if self.anchor is None:
            return _plain(self.number)
        if not self.number:
            return self.anchor.value
        sign = "+" if self.number > 0 else "-"
        return f"{self.anchor.value}{sign}{_plain(abs(self.number))}{self.step.value}"


class ExitUnit(Enum):
    """What the number of a stop or a target counts."""

    PRICE = ""
    PERCENT = "%"


@dataclass(frozen=True, slots=True)
class Exit:
    """Where to get out: a price, or percent from the entry."""

    value: Decimal
    unit: ExitUnit

    def __str__(self) -> str:
        return f"{_plain(self.value)}{self.unit.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """`buy btc 0.5% @mid-10 sl 1.2%`: a ticket, filled; nothing is sent by it.

    Args:
        pair: `btc` or `btc/usd`, as typed; `None` for the selected one.
        price: Limit; `None` at the market.
        trigger: Makes it a stop order that sleeps until this price.
    """

    side: Side
    size: Size
    pair: str | None = None
    price: Quotation | None = None
    trigger: Quotation | None = None
    stop: Exit | None = None
    target: Exit | None = None
    post_only: bool = False

    def __str__(self) -> str:
        words = [self.side.value, self.pair, str(self.size)]
        words.append(f"@{self.price}" if self.price is not None else None)
        words.append(f"when {self.trigger}" if self.trigger is not None else None)
        words.append(f"sl {self.stop}" if self.stop is not None else None)
        words.append(f"tp {self.target}" if self.target is not None else None)
        words.append("post" if self.post_only else None)
        return " ".join(word for word in words if word)


@dataclass(frozen=True, slots=True)
class Close:
    """`close btc 50%`: sell what is held, or a part of it."""

    pair: str | None = None
    percent: Decimal = Decimal(100)

    def __str__(self) -> str:
        part = "" if self.percent == 100 else f" {_plain(self.percent)}%"  # noqa: PLR2004 the whole
        return f"close{f' {self.pair}' if self.pair else ''}{part}"


@dataclass(frozen=True, slots=True)
class Reverse:
    """`reverse btc`: a spot account has no short, so it closes."""

    pair: str | None = None

    def __str__(self) -> str:
        return f"reverse {self.pair}" if self.pair else "reverse"


@dataclass(frozen=True, slots=True)
class Cancel:
    """`cancel 3`, `cancel all`.

    Args:
        order: Number in the list of open orders, or how one of its ids begins; `""` for all.
    """

    order: str

    def __str__(self) -> str:
        return f"cancel {self.order or 'all'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend:
    """`amend 3 @64000 qty 0.2`: a ticket with the order's terms, changed."""

    order: str
    price: Quotation | None = None
    quantity_base: Decimal | None = None

    def __str__(self) -> str:
        price = f" @{self.price}" if self.price is not None else ""
        quantity = f" qty {_plain(self.quantity_base)}" if self.quantity_base is not None else ""
        return f"amend {self.order}{price}{quantity}"


@dataclass(frozen=True, slots=True)
class Go:
    """One word and what it is about: `pair eth`, `tf 1h`, `theme light`, `screen orders`."""

    verb: str
    name: str

    def __str__(self) -> str:
        return f"{self.verb} {self.name}"


@dataclass(frozen=True, slots=True)
class Change:
    """`set risk.daily_loss_percent 2`: a setting; the settings screen takes it from there."""

    key: str
    value: str

    def __str__(self) -> str:
        return f"set {self.key} {self.value}".rstrip()


@dataclass(frozen=True, slots=True)
class Act:
    """An action of THE table by its name: `zoom`, `next-pane-1`, `flatten`."""

    name: str

    def __str__(self) -> str:
        return self.name


Sentence = Trade | Close | Reverse | Cancel | Amend | Go | Change | Act
GO_VERBS = ("pair", "tf", "theme", "screen")
"""Verbs of `Go`."""
