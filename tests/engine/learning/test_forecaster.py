"""The forecaster: the number of the training at the close of a candle, or silence with a reason."""

import msgspec
import numpy as np
import pytest

from tests.engine.learning.made_training import KEY, made
from tui_trader.engine.learning.forecaster import StoredForecaster
from tui_trader.engine.learning.model_store import ModelStore
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Symbol

BTC = Symbol("BTC/USD")


@pytest.fixture
def store(tmp_path):
    store = ModelStore(tmp_path / "models")
    store.save(KEY, made().manifest, made().contents)
    return store


def rows(count, *, until=1_700):
    candles = made().candles[until - count : until]
    return tuple(
        Candle(
            open_time_ms=int(candles.open_time_ms[row]),
            open=float(candles.open[row]),
            high=float(candles.high[row]),
            low=float(candles.low[row]),
            close=float(candles.close[row]),
            volume_base=float(candles.volume[row]),
        )
        for row in range(count)
    )


def test_it_says_at_a_candle_what_the_training_says_there(store):
    forecaster = StoredForecaster(store)
    said = forecaster.forecast(BTC, Interval.H1, rows(900))
    dataset, ensemble = made().trained.dataset, made().trained.ensemble
    place = int(np.flatnonzero(dataset.candle == 1_699)[0])
    assert said.silence == ""
    assert said.confidence == pytest.approx(
        float(ensemble.probability(dataset.rows[place : place + 1])[0]), abs=1e-9
    )
    assert [name for name, _ in said.votes] == ["logistic", "boosting"]
    assert said.version == 1
    assert said.has_edge is False
    size = dataset.range_ratio[place : place + 1]
    assert said.break_even == pytest.approx(float(made().trained.payoff.break_even(size)[0]))
    assert msgspec.json.decode(msgspec.json.encode(said), type=type(said)) == said


def test_it_needs_no_more_history_than_it_says(store):
    forecaster = StoredForecaster(store)
    need = forecaster.history_bars(BTC, Interval.H1)
    enough = forecaster.forecast(BTC, Interval.H1, rows(need))
    assert enough.confidence == pytest.approx(
        forecaster.forecast(BTC, Interval.H1, rows(1_400)).confidence, abs=1e-9
    )
    short = forecaster.forecast(BTC, Interval.H1, rows(need - 1))
    assert short.confidence is None
    assert "candles are there" in short.silence


def test_without_a_model_it_is_silent(tmp_path):
    forecaster = StoredForecaster(ModelStore(tmp_path / "none"))
    said = forecaster.forecast(BTC, Interval.H1, rows(100))
    assert said.confidence is None
    assert "`tui-trader train` makes one" in said.silence
    assert forecaster.history_bars(BTC, Interval.H1) == 0
    assert forecaster.forecast(BTC, Interval.H1, ()).confidence is None


def test_a_changed_model_goes_quiet(store, tmp_path):
    (tmp_path / "models" / "BTC-USD_1h" / "0001" / "model.skops").write_bytes(b"x")
    said = StoredForecaster(store).forecast(BTC, Interval.H1, rows(900))
    assert said.confidence is None
    assert "not the file that was stored" in said.silence


def test_candles_that_are_none_are_silence(store):
    broken = list(rows(900))
    broken[5] = msgspec.structs.replace(broken[5], low=0.0)
    broken[-5] = msgspec.structs.replace(broken[-5], low=0.0)
    said = StoredForecaster(store).forecast(BTC, Interval.H1, tuple(broken))
    assert "not sound" in said.silence


def test_who_deletes_rolls_back_or_promotes_is_noticed_at_the_next_candle(store):
    forecaster = StoredForecaster(store)
    store.save(KEY, made().manifest, made().contents)
    assert forecaster.forecast(BTC, Interval.H1, rows(900)).version == 1
    shadow = forecaster.forecast(BTC, Interval.H1, rows(900), version=2)
    assert (shadow.version, shadow.silence) == (2, "")
    store.promote(KEY, 2)
    assert forecaster.forecast(BTC, Interval.H1, rows(900)).version == 2
    store.rollback(KEY)
    assert forecaster.forecast(BTC, Interval.H1, rows(900)).version == 1
    store.delete(KEY, 1)
    gone = forecaster.forecast(BTC, Interval.H1, rows(900))
    assert (gone.confidence, gone.state) == (None, "no_model")


def test_a_model_that_is_tampered_with_while_it_serves_goes_quiet(store, tmp_path):
    forecaster = StoredForecaster(store)
    assert forecaster.forecast(BTC, Interval.H1, rows(900)).confidence is not None
    path = tmp_path / "models" / "BTC-USD_1h" / "0001" / "model.skops"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    said = forecaster.forecast(BTC, Interval.H1, rows(900))
    assert (said.confidence, said.state) == (None, "broken")
    assert "not the file that was stored" in said.silence
    path.write_bytes(whole)
    assert forecaster.forecast(BTC, Interval.H1, rows(900)).confidence is not None


def test_a_model_of_another_trade_does_not_speak(store):
    learned = made().manifest.barrier
    wider = msgspec.structs.replace(learned, stop_atr=4.0)
    said = StoredForecaster(store, barrier=wider).forecast(BTC, Interval.H1, rows(900))
    assert said.confidence is None
    assert "learned another trade: stop_atr was 2, [rules] and [learning] say 4" in said.silence
    dearer = msgspec.structs.replace(learned, fee_ratio=0.009)
    said = StoredForecaster(store, barrier=dearer).forecast(BTC, Interval.H1, rows(900))
    assert said.confidence is not None
