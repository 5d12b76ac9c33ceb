"""Every indicator of the registry keeps the form that screens, documents and users rely on."""

import re
from collections.abc import Iterator

import numpy as np
import pytest

from tests.engine.analysis.made_candles import gaps
from tui_trader.engine.analysis.candles import COLUMNS, FLOW
from tui_trader.engine.analysis.catalogue import all_indicators, indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.declaration import Group
from tui_trader.engine.registry import INDICATORS

NAME = re.compile(r"[a-z][a-z0-9_]*")
CLAIM = re.compile(r"(\S+) [<>] (\S+)")
EVERY = [pytest.param(indicator_named(name), id=name) for name in INDICATORS]


def is_number(word: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", word) is not None


def test_there_are_enough_in_every_group():
    assert len(INDICATORS) >= 60
    assert {indicator.group for indicator in all_indicators()} == set(Group)


def test_titles_differ():
    titles = [indicator.title for indicator in all_indicators()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("indicator", EVERY)
def test_names_can_be_typed_and_sentences_end(indicator):
    names = [indicator.name]
    names += [parameter.name for parameter in indicator.parameters]
    assert all(NAME.fullmatch(name) for name in names)
    outputs = [output.name for output in indicator.outputs]
    assert all(NAME.fullmatch(name) for name in outputs)
    assert len(set(outputs)) == len(outputs) > 0
    # A claim names outputs and columns alike.
    assert not set(outputs) & set(COLUMNS)
    assert indicator.says.endswith(".")
    assert indicator.title


@pytest.mark.parametrize("indicator", EVERY)
def test_it_reads_candle_columns(indicator):
    assert indicator.source.inputs
    assert set(indicator.source.inputs) <= {*COLUMNS, *FLOW}


@pytest.mark.parametrize("indicator", EVERY)
def test_it_says_that_it_needs_a_feed_where_it_reads_one(indicator):
    assert set(indicator.source.inputs) & set(FLOW) == set(indicator.needs)


@pytest.mark.parametrize("indicator", EVERY)
def test_claims_compare_what_there_is(indicator):
    known = {output.name for output in indicator.outputs} | set(COLUMNS)
    assert bool(indicator.bullish) == bool(indicator.bearish)
    for claim in filter(None, (indicator.bullish, indicator.bearish)):
        sides = CLAIM.fullmatch(claim).groups()
        assert all(side in known or is_number(side) for side in sides)


@pytest.mark.parametrize("indicator", EVERY)
def test_defaults_lie_within_bounds_and_order(indicator):
    defaults = indicator.checked({})
    assert list(defaults) == [parameter.name for parameter in indicator.parameters]
    assert set(indicator.increasing) <= set(defaults)


def bounds(indicator) -> Iterator[dict[str, float]]:
    """Calls with each parameter at its ends; those that must increase are spread between them."""
    knobs = {parameter.name: parameter for parameter in indicator.parameters}
    # Beyond the last candle an anchored one has no value at all; that is a law of its own.
    for name in knobs.keys() - {*indicator.increasing, "anchor_ms"}:
        yield {name: knobs[name].low}
        yield {name: knobs[name].high}
    ordered = [knobs[name] for name in indicator.increasing]
    if ordered:
        spread = np.linspace(ordered[0].low, ordered[-1].high, len(ordered)).tolist()
        chosen = [int(v) if ordered[0].is_whole else v for v in spread]
        yield dict(zip(indicator.increasing, chosen, strict=True))


@pytest.mark.parametrize("indicator", EVERY)
def test_every_parameter_works_at_both_bounds(indicator):
    candles = gaps(1_200)
    for given in bounds(indicator):
        warm_up = indicator.warm_up_bars(indicator.checked(given))
        for column in compute(candles, indicator, **given).values():
            assert np.isfinite(column[warm_up:]).all(), given


@pytest.mark.parametrize("indicator", [e for e in EVERY if e.values[0].draw.low is not None])
def test_a_range_that_is_declared_is_kept(indicator):
    low, high = indicator.draw.low, indicator.draw.high
    slack = 1e-6 * (high - low)
    for column in compute(gaps(1_200), indicator).values():
        assert np.nanmin(column) >= low - slack
        assert np.nanmax(column) <= high + slack
