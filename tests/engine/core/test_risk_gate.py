"""Every gate, from both sides of its limit."""

from decimal import Decimal

import msgspec
import pytest

from tests.engine.core.rig import BTC, Bench, D
from tui_trader.engine.core.risk_gate import GATES
from tui_trader.engine.messages.commands import PlaceOrder
from tui_trader.engine.messages.events import CommandRefused, OrderSubmitted
from tui_trader.engine.messages.queries import AskTicket
from tui_trader.engine.messages.reports import BookReport, LinkReport
from tui_trader.engine.messages.requests import SubmitOrder
from tui_trader.engine.settings.model import LimitSettings, Settings
from tui_trader.engine.settings.rulebook import WITHOUT_LIMITS
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.orders import ClientOrderId, OrderType, Side


def refusal(bench: Bench) -> CommandRefused:
    refusals = bench.happened(CommandRefused)
    assert len(refusals) == 1, refusals
    assert not bench.sent(SubmitOrder)
    return refusals[0]


def limits(**changes) -> Settings:
    return Settings(limits=msgspec.structs.replace(LimitSettings(), **changes))


def test_sound_order_becomes_an_intent_and_one_request():
    bench = Bench().start()
    bench.place(quantity="0.01", price="63000.0")
    assert len(bench.happened(OrderSubmitted)) == 1
    assert [request.client_order_id for request in bench.sent(SubmitOrder)] == ["order-1"]


def test_halted_trading_refuses():
    bench = Bench().start()
    bench.halt("coffee")
    bench.place()
    assert refusal(bench).gate == "halted"
    assert "coffee" in refusal(bench).reason


def test_nothing_is_sent_before_the_account_was_compared():
    bench = Bench().start(connected=False)
    bench.connect()
    bench.quote("64000.0")
    bench.place()
    assert refusal(bench).gate == "session"


def test_same_client_id_twice_is_refused():
    bench = Bench().start()
    bench.place("same")
    bench.place("same")
    assert [event.gate for event in bench.happened(CommandRefused)] == ["duplicate"]
    assert len(bench.sent(SubmitOrder)) == 1


def test_unknown_pair_is_refused():
    bench = Bench().start()
    bench.tell(
        PlaceOrder(
            command_id=bench.command_id(),
            actor="test",
            client_order_id=ClientOrderId("x"),
            symbol=Symbol("ABC/USD"),
            side=Side.BUY,
            order_type=OrderType.MARKET,
            quantity_base=D(1),
        )
    )
    assert refusal(bench).gate == "instrument"
    assert "BTC/USD" in refusal(bench).reason


@pytest.mark.parametrize(("silence_ms", "is_refused"), [(9_900, False), (10_100, True)])
def test_silent_feed_refuses(silence_ms, is_refused):
    bench = Bench().start()
    bench.now_ms += silence_ms
    bench.place()
    assert bool(bench.happened(CommandRefused)) is is_refused


def test_lost_link_refuses_at_once():
    bench = Bench().start()
    bench.tell(LinkReport(time_ms=0, link="kraken public", state=LinkState.DOWN))
    bench.place()
    assert refusal(bench).gate == "feed"
    assert "kraken public" in refusal(bench).reason


def test_unverified_book_prices_no_market_order():
    bench = Bench().start()
    bench.tell(BookReport(time_ms=0, symbol=BTC, bids=(), asks=(), is_verified=False))
    bench.place()
    assert refusal(bench).gate == "price_collar"


@pytest.mark.parametrize(
    ("quantity", "price", "gate"),
    [
        ("0", None, "form"),
        ("-1", None, "form"),
        ("NaN", None, "form"),
        ("Infinity", None, "form"),
        ("0.01", "NaN", "form"),
        ("0.01", "0", "form"),
        ("0.01", "63000.05", "tick"),
        ("0.000000001", None, "lot"),
        ("0.00009999", None, "minimum"),
        ("0.01", "66000.0", "price_collar"),
        ("0.04", None, "order_value"),
        # As large, as small and as long as the door of the session admits.
        ("1e30", None, "order_value"),
        ("1e30", "63000.0", "order_value"),
        ("0.01", "1e30", "order_value"),
        ("1e-30", "63000.0", "lot"),
        ("0.01", "1e-30", "tick"),
        ("9" * 30 + "." + "9" * 30, None, "lot"),
    ],
)
def test_ill_formed_or_too_large_is_refused(quantity, price, gate):
    bench = Bench().start()
    bench.place(quantity=quantity, price=price)
    assert refusal(bench).gate == gate


def test_cheap_side_of_the_collar_is_free():
    bench = Bench().start()
    bench.place(quantity="0.01", price="30000.0")
    assert not bench.happened(CommandRefused)


def test_sell_below_the_collar_is_refused():
    bench = Bench().start()
    bench.answer_account(coins="1")
    bench.place(side=Side.SELL, quantity="0.01", price="61000.0")
    assert refusal(bench).gate == "price_collar"


def test_market_order_beyond_the_visible_book_is_refused():
    wide = limits(order_value_max_quote=D(10_000_000), position_value_max_quote=D(10_000_000))
    bench = Bench(settings=wide).start(cash="100000000")
    bench.place(quantity="51")
    assert refusal(bench).gate == "price_collar"
    assert "holds 50 of 51" in refusal(bench).reason
    assert refusal(bench).subject == "buy 51 BTC/USD at market"


def test_position_limit_counts_holdings_and_open_buys():
    bench = Bench(settings=limits(position_value_max_quote=D(1_500))).start()
    bench.answer_account(coins="0.01")
    bench.place("a", quantity="0.01", price="63000.0")
    assert not bench.happened(CommandRefused)
    bench.place("b", quantity="0.01", price="63000.0")
    assert refusal_after_first(bench).gate == "position_value"


def test_position_limit_counts_orders_whose_answer_never_came():
    bench = Bench(settings=limits(position_value_max_quote=D(1_000))).start()
    bench.place("a", quantity="0.01", price="63000.0")
    bench.lose_answer("a")
    bench.place("b", quantity="0.01", price="63000.0")
    assert refusal_after_first(bench).gate == "position_value"


def test_open_order_limit():
    bench = Bench(settings=limits(open_orders_max=1)).start()
    bench.place("a", quantity="0.001", price="63000.0")
    bench.place("b", quantity="0.001", price="63000.0")
    assert refusal_after_first(bench).gate == "open_orders"


def test_balance_counts_holds_and_fees():
    bench = Bench(settings=Settings(risk=WITHOUT_LIMITS)).start(cash="1000")
    bench.place("a", quantity="0.01", price="64000.0")
    bench.place("b", quantity="0.01", price="36000.0")
    assert refusal_after_first(bench).gate == "balance"
    assert "available 357.44 USD" in refusal_after_first(bench).reason


def test_fill_is_spent_even_before_the_exchange_tells_the_balance():
    bench = Bench(settings=Settings(risk=WITHOUT_LIMITS)).start(cash="1000")
    bench.place("a", quantity="0.01", price="64000.0")
    bench.accept("a")
    bench.fill("a", quantity="0.01", price="64000.0", fee="2.56")
    bench.place("b", quantity="0.01", price="36000.0")
    assert refusal_after_first(bench).gate == "balance"


def test_selling_more_than_one_has_is_refused():
    bench = Bench().start()
    bench.answer_account(coins="0.005")
    bench.place(side=Side.SELL, quantity="0.006")
    assert refusal(bench).gate == "balance"


def test_ticket_and_order_hear_the_same_gate():
    bench = Bench().start(cash="100")
    query = AskTicket(
        symbol=BTC, side=Side.BUY, order_type=OrderType.MARKET, quantity_base=D("0.01"), price=None
    )
    answer = bench.trader.ticket(query, bench.now_ms)
    bench.place(quantity="0.01")
    assert answer.refusal is not None
    assert answer.refusal.gate == refusal(bench).gate
    assert answer.refusal.text == refusal(bench).reason
    assert [verdict.gate for verdict in answer.verdicts] == list(GATES)


def test_ticket_prices_from_the_live_book():
    bench = Bench().start()
    query = AskTicket(
        symbol=BTC, side=Side.BUY, order_type=OrderType.MARKET, quantity_base=D("0.03"), price=None
    )
    answer = bench.trader.ticket(query, bench.now_ms)
    assert answer.price_average == D("64000.1")
    assert answer.fee_quote == D("64000.1") * D("0.03") * D("0.004")
    assert answer.cost_quote == D("64000.1") * D("0.03") * D("1.004")
    assert answer.slippage_bps == pytest.approx(0.0078, rel=0.01)
    assert answer.available == Decimal(10_000)


def test_resting_limit_expects_the_maker_fee():
    bench = Bench().start()
    query = AskTicket(
        symbol=BTC,
        side=Side.BUY,
        order_type=OrderType.LIMIT,
        quantity_base=D("0.01"),
        price=D("63000.0"),
    )
    answer = bench.trader.ticket(query, bench.now_ms)
    assert answer.fee_quote == D("630") * D("0.0025")


def refusal_after_first(bench: Bench) -> CommandRefused:
    assert len(bench.sent(SubmitOrder)) == 1
    return bench.happened(CommandRefused)[-1]
