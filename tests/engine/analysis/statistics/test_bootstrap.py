"""The block bootstrap: covers what it promises, also where values depend on their neighbours."""

import numpy as np
import pytest

from tui_trader.engine.analysis.statistics import bootstrap
from tui_trader.engine.analysis.statistics.bootstrap import Blocks, bootstrap_mean
from tui_trader.engine.values.errors import ConfigError


def generator(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def overlapping(seed: int, *, count: int = 300, span: int = 10) -> np.ndarray:
    """Sums over windows that overlap, of mean 0: neighbours share nine tenths."""
    noise = generator(seed).normal(size=count + span - 1)
    return np.convolve(noise, np.ones(span) / span, "valid")


@pytest.mark.parametrize("blocks", Blocks)
def test_the_same_seed_gives_the_same_interval(blocks):
    values = overlapping(1)
    first, second = (bootstrap_mean(values, generator=generator(), blocks=blocks) for _ in range(2))
    assert first == second
    assert first.low < first.mean < first.high


@pytest.mark.parametrize("blocks", Blocks)
def test_blocks_cover_dependent_values_where_single_draws_do_not(blocks):
    def covered(block: int) -> float:
        inside = 0
        for seed in range(100):
            found = bootstrap_mean(
                overlapping(seed),
                generator=generator(seed),
                block=block,
                blocks=blocks,
                resamples=200,
            )
            inside += found.low <= 0 <= found.high
        return inside / 100

    assert covered(25) >= 0.85
    assert covered(1) <= 0.65


def test_the_chance_of_no_gain_is_small_for_a_gain_and_never_nothing():
    gain = bootstrap_mean(np.full(50, 0.3), generator=generator(), resamples=99)
    loss = bootstrap_mean(np.full(50, -0.3), generator=generator(), resamples=99)
    assert gain.not_above_zero == 0.01
    assert loss.not_above_zero == 1


def test_portions_bound_memory_and_change_no_value(monkeypatch):
    values = overlapping(2, count=50)
    whole = bootstrap._circular(generator(), (1, 50), 7)
    assert whole.shape == (1, 50)
    monkeypatch.setattr(bootstrap, "VALUES_AT_ONCE", 60)
    found = bootstrap_mean(values, generator=generator(), resamples=40)
    assert found.low < found.high


def test_blocks_hold_neighbours_together():
    for draw in (bootstrap._stationary, bootstrap._circular):
        positions = draw(generator(), (20, 200), 10)
        follows = (np.diff(positions, axis=1) % 200 == 1).mean()
        assert 0.85 < follows < 0.95


def test_one_value_has_no_interval():
    assert bootstrap_mean(np.array([1.0]), generator=generator()) is None


@pytest.mark.parametrize(
    "broken", [{"block": 0}, {"resamples": 0}, {"level": 1.0}, {"values": np.array([1, np.nan])}]
)
def test_bounds_are_held(broken):
    with pytest.raises(ConfigError):
        bootstrap_mean(**{"values": np.ones(3), "generator": generator(), **broken})
