"""The form of a backtest: what is chosen and typed, checked field by field, and the call it makes.

Law: pure. What is wrong with a field is said at that field, in the words of its own bounds; a form with
nothing wrong becomes the arguments of `tui-trader backtest`, which checks once more.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from typing import TypeVar

from tui_trader.engine.values.backtests import (
    BacktestCall,
    ParameterDeclaration,
    StoredSeries,
    StrategyDeclaration,
)
from tui_trader.engine.values.candles import Interval
from tui_trader.widgets.backtest_choices import candle_choices, pairs_of, span_ms, stored_days

Value = TypeVar("Value")
COMPILED, CORE = "compiled", "core"
OFF, CONFIG = "off", "config"
CASH_QUOTE = "10000"
CASH_MAX_QUOTE, BPS_MAX = 1e10, 1_000.0
TYPED_MAX = 16
PREFERRED = (Interval.H1, Interval.H4, Interval.D1)
_PARAMETER = "set "
_DAY_LENGTH = 10


class FieldKind(Enum):
    """What a field takes."""

    CHOICE = "choice"
    NUMBER = "number"
    DAY = "day"


_TYPED = {FieldKind.NUMBER: frozenset("0123456789.-"), FieldKind.DAY: frozenset("0123456789-:T")}


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One line of the form.

    Args:
        hint: Bounds and meaning; or what stands for an empty field.
        fault: What is wrong with it, else empty.
    """

    name: str
    label: str
    text: str
    kind: FieldKind
    hint: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestForm:
    """What a person has set.

    Args:
        strategy: Its declaration; `file` is its path where it is the person's own.
        texts: Of the fields that are typed, by name; parameters begin with `set `.
    """

    venue: str
    interval: Interval
    pairs: tuple[str, ...]
    strategy: StrategyDeclaration
    file: str = ""
    risk: str = OFF
    engine: str = COMPILED
    texts: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """What is typed in a field."""
        return self.texts.get(name, "")

    def typed(self, name: str, text: str) -> "BacktestForm":
        """With another text in a field."""
        return replace(self, texts={**self.texts, name: text[:TYPED_MAX]})

    def of_pairs(self, pairs: tuple[str, ...]) -> "BacktestForm":
        """Of other pairs."""
        return replace(self, pairs=pairs)

    def with_strategy(self, strategy: StrategyDeclaration, *, file: str = "") -> "BacktestForm":
        """Of another strategy, its parameters at their defaults."""
        texts = {name: text for name, text in self.texts.items() if not name.startswith(_PARAMETER)}
        texts |= {_PARAMETER + one.name: f"{one.default:g}" for one in strategy.parameters}
        return replace(self, strategy=strategy, file=file, texts=texts)


def first_form(
    series: Sequence[StoredSeries], strategies: Sequence[StrategyDeclaration], *, pair: str | None
) -> BacktestForm | None:
    """A form to begin with: the pair that is looked at where it is stored; None without candles.

    Of several venues the one that reaches furthest back: the engine's own candles begin with it.
    """
    if not series or not strategies:
        return None
    longest = max(series, key=span_ms)
    there = [one for one in series if one.venue == longest.venue]
    chosen = next((one for one in there if one.pair == pair), longest)
    lengths = [one.timeframe for one in there if one.pair == chosen.pair]
    interval = next((each for each in PREFERRED if each in lengths), chosen.timeframe)
    form = BacktestForm(
        venue=chosen.venue,
        interval=interval,
        pairs=(chosen.pair,),
        strategy=strategies[0],
        texts={"cash": CASH_QUOTE},
    )
    return form.with_strategy(strategies[0])


def form_of(call: BacktestCall, form: BacktestForm, strategy: StrategyDeclaration) -> BacktestForm:
    """The form that makes a call again, as far as a form can: files of candles are none of it."""
    form = form.with_strategy(strategy, file=call.strategy_file or "")
    texts = dict(form.texts)
    for name, value in call.parameters.items():
        texts[_PARAMETER + name] = f"{value:g}"
    texts |= {"start": call.start or "", "end": call.end or "", "cash": f"{call.cash:g}"}
    texts["fee"] = "" if call.fee_bps is None else f"{call.fee_bps:g}"
    texts["slippage"] = "" if call.slippage_bps is None else f"{call.slippage_bps:g}"
    return replace(
        form,
        venue=call.venue or form.venue,
        interval=Interval(call.timeframe),
        pairs=call.pairs,
        risk=call.risk,
        engine=call.engine,
        texts=texts,
    )


# Candles.


def with_candles(
    form: BacktestForm, series: Sequence[StoredSeries], choice: tuple[str, Interval]
) -> BacktestForm:
    """With other candles; of the pairs those that have them, or the first one that does."""
    venue, interval = choice
    there = pairs_of(series, venue, interval)
    kept = tuple(pair for pair in form.pairs if pair in there) or tuple(there[:1])
    return replace(form, venue=venue, interval=interval, pairs=kept)


# The lines, and what is wrong.


def fields_of(form: BacktestForm, series: Sequence[StoredSeries]) -> list[FormField]:
    """Every line in its order."""
    first, last = stored_days(series, form.venue, pairs=form.pairs, interval=form.interval)
    choice, number = FieldKind.CHOICE, FieldKind.NUMBER
    return [
        FormField(
            name="pairs",
            label="pair",
            text=", ".join(form.pairs),
            kind=choice,
            hint="" if len(form.pairs) == 1 else "one wallet",
            fault=_pairs_fault(form, series),
        ),
        FormField(
            name="candles", label="candles", text=f"{form.interval.value} {form.venue}", kind=choice
        ),
        _day(form, "start", "from", stored=(first, last)),
        _day(form, "end", "until", stored=(first, last)),
        FormField(
            name="strategy",
            label="strategy",
            text=form.strategy.name,
            kind=choice,
            hint="own file" if form.file else "",
        ),
        *(_parameter_field(form, one) for one in form.strategy.parameters),
        FormField(
            name="cash",
            label="cash",
            text=form.text("cash"),
            kind=number,
            hint="quote",
            fault=_number_fault(form.text("cash"), low=1, high=CASH_MAX_QUOTE),
        ),
        _costs(form, "fee"),
        _costs(form, "slippage"),
        FormField(
            name="risk",
            label="rules",
            text="stops, sizes, limits" if form.risk == CONFIG else "signals alone",
            kind=choice,
            hint="of [rules] and [risk]" if form.risk == CONFIG else "all cash",
        ),
        FormField(
            name="engine",
            label="engine",
            text=form.engine,
            kind=choice,
            hint="fast" if form.engine == COMPILED else "what trades; slow",
        ),
    ]


def faults_of(form: BacktestForm, series: Sequence[StoredSeries]) -> list[FormField]:
    """The lines with something wrong."""
    return [each for each in fields_of(form, series) if each.fault]


def _pairs_fault(form: BacktestForm, series: Sequence[StoredSeries]) -> str:
    there = pairs_of(series, form.venue, form.interval)
    lacking = [pair for pair in form.pairs if pair not in there]
    if lacking:
        return f"no candles of {lacking[0]} for {form.interval.value} from {form.venue}"
    damaged = [
        one.pair
        for one in series
        if one.is_damaged and one.pair in form.pairs and one.venue == form.venue
    ]
    return f"{damaged[0]} is damaged: see `data verify`" if damaged else ""


def _day(form: BacktestForm, name: str, label: str, *, stored: tuple[str, str]) -> FormField:
    text, (first, last) = form.text(name), stored
    hint = first if name == "start" else last
    fault = ""
    if text and _moment(text) is None:
        fault = "a day like 2024-01-31"
    elif name == "end" and _is_before_start(form):
        fault = "not after the first day"
    elif text and name == "start" and last and text[:_DAY_LENGTH] > last:
        fault = f"candles end on {last}"
    elif text and name == "end" and first and text[:_DAY_LENGTH] <= first:
        fault = f"candles begin on {first}"
    return FormField(
        name=name,
        label=label,
        text=text,
        kind=FieldKind.DAY,
        hint=f"all: {hint}" if hint and not text else hint,
        fault=fault,
    )


def _moment(text: str) -> datetime | None:
    # A year alone, or a week, is a date to Python and none to a person who is still typing.
    if len(text) < _DAY_LENGTH:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _is_before_start(form: BacktestForm) -> bool:
    start, end = _moment(form.text("start")), _moment(form.text("end"))
    return start is not None and end is not None and end <= start


def _parameter_field(form: BacktestForm, one: ParameterDeclaration) -> FormField:
    text = form.text(_PARAMETER + one.name)
    return FormField(
        name=_PARAMETER + one.name,
        label=f"  {one.name.replace('_', ' ')}",
        text=text,
        kind=FieldKind.NUMBER,
        hint=f"{one.low:g} to {one.high:g} {one.unit}".rstrip(),
        fault=_number_fault(text, low=one.low, high=one.high, is_whole=one.is_whole)
        or _order_fault(form, one.name),
    )


def _order_fault(form: BacktestForm, name: str) -> str:
    """What must rise does not: said at the later one."""
    names = form.strategy.increasing
    if name not in names[1:]:
        return ""
    before = names[names.index(name) - 1]
    low, high = _number(form.text(_PARAMETER + before)), _number(form.text(_PARAMETER + name))
    return f"must be above {before}" if low is not None and high is not None and high <= low else ""


def _costs(form: BacktestForm, name: str) -> FormField:
    text = form.text(name)
    return FormField(
        name=name,
        label=name,
        text=text,
        kind=FieldKind.NUMBER,
        hint="bps" if text else "bps; empty: [rules]",
        fault=_number_fault(text, low=0, high=BPS_MAX) if text else "",
    )


def _number_fault(text: str, *, low: float, high: float, is_whole: bool = False) -> str:
    value = _number(text)
    kind = "a whole number" if is_whole else "a number"
    if value is None or not low <= value <= high or (is_whole and value != int(value)):
        return (
            f"{kind} from {low:g} to {high:,g}" if high < CASH_MAX_QUOTE else f"{kind} from {low:g}"
        )
    return ""


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


# Changing a line.


def accepts(one: FormField, character: str) -> bool:
    """Whether a character may be typed into a line."""
    return bool(character) and character in _TYPED.get(one.kind, frozenset())


def stepped(
    form: BacktestForm,
    one: FormField,
    step: int,
    *,
    series: Sequence[StoredSeries],
    strategies: Sequence[StrategyDeclaration],
) -> BacktestForm:
    """The next value of a line that is chosen; the same form for one that is typed."""
    match one.name:
        case "pairs":
            there = pairs_of(series, form.venue, form.interval)
            return replace(form, pairs=(_next(there, form.pairs[0], step),)) if there else form
        case "candles":
            choices = candle_choices(series)
            now = (form.venue, form.interval)
            return with_candles(form, series, _next(choices, now, step)) if choices else form
        case "strategy":
            names = [each.name for each in strategies]
            chosen = _next(names, form.strategy.name, step)
            return form.with_strategy(strategies[names.index(chosen)])
        case "risk":
            return replace(form, risk=_next([OFF, CONFIG], form.risk, step))
        case "engine":
            return replace(form, engine=_next([COMPILED, CORE], form.engine, step))
        case _:
            return form


def _next(values: Sequence[Value], now: Value, step: int) -> Value:
    place = values.index(now) + step if now in values else 0
    return values[place % len(values)]


def arguments_of(form: BacktestForm) -> tuple[str, ...]:
    """What `tui-trader` is called with."""
    words = ["backtest"]
    for pair in form.pairs:
        words += ["--pair", pair]
    words += ["--timeframe", form.interval.value, "--venue", form.venue]
    words += ["--strategy", form.file or form.strategy.name]
    for one in form.strategy.parameters:
        words += ["--set", f"{one.name}={form.text(_PARAMETER + one.name)}"]
    options = (("start", "--start"), ("end", "--end"), ("cash", "--cash"))
    for name, option in (*options, ("fee", "--fee-bps"), ("slippage", "--slippage-bps")):
        if form.text(name):
            words += [option, form.text(name)]
    words += ["--risk", form.risk, "--engine", form.engine]
    return (*words, "--json", "--progress", "json")
