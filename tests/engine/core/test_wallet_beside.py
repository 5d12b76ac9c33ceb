"""What the account is worth beside one strategy: coins of others count at value, whoever trades what."""

from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.core.rig import BTC, INSTRUMENT, Bench, D
from tui_trader.engine.core.decision import Decision
from tui_trader.engine.core.host_wallet import free_cash, wallet_beside
from tui_trader.engine.messages.events import BalanceChanged
from tui_trader.engine.state.ledger import Position
from tui_trader.engine.values.instruments import Asset, Symbol

MONEY = 10**8
ETH, EURO = Symbol("ETH/USD"), Symbol("BTC/EUR")
MARK = D(64_000)


@pytest.fixture
def bench() -> Bench:
    return Bench().start(cash="10000")


def beside(bench, lots=0) -> Decimal:
    desk = Decision(bench.settings, bench.state, bench.trader.market, now_ms=bench.now_ms)
    return Decimal(wallet_beside(desk, {BTC: lots} if lots else {})) / MONEY


def hold(bench, quantity, *, symbol=BTC, paid="64000") -> None:
    """Somebody holds coins that fills have brought."""
    bench.state.positions[symbol] = Position(
        symbol=symbol, quantity_base=D(quantity), cost_quote=D(quantity) * D(paid)
    )


def cash(bench, total) -> None:
    bench.state.apply(BalanceChanged(time_ms=1, asset=Asset("USD"), total=D(total)))


class Trade(NamedTuple):
    lots: int
    is_buy: bool


def test_coins_of_others_count_at_their_mark_and_own_ones_not(bench):
    hold(bench, "0.3")
    assert beside(bench) == D(10_000) + D("0.3") * MARK
    assert beside(bench, lots=10**7) == D(10_000) + D("0.2") * MARK
    assert beside(bench, lots=3 * 10**7) == D(10_000)


def test_a_price_that_falls_takes_from_others_what_it_takes(bench):
    hold(bench, "0.1")
    bench.quote("32000.0")
    assert beside(bench) == D(10_000) + D(3_200)


def test_a_position_without_a_price_counts_at_what_was_paid(bench):
    hold(bench, "2", symbol=ETH, paid="3000")
    assert beside(bench) == D(16_000)


def test_a_position_in_another_currency_is_not_taken_for_dollars(bench):
    hold(bench, "0.5", symbol=EURO, paid="50000")
    assert beside(bench) == D(10_000)


def test_coins_sold_by_hand_are_missing_until_they_are_written_off(bench):
    """The book still counts them at the close, so the wallet beside is lower by their value, and cash is higher."""
    hold(bench, "0")
    cash(bench, "10640")
    assert beside(bench, lots=10**6) == D(10_000)


def test_an_order_that_rests_is_no_loss_of_anybody(bench):
    before = beside(bench)
    bench.place(price="60000.0", quantity="0.02")
    bench.accept()
    desk = Decision(bench.settings, bench.state, bench.trader.market, now_ms=bench.now_ms)
    assert beside(bench) == before
    assert free_cash(desk) < 10_000 * MONEY


TRADES = st.lists(st.builds(Trade, st.integers(1, 5 * 10**6), st.booleans()), max_size=20)


@given(hands=TRADES, own_lots=st.integers(0, 10**7))
def test_whatever_hands_trade_at_the_mark_changes_nothing(hands, own_lots):
    """Cash against coins at one price, told fill by fill, while a strategy holds coins of its own."""
    bench = Bench().start(cash="1000000")
    money, coins = Decimal(1_000_000), own_lots * INSTRUMENT.lot
    hold(bench, str(coins))
    before = beside(bench, lots=own_lots)
    for trade in hands:
        quantity = trade.lots * INSTRUMENT.lot
        if not trade.is_buy:
            quantity = -min(quantity, coins - own_lots * INSTRUMENT.lot)
        coins, money = coins + quantity, money - quantity * MARK
        hold(bench, str(coins))
        cash(bench, str(money))
        assert abs(beside(bench, lots=own_lots) - before) < D("0.0001")
