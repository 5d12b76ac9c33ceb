"""The form that starts a strategy: chosen and typed, checked field by field against what the strategy declares.

Law: pure. What is wrong with a field is said at that field; a form with nothing wrong is what `StartStrategy`
carries, and the engine judges it once more.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from tui_trader.engine.state.strategy_record import StrategyRecord
from tui_trader.engine.values.backtests import ParameterDeclaration, StrategyDeclaration
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol
from tui_trader.widgets.backtest_form import FieldKind, FormField

Value = TypeVar("Value")
PAIRS_MAX = 20
TYPED_MAX = 12
_PARAMETER = "set "


@dataclass(frozen=True, slots=True, kw_only=True)
class StartForm:
    """What a person has set.

    Args:
        file: Path of the person's own strategy, "" for one that comes with the program.
        texts: Parameters as they are typed, by name.
    """

    strategy: StrategyDeclaration
    pairs: tuple[Symbol, ...]
    interval: Interval = Interval.H1
    file: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)

    def typed(self, name: str, text: str) -> "StartForm":
        """With another text in a field."""
        return replace(self, texts={**self.texts, name: text[:TYPED_MAX]})

    def with_strategy(self, strategy: StrategyDeclaration, *, file: str = "") -> "StartForm":
        """Of another strategy, its parameters at their defaults."""
        texts = {_PARAMETER + one.name: f"{one.default:g}" for one in strategy.parameters}
        return replace(self, strategy=strategy, file=file, texts=texts)

    def of_pairs(self, pairs: tuple[str, ...]) -> "StartForm":
        """On other pairs."""
        return replace(self, pairs=tuple(Symbol(pair) for pair in pairs))

    @property
    def parameters(self) -> dict[str, float]:
        """Those that are not at their defaults; only for a form without faults."""
        chosen = {
            one.name: _number(self.texts.get(_PARAMETER + one.name, ""))
            for one in self.strategy.parameters
        }
        return {
            one.name: value
            for one in self.strategy.parameters
            if (value := chosen[one.name]) is not None and value != one.default
        }


def first_form(
    strategies: Sequence[StrategyDeclaration],
    running: Mapping[str, StrategyRecord],
    *,
    symbols: Sequence[Symbol],
) -> StartForm | None:
    """A form to begin with: the first strategy that does not run, on the first pair that none trades."""
    idle = [one for one in strategies if one.name not in running]
    taken = {pair for record in running.values() for pair in record.spec.symbols}
    if not idle or not symbols:
        return None
    pair = next((symbol for symbol in symbols if symbol not in taken), symbols[0])
    return StartForm(strategy=idle[0], pairs=(pair,)).with_strategy(idle[0])


def fields_of(
    form: StartForm, running: Mapping[str, StrategyRecord], *, symbols: Sequence[Symbol]
) -> list[FormField]:
    """Every line in its order, each with what is wrong with it."""
    choice = FieldKind.CHOICE
    return [
        FormField(
            name="strategy",
            label="strategy",
            text=form.strategy.name,
            kind=choice,
            hint="own file" if form.file else form.strategy.title,
            fault="runs already: stop it first" if form.strategy.name in running else "",
        ),
        FormField(
            name="pairs",
            label="pairs",
            text=", ".join(form.pairs),
            kind=choice,
            hint="" if len(form.pairs) == 1 else "one wallet for all",
            fault=_pairs_fault(form, running, symbols),
        ),
        FormField(
            name="candles",
            label="candles",
            text=form.interval.value,
            kind=choice,
            hint="decides when one has closed",
        ),
        *(_parameter_field(form, one) for one in form.strategy.parameters),
    ]


def faults_of(
    form: StartForm, running: Mapping[str, StrategyRecord], *, symbols: Sequence[Symbol]
) -> list[FormField]:
    """The lines with something wrong."""
    return [each for each in fields_of(form, running, symbols=symbols) if each.fault]


def stepped(
    form: StartForm,
    name: str,
    step: int,
    *,
    strategies: Sequence[StrategyDeclaration],
    symbols: Sequence[Symbol],
) -> StartForm:
    """The next value of a line that is chosen; the same form for one that is typed."""
    match name:
        case "strategy" if strategies:
            names = [one.name for one in strategies]
            chosen = _next(names, form.strategy.name, step)
            return form.with_strategy(strategies[names.index(chosen)])
        case "pairs" if symbols:
            return replace(form, pairs=(_next(symbols, form.pairs[0], step),))
        case "candles":
            return replace(form, interval=_next(list(Interval), form.interval, step))
        case _:
            return form


def _pairs_fault(
    form: StartForm, running: Mapping[str, StrategyRecord], symbols: Sequence[Symbol]
) -> str:
    if not 1 <= len(form.pairs) <= PAIRS_MAX:
        return f"from 1 to {PAIRS_MAX} pairs"
    taken = {pair: record.spec.name for record in running.values() for pair in record.spec.symbols}
    for pair in form.pairs:
        if pair not in symbols:
            return f"{pair} is not watched"
        if pair in taken:
            return f"{pair} is traded by {taken[pair]}"
    return ""


def _parameter_field(form: StartForm, one: ParameterDeclaration) -> FormField:
    name = _PARAMETER + one.name
    text = form.texts.get(name, "")
    return FormField(
        name=name,
        label=f"  {one.name.replace('_', ' ')}",
        text=text,
        kind=FieldKind.NUMBER,
        hint=f"{one.low:g} to {one.high:g} {one.unit}".rstrip() + f" · {one.help}",
        fault=_bounds_fault(one, text) or _order_fault(form, one.name),
    )


def _bounds_fault(one: ParameterDeclaration, text: str) -> str:
    value = _number(text)
    if value is None or not one.low <= value <= one.high or (one.is_whole and value % 1):
        kind = "a whole number" if one.is_whole else "a number"
        return f"{kind} from {one.low:g} to {one.high:g}"
    return ""


def _order_fault(form: StartForm, name: str) -> str:
    """What must rise does not: said at the later one."""
    names = form.strategy.increasing
    if name not in names[1:]:
        return ""
    before = names[names.index(name) - 1]
    low = _number(form.texts.get(_PARAMETER + before, ""))
    high = _number(form.texts.get(_PARAMETER + name, ""))
    return f"must be above {before}" if low is not None and high is not None and high <= low else ""


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _next(values: Sequence[Value], now: Value, step: int) -> Value:
    place = values.index(now) + step if now in values else 0
    return values[place % len(values)]
