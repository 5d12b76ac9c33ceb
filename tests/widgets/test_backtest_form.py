"""The form of a backtest: what is said at a field, what can be chosen, and the call it makes."""

import shlex

import pytest

from tests.screens import scripted_backtest as made
from tui_trader.cli.commands import COMMANDS
from tui_trader.cli.dispatch import blank_namespace, build_parser
from tui_trader.engine.values.candles import Interval
from tui_trader.widgets.backtest_choices import pairs_of
from tui_trader.widgets.backtest_form import (
    FieldKind,
    accepts,
    arguments_of,
    faults_of,
    fields_of,
    first_form,
    form_of,
    stepped,
)


@pytest.fixture
def form():
    found = first_form(made.SERIES, made.STRATEGIES, pair="BTC/USD")
    assert found is not None
    return found


def field_named(form, name):
    return next(each for each in fields_of(form, made.SERIES) if each.name == name)


def faults(form):
    return {each.name: each.fault for each in faults_of(form, made.SERIES)}


def test_first_form_has_the_pair_that_is_looked_at_and_the_longest_candles(form):
    assert (form.venue, form.pairs, form.interval) == ("kraken", ("BTC/USD",), Interval.H1)
    other = first_form(made.SERIES, made.STRATEGIES, pair="ETH/USD")
    assert other is not None
    assert other.pairs == ("ETH/USD",)
    assert faults(form) == {}


def test_there_is_no_form_without_candles():
    assert first_form((), made.STRATEGIES, pair="BTC/USD") is None


def test_parameters_are_fields_with_their_own_bounds(form):
    slow = field_named(form, "set slow")
    assert (slow.text, slow.hint, slow.kind) == ("50", "2 to 1000 bars", FieldKind.NUMBER)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("set fast", "1", "a whole number from 2 to 1,000"),
        ("set fast", "12.5", "a whole number from 2 to 1,000"),
        ("set fast", "", "a whole number from 2 to 1,000"),
        ("cash", "0", "a number from 1"),
        ("fee", "-1", "a number from 0 to 1,000"),
        ("slippage", "2000", "a number from 0 to 1,000"),
        ("start", "2019-13-01", "a day like 2024-01-31"),
        ("start", "2019", "a day like 2024-01-31"),
        ("start", "2030-01-01", "candles end on 2019-05-05"),
        ("end", "2018-01-01", "candles begin on 2019-01-01"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(form, name, text, said):
    assert faults(form.typed(name, text)) == {name: said}


def test_the_end_must_come_after_the_start(form):
    backwards = form.typed("start", "2019-03-01").typed("end", "2019-02-01")
    assert faults(backwards) == {"end": "not after the first day"}


def test_parameters_that_must_rise_are_held_to_it(form):
    assert faults(form.typed("set fast", "60")) == {"set slow": "must be above fast"}


def test_empty_costs_are_those_of_the_settings(form):
    assert faults(form.typed("fee", "")) == {}
    assert "--fee-bps" not in arguments_of(form)


def test_only_what_a_field_can_hold_is_typed_into_it(form):
    assert accepts(field_named(form, "start"), "-")
    assert accepts(field_named(form, "cash"), "7")
    assert not accepts(field_named(form, "cash"), "q")
    assert not accepts(field_named(form, "pairs"), "1")
    assert not accepts(field_named(form, "cash"), "")


def step(form, name, by=1):
    return stepped(
        form, field_named(form, name), by, series=made.SERIES, strategies=made.STRATEGIES
    )


def test_choices_go_round(form):
    assert step(form, "pairs").pairs == ("ETH/USD",)
    assert step(step(form, "pairs"), "pairs").pairs == ("BTC/USD",)
    assert step(form, "risk").risk == "config"
    assert step(form, "engine").engine == "core"
    assert step(form, "strategy").strategy is made.RSI
    assert step(form, "cash") is form


def test_another_strategy_brings_its_own_parameters(form):
    other = step(form.typed("set fast", "7").typed("cash", "500"), "strategy")
    names = [each.name for each in fields_of(other, made.SERIES)]
    assert "set period" in names
    assert "set fast" not in names
    assert other.text("cash") == "500"


def test_longer_candles_are_made_of_shorter_ones_and_other_venues_have_their_own_pairs(form):
    assert step(form, "candles").interval is Interval.H4
    assert pairs_of(made.SERIES, "kraken", Interval.D1) == ["BTC/USD", "ETH/USD"]
    assert pairs_of(made.SERIES, "kraken", Interval.M15) == []
    both = form.of_pairs(("ETH/USD", "BTC/USD"))
    on_demo = step(step(step(both, "candles"), "candles"), "candles")
    assert (on_demo.venue, on_demo.pairs) == ("demo", ("BTC/USD",))


def test_a_pair_without_such_candles_is_said_and_a_damaged_one_too(form):
    assert "no candles of XRP/USD" in faults(form.of_pairs(("XRP/USD",)))["pairs"]
    broken = tuple(one.__class__(**{**as_fields(one), "is_damaged": True}) for one in made.SERIES)
    said = faults_of(form, broken)[0].fault
    assert said == "BTC/USD is damaged: see `data verify`"


def as_fields(one):
    return {name: getattr(one, name) for name in one.__struct_fields__}


def parsed(form):
    entry = next(entry for entry in COMMANDS if entry.name == "backtest")
    return build_parser(entry).parse_args(list(arguments_of(form)), namespace=blank_namespace())


def test_the_call_is_one_that_the_command_understands(form):
    filled = form.typed("start", "2019-02-01").typed("fee", "26").of_pairs(("BTC/USD", "ETH/USD"))
    args = parsed(filled)
    assert args.command == "backtest"
    assert (args.pair, args.timeframe, args.venue) == (["BTC/USD", "ETH/USD"], "1h", "kraken")
    assert (args.strategy, args.set) == ("sma_cross", ["fast=20", "slow=50"])
    assert (args.start, args.end, args.fee_bps, args.cash) == ("2019-02-01", None, 26.0, 10_000.0)
    assert (args.risk, args.engine, args.json, args.progress) == ("off", "compiled", True, "json")


def test_a_strategy_of_a_file_is_called_by_its_path(form):
    own = form.with_strategy(made.RSI, file="/home/me/my strategy.py")
    assert "'/home/me/my strategy.py'" in shlex.join(arguments_of(own))


def test_the_form_of_a_kept_run_makes_the_same_call_again(form):
    again = form_of(made.call(), form, made.SMA)
    args = parsed(again)
    assert (args.start, args.end, args.fee_bps, args.slippage_bps) == ("2019-01-01", None, 26, None)
    assert args.set == ["fast=20", "slow=50"]
