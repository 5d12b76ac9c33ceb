"""Average price, fees and P&L, by hand-checked sums."""

from decimal import Decimal

from tests.engine.core.rig import BTC, D, fill_of
from tui_trader.engine.state.ledger import Position, book_fill
from tui_trader.engine.values.orders import Side


def booked(*fills, fee="0") -> Position:
    position = Position(symbol=BTC)
    for side, quantity, price in fills:
        fill = fill_of(side=side, quantity=quantity, price=price)
        position = book_fill(position, fill, fee_quote=D(fee))
    return position


def test_average_price_of_two_buys():
    position = booked((Side.BUY, "1", "100"), (Side.BUY, "3", "200"), fee="0.5")
    assert position.price_average == D("175")
    assert position.fees_quote == D("1.0")
    assert position.open_pnl(D("180")) == D("20")


def test_partial_sale_realises_at_the_average():
    position = booked((Side.BUY, "2", "100"), (Side.SELL, "1", "130"))
    assert position.realised_quote == D("30")
    assert position.quantity_base == D("1")
    assert position.price_average == D("100")


def test_sale_of_everything_leaves_no_residue():
    position = booked((Side.BUY, "3", "100"), (Side.SELL, "1", "100"), (Side.SELL, "2", "101"))
    assert position.cost_quote == Decimal(0)
    assert position.realised_quote == D("2")


def test_sale_of_coins_never_bought_makes_no_profit():
    position = booked((Side.BUY, "1", "100"), (Side.SELL, "3", "150"))
    assert position.quantity_base == Decimal(0)
    assert position.realised_quote == D("50")
    assert position.untracked_sold_base == D("2")
