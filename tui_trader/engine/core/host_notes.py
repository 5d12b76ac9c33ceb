"""A host's book as a note for the journal, and back: the same fields, with None for what is not known."""

from math import isnan, nan
from typing import Any

import msgspec

from tui_trader.engine.core.host_book import HostBook, PairBook
from tui_trader.engine.rules.model import Grid, RiskRules, TradeRules, exact
from tui_trader.engine.values.instruments import Instrument
from tui_trader.engine.values.strategies import StrategyNote, StrategySpec

_UNKNOWN = ("atr", "volatility", "volume")


def grid_of(instrument: Instrument) -> Grid:
    """Grid of a pair as its exchange lists it."""
    return Grid(
        float(1 / instrument.tick),
        float(1 / instrument.lot),
        int((instrument.quantity_min / instrument.lot).to_integral_value()),
        float(instrument.cost_min),
    )


def note_of(book: HostBook) -> StrategyNote:
    """What the journal keeps of a book; finished trades are in the fills already."""
    fields: dict[str, Any] = msgspec.to_builtins(book)
    for pair in fields["pairs"].values():
        for name in _UNKNOWN:
            pair[name] = None if isnan(pair[name]) else pair[name]
    return msgspec.convert(fields, StrategyNote, str_keys=True)


def book_of(note: StrategyNote) -> HostBook:
    """The book that a note was made of."""
    fields: dict[str, Any] = msgspec.to_builtins(note)
    for pair in fields["pairs"].values():
        for name in _UNKNOWN:
            pair[name] = nan if pair[name] is None else pair[name]
    return msgspec.convert(fields, HostBook, str_keys=True)


def empty_book(instruments: tuple[Instrument, ...]) -> HostBook:
    """The book of a strategy that has not begun."""
    return HostBook(pairs={item.symbol: PairBook(grid=grid_of(item)) for item in instruments})


def plain(rules: TradeRules | RiskRules) -> dict[str, Any]:
    """Rules by name, for a spec."""
    return dict(rules._asdict())


def rules_of(spec: StrategySpec) -> tuple[TradeRules, RiskRules]:
    """The rules that a strategy was started with; what a newer version added has its default."""
    rules, risk = _known(spec.rules, TradeRules), _known(spec.risk, RiskRules)
    return exact(TradeRules(**rules)), exact(RiskRules(**risk))


def _known(named: dict[str, Any], kind: type[TradeRules | RiskRules]) -> dict[str, Any]:
    return {name: value for name, value in named.items() if name in kind._fields}
