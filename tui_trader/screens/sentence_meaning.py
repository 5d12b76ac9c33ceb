"""What a line means here and now: names looked up, prices worked out, said back in words.

Law: what is carried out is what was said back, whatever moved meanwhile.
"""

import re
from dataclasses import dataclass, replace
from typing import assert_never

from tui_trader.actions import TABS, Action, Where
from tui_trader.actions.completion import Vocabulary
from tui_trader.actions.sentence_reader import SentenceError, read
from tui_trader.actions.sentences import (
    Act,
    Amend,
    Cancel,
    Change,
    Close,
    Go,
    Reverse,
    Sentence,
    Trade,
)
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.values.instruments import Instrument, Symbol
from tui_trader.engine.values.money import ZERO
from tui_trader.screens import ticket_keys
from tui_trader.screens.ticket_filling import filled, quoted
from tui_trader.screens.ticket_keys import MakeId
from tui_trader.themes import THEMES
from tui_trader.widgets import ticket_form
from tui_trader.widgets.drawing.numbers import amount, quantity
from tui_trader.widgets.scene import INTERVALS, Scene
from tui_trader.widgets.ticket_amount import TicketProblem
from tui_trader.widgets.ticket_form import TicketForm

_NOT_HERE = frozenset({Where.TICKET, Where.DIALOG})


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A sentence with what its words stand for.

    Args:
        echo: What will happen, in words.
        form: Ticket of a trade or an amendment.
        order: The order it is about; `None` for all or none.
    """

    sentence: Sentence
    echo: str
    symbol: Symbol | None = None
    form: TicketForm | None = None
    order: OrderRecord | None = None
    action: Action | None = None
    screen: str = ""


def vocabulary(scene: Scene, where: Where) -> Vocabulary:
    """Names that may be said now."""
    return Vocabulary(
        pairs=tuple(scene.symbols),
        timeframes=tuple(interval.value for interval in INTERVALS),
        themes=tuple(THEMES),
        screens=tuple(tab.name for tab in TABS),
        settings=scene.setting_keys,
        actions=tuple(dict.fromkeys(action.name for action in scene.keys.of_screen(where))),
        orders=len(scene.orders),
    )


class Reader:
    """Understands lines typed on one screen."""

    def __init__(self, scene: Scene, where: Where, make_id: MakeId) -> None:
        self._scene, self._where, self._make_id = scene, where, make_id

    @property
    def words(self) -> Vocabulary:
        """Names that may be said now."""
        return vocabulary(self._scene, self._where)

    def understood(self, line: str) -> Meaning:
        """What the line means.

        Raises:
            SentenceError: it means nothing here; the columns of the word to blame are in it.
        """
        sentence = read(line)
        try:
            return self._meaning(line, sentence)
        except TicketProblem as problem:
            raise SentenceError(str(problem), 0, max(1, len(line.rstrip()))) from None

    def _meaning(self, line: str, sentence: Sentence) -> Meaning:
        match sentence:
            case Trade():
                found = self._trade(line, sentence)
            case Amend():
                found = self._amend(line, sentence)
            case Cancel():
                found = self._cancel(line, sentence)
            case Close() | Reverse():
                found = self._close(line, sentence)
            case Go():
                found = self._go(line, sentence)
            case Change():
                found = self._change(line, sentence)
            case Act():
                found = self._act(line, sentence)
            case _:
                assert_never(sentence)
        return found

    def _trade(self, line: str, sentence: Trade) -> Meaning:
        instrument = self._instrument(line, sentence.pair)
        form = filled(self._scene, sentence, instrument, make_id=self._make_id)
        wanted = ticket_form.wish(form, market=self._scene.market, state=self._scene.state)
        price = f" {form.order_type.value}"
        if form.price_text:
            price += f" {form.price_text}"
        close = wanted.terms.close
        out = f", {close.order_type.value} {close.trigger_price}" if close is not None else ""
        post = ", post-only" if form.post_only else ""
        echo = (
            f"{form.side.name} {quantity(wanted.quantity_base)} {instrument.symbol}{price}{out}{post}"
            " · Enter fills a ticket, nothing is sent yet"
        )
        return Meaning(sentence=sentence, echo=echo, form=form, symbol=instrument.symbol)

    def _amend(self, line: str, sentence: Amend) -> Meaning:
        order = self._order(line, sentence.order)
        form = ticket_keys.amending(self._scene, order, self._make_id)
        if form is None or order.order_type.is_trailing:
            why = "its stop follows the market" if form is not None else "its pair is not known"
            raise _blamed(line, sentence.order, f"that order cannot be amended: {why}")
        if sentence.price is not None:
            price = quoted(self._scene, sentence.price, form.instrument, side=order.side)
            form = replace(form, price_text=ticket_form.price_words(price, form.instrument))
        if sentence.quantity_base is not None:
            form = replace(form, amount_text=f"{sentence.quantity_base:f}")
        echo = f"amend {order_words(order)} · Enter opens its ticket, nothing is sent yet"
        return Meaning(
            sentence=sentence, echo=echo, form=form, order=order, symbol=form.instrument.symbol
        )

    def _cancel(self, line: str, sentence: Cancel) -> Meaning:
        if not sentence.order:
            count = len(self._scene.orders)
            return Meaning(sentence=sentence, echo=f"cancel all {count} open orders · asks first")
        order = self._order(line, sentence.order)
        return Meaning(
            sentence=sentence, echo=f"cancel {order_words(order)} · Enter sends", order=order
        )

    def _close(self, line: str, sentence: Close | Reverse) -> Meaning:
        symbol = self._instrument(line, sentence.pair).symbol
        position = self._scene.state.positions.get(symbol)
        if position is None or position.quantity_base <= ZERO:
            raise _blamed(line, sentence.pair or line.split()[0], f"nothing of {symbol} is held")
        verb = (
            "close" if isinstance(sentence, Close) else "reverse: there is no short here, so close"
        )
        part = f"{sentence.percent:f} % of " if isinstance(sentence, Close) else ""
        echo = f"{verb} {part}{quantity(position.quantity_base)} {symbol} · asks first"
        return Meaning(sentence=sentence, echo=echo, symbol=symbol)

    def _go(self, line: str, sentence: Go) -> Meaning:
        name, words = sentence.name, self.words
        if sentence.verb == "pair":
            symbol = self._instrument(line, name).symbol
            return Meaning(sentence=sentence, echo=f"choose {symbol}", symbol=symbol)
        known = {"tf": words.timeframes, "theme": words.themes, "screen": words.screens}
        names = known[sentence.verb]
        if name not in names:
            raise _blamed(line, name, f"there is {', '.join(names)}")
        screen = name if sentence.verb == "screen" else ""
        return Meaning(sentence=sentence, echo=f"{sentence.verb} {name}", screen=screen)

    def _change(self, line: str, sentence: Change) -> Meaning:
        key = sentence.key
        keys = self._scene.setting_keys
        if keys and key not in keys:
            near = [each for each in keys if key in each]
            hint = f"; did you mean {near[0]}?" if near else "; Tab shows them"
            raise _blamed(line, key, f"no setting is called {key}{hint}")
        return Meaning(sentence=sentence, echo=f"take {key} to the settings screen")

    def _act(self, line: str, sentence: Act) -> Meaning:
        name = sentence.name
        if name in self.words.screens:
            return Meaning(sentence=sentence, echo=f"go to the {name} screen", screen=name)
        for action in self._scene.keys.of_screen(self._where):
            if name == action.name:
                return Meaning(sentence=sentence, echo=action.tooltip, action=action)
        for action in self._scene.keys.actions:
            if name == action.name and action.where not in _NOT_HERE:
                screen = next(tab.name for tab in TABS if tab.where is action.where)
                raise _blamed(
                    line, name, f"that belongs to the {screen} screen: :{screen} goes there"
                )
        raise _blamed(line, name, f"{name} is no command; Tab shows those there are")

    def _instrument(self, line: str, pair: str | None) -> Instrument:
        scene = self._scene
        if pair is None:
            if scene.instrument is None:
                raise _blamed(line, line.split()[0], "no pair is chosen yet: name one")
            return scene.instrument
        known = list(scene.market.instruments.values())
        wanted = pair.replace("-", "/").upper()
        found = [item for item in known if wanted in {str(item.symbol).upper(), item.base.upper()}]
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(item.symbol for item in found)
            raise _blamed(line, pair, f"{pair} may be {names}: write it in full")
        names = ", ".join(item.base.lower() for item in known) or "none yet"
        raise _blamed(line, pair, f"no pair {pair} is watched; there is {names}")

    def _order(self, line: str, name: str) -> OrderRecord:
        orders = self._scene.orders
        if name.isdecimal() and 1 <= int(name) <= len(orders):
            return orders[int(name) - 1]
        found = [order for order in orders if _has_id(order, name)]
        if len(found) == 1:
            return found[0]
        if found:
            raise _blamed(
                line, name, f"{len(found)} orders begin with {name}: write more of the id"
            )
        there = f"1 to {len(orders)}, as the desk lists them" if orders else "none is open"
        raise _blamed(line, name, f"no open order {name}: {there}")


def order_words(order: OrderRecord) -> str:
    """An order in a few words."""
    price = order.terms.trigger_price if order.order_type.is_triggered else order.price
    at = f" at {amount(price, _decimals(str(price)))}" if price is not None else ""
    return (
        f"{order.side.value} {quantity(order.quantity_base)} {order.symbol}"
        f" {order.order_type.value}{at}"
    )


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])


def _has_id(order: OrderRecord, begin: str) -> bool:
    ids = (order.client_order_id, order.exchange_order_id or "")
    return any(name.lower().startswith(begin) for name in ids)


def _blamed(line: str, word: str, message: str) -> SentenceError:
    """An error that points at the word in the line."""
    for found in re.finditer(r"\S+", line):
        if found.group().lower() == word.lower():
            return SentenceError(message, found.start(), found.end())
    return SentenceError(message, 0, max(1, len(line.rstrip())))
