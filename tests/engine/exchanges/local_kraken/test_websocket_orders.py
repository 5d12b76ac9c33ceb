"""Orders over WebSocket v2: taken, changed, cancelled and refused as over REST."""

import json

import pytest

from tui_trader.engine.exchanges.local_kraken.connection import REQUESTS_MAX
from tui_trader.engine.exchanges.local_kraken.ws_orders import order_form


class Trader:
    """A WebSocket client with a token."""

    def __init__(self, visitor, listener, token):
        self.visitor, self.listener, self.token = visitor, listener, token

    async def ask(self, method, **params):
        await self.listener.send(method, req_id=7, token=self.token, **params)
        return await self.answer(method)

    async def answer(self, method):
        answer = await self.listener.next(method=method)
        assert answer["req_id"] == 7
        assert answer["time_in"] <= answer["time_out"]
        return answer

    async def result(self, method, **params):
        answer = await self.ask(method, **params)
        assert answer["success"], answer
        return answer["result"]

    async def error(self, method, **params):
        answer = await self.ask(method, **params)
        assert not answer["success"], answer
        return answer["error"]

    def price(self, percent_below=5):
        return float(self.visitor.best_bid_text(percent_below=percent_below))

    def limit(self, **changes):
        usual = {
            "order_type": "limit",
            "side": "buy",
            "order_qty": 0.01,
            "limit_price": self.price(),
            "symbol": "BTC/USD",
        }
        return usual | changes

    async def add(self, **changes):
        return (await self.result("add_order", **self.limit(**changes)))["order_id"]

    async def order(self, txid):
        return (await self.visitor.private("QueryOrders", txid=txid))["result"][txid]


@pytest.fixture
async def trader(visitor):
    return Trader(visitor, await visitor.open_socket(), await visitor.token())


async def test_order_is_taken_in_and_named_by_both_names(trader):
    result = await trader.result("add_order", **trader.limit(cl_ord_id="mine"))
    assert result == {"order_id": result["order_id"], "cl_ord_id": "mine", "order_userref": 0}
    other = await trader.result("add_order", **trader.limit(order_userref=9))
    assert other == {"order_id": other["order_id"], "order_userref": 9}
    order = await trader.order(result["order_id"])
    assert (order["status"], order["cl_ord_id"], order["vol"]) == ("open", "mine", "0.01000000")


async def test_market_order_by_cost_spends_the_cost(trader):
    result = await trader.result(
        "add_order", order_type="market", side="buy", cash_order_qty=100, symbol="BTC/USD"
    )
    order = await trader.order(result["order_id"])
    assert order["status"] == "closed"
    assert float(order["cost"]) == pytest.approx(100, rel=0.01)


@pytest.mark.parametrize(
    ("order_type", "triggers", "extra", "descr"),
    [
        ("stop-loss", {"price": 60_000}, {}, {"price": "60000.0"}),
        ("stop-loss-limit", {"price": 60_000}, {"limit_price": 59_900.5}, {"price2": "59900.5"}),
        ("take-profit", {"price": 90_000, "reference": "index"}, {}, {"price": "90000.0"}),
        ("trailing-stop", {"price": 2.5, "price_type": "pct"}, {}, {"price": "+2.5"}),
        ("trailing-stop", {"price": 500, "price_type": "quote"}, {}, {"price": "+500"}),
    ],
)
async def test_triggered_order_waits_for_its_price(trader, order_type, triggers, extra, descr):
    await trader.visitor.control(fault="balance", asset="BTC", amount="1")
    result = await trader.result(
        "add_order",
        order_type=order_type,
        side="sell",
        order_qty=0.5,
        symbol="BTC/USD",
        triggers=triggers,
        **extra,
    )
    order = await trader.order(result["order_id"])
    assert (order["status"], order["descr"]["ordertype"]) == ("open", order_type)
    assert all(order["descr"][name].startswith(text) for name, text in descr.items())
    await trader.listener.subscribe("executions", token=trader.token)
    (row,) = (await trader.listener.next("executions"))["data"]
    assert row["triggers"]["status"] == "untriggered"
    assert row["triggers"]["reference"] == triggers.get("reference", "last")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"order_qty": 50}, "EOrder:Insufficient funds"),
        ({"symbol": "XXX/USD"}, "EQuery:Unknown asset pair"),
        ({"order_qty": "x"}, "EGeneral:Invalid arguments:volume"),
        ({"side": "hold"}, "EGeneral:Invalid arguments:type"),
        ({"order_type": "dream"}, "EGeneral:Invalid arguments:ordertype"),
        ({"time_in_force": "soon"}, "EGeneral:Invalid arguments:timeinforce"),
        ({"deadline": "soon"}, "EGeneral:Invalid arguments:deadline"),
        ({"expire_time": "soon"}, "EGeneral:Invalid arguments:expiretm"),
        ({"order_qty": 0.000001}, "EGeneral:Invalid arguments:volume minimum not met"),
        ({"limit_price": 90_000, "post_only": True}, "EOrder:Post only order"),
        ({"stp_type": "whatever"}, "EGeneral:Invalid arguments:stptype"),
    ],
)
async def test_refusal_has_the_words_of_rest(trader, changes, error):
    assert await trader.error("add_order", **trader.limit(**changes)) == error
    assert trader.visitor.exchange.venue.account.orders == {}


async def test_wrong_or_lost_token_is_refused_and_so_is_an_expired_one(trader):
    token, trader.token = trader.token, "made-up"
    assert await trader.error("add_order", **trader.limit()) == "ESession:Invalid session"
    trader.token = token
    await trader.visitor.control(fault="clock", seconds=901)
    assert await trader.error("cancel_all") == "ESession:Invalid session"
    await trader.visitor.control(fault="clock", seconds=0)
    await trader.visitor.control(fault="token_loss")
    assert await trader.error("cancel_all") == "ESession:Invalid session"


async def test_token_lives_as_long_as_the_connection_it_opened_a_channel_on(trader):
    await trader.listener.subscribe("balances", token=trader.token)
    await trader.visitor.control(fault="clock", seconds=86_400)
    assert await trader.result("cancel_all") == {"count": 0}
    other = Trader(trader.visitor, await trader.visitor.open_socket(), trader.token)
    assert await other.error("cancel_all") == "ESession:Invalid session"
    await trader.visitor.control(fault="token_loss")
    assert await trader.error("cancel_all") == "ESession:Invalid session"


async def test_validated_order_does_not_exist(trader):
    assert "order_id" not in await trader.result("add_order", **trader.limit(validate=True))
    assert trader.visitor.exchange.venue.account.orders == {}


async def test_amended_order_keeps_its_name_and_says_so(trader):
    txid = await trader.add(cl_ord_id="mine")
    await trader.listener.subscribe("executions", token=trader.token, snap_orders=False)
    await trader.listener.next("executions")
    new_price = trader.price(percent_below=6)
    await trader.listener.send(
        "amend_order",
        req_id=7,
        token=trader.token,
        cl_ord_id="mine",
        order_qty=0.02,
        limit_price=new_price,
    )
    row = (await trader.listener.next("executions"))["data"][0]
    assert (row["exec_type"], row["order_status"]) == ("amended", "new")
    assert (row["order_id"], row["order_qty"]) == (txid, "0.02000000")
    assert "symbol" not in row
    answer = await trader.answer("amend_order")
    assert answer["result"]["amend_id"]
    order = await trader.order(txid)
    assert (order["vol"], float(order["descr"]["price"])) == ("0.02000000", new_price)


async def test_edited_order_has_a_new_name(trader):
    txid = await trader.add()
    result = await trader.result(
        "edit_order", order_id=txid, symbol="BTC/USD", order_qty=0.02, limit_price=trader.price(7)
    )
    assert result["original_order_id"] == txid != result["order_id"]
    assert (await trader.order(txid))["status"] == "canceled"
    assert (await trader.order(result["order_id"]))["vol"] == "0.02000000"


async def test_each_cancelled_order_is_answered_for_itself(trader):
    first, second = await trader.add(), await trader.add(cl_ord_id="second")
    await trader.listener.send(
        "cancel_order",
        req_id=7,
        token=trader.token,
        order_id=[first, "OAAAAA-AAAAA-AAAAAA"],
        cl_ord_id=["second"],
    )
    answers = [await trader.answer("cancel_order") for _ in range(3)]
    assert [answer["success"] for answer in answers] == [True, False, True]
    assert answers[0]["result"] == {"order_id": first}
    assert answers[1]["order_id"] == "OAAAAA-AAAAA-AAAAAA"
    assert answers[1]["error"] in {"EOrder:Unknown order", "EOrder:Invalid order"}
    assert answers[2]["result"] == {"cl_ord_id": "second"}
    assert trader.visitor.exchange.venue.account.open_orders == {}
    assert (await trader.order(second))["status"] == "canceled"


async def test_batch_takes_what_it_can_and_says_why_not_the_rest(trader):
    rows = [trader.limit(order_qty=quantity) for quantity in (0.01, 50, 0.02)]
    for row in rows:
        del row["symbol"]
    result = await trader.result("batch_add", symbol="BTC/USD", orders=rows)
    assert [row["success"] for row in result["orders"]] == [True, False, True]
    assert result["orders"][1]["error"] == "EOrder:Insufficient funds"
    names = [row["order_id"] for row in result["orders"] if row["success"]]
    answer = await trader.ask("batch_cancel", orders=names)
    assert (answer["success"], answer["orders_cancelled"]) == (True, 2)


async def test_cancel_all_counts(trader):
    await trader.add()
    await trader.add()
    assert await trader.result("cancel_all") == {"count": 2}


async def test_dead_mans_switch_is_set_and_turned_off(trader):
    result = await trader.result("cancel_all_orders_after", timeout=60)
    assert result["currentTime"] < result["triggerTime"]
    off = await trader.result("cancel_all_orders_after", timeout=0)
    assert off["triggerTime"] == "0"
    assert await trader.error("cancel_all_orders_after", timeout="60") == (
        "EGeneral:Invalid arguments:timeout"
    )


async def test_counter_of_the_pair_is_told_to_who_asked_for_it(open_exchange):
    visitor = await open_exchange(tier="starter")
    trader = Trader(visitor, await visitor.open_socket(), await visitor.token())
    ack = await trader.listener.subscribe("executions", token=trader.token, ratecounter=True)
    assert ack["result"]["ratecounter"] is True
    await trader.listener.next("executions")
    await trader.listener.send("add_order", req_id=7, token=trader.token, **trader.limit())
    row = (await trader.listener.next("executions"))["data"][0]
    assert row["ratecount"] == 1


async def test_who_asks_too_fast_is_told_so(trader):
    for _ in range(REQUESTS_MAX + 50):
        await trader.listener.send("ping")
    answers = [json.loads((await trader.listener.socket.receive(5)).data) for _ in range(520)]
    assert any(answer.get("error") == "Exceeded msg rate" for answer in answers)


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("batch_add", {"orders": "x", "symbol": "BTC/USD"}),
        ("batch_add", {"orders": [1, 2], "symbol": "BTC/USD"}),
        ("batch_add", {"orders": [{}] * 1_000, "symbol": "BTC/USD"}),
        ("cancel_order", {}),
        ("cancel_order", {"order_id": ["x"] * 1_000}),
        ("amend_order", {"order_qty": 1}),
        ("batch_cancel", {"orders": []}),
        ("add_order", {"conditional": {"order_type": 5}, "triggers": {"price": []}}),
    ],
)
async def test_request_that_makes_no_sense_is_refused(trader, method, params):
    assert (await trader.error(method, **params)).startswith(("EGeneral:", "EQuery:", "EOrder:"))


def test_fields_of_rest_are_made_of_those_of_the_socket():
    form = order_form(
        {
            "order_type": "limit",
            "side": "buy",
            "order_qty": "0.10000000",
            "symbol": "BTC/USD",
            "limit_price": "-1.5",
            "limit_price_type": "pct",
            "time_in_force": "gtd",
            "expire_time": "2026-11-20T12:00:00Z",
            "fee_preference": "base",
            "no_mpp": True,
            "stp_type": "cancel_both",
            "display_qty": "0.01",
            "conditional": {
                "order_type": "stop-loss-limit",
                "trigger_price": "5",
                "trigger_price_type": "pct",
                "limit_price": 49_000,
            },
        }
    )
    assert form == {
        "ordertype": "limit",
        "type": "buy",
        "volume": "0.10000000",
        "pair": "BTC/USD",
        "price": "-1.5%",
        "timeinforce": "GTD",
        "expiretm": "1795176000",
        "oflags": "fcib,nompp",
        "stptype": "cancel-both",
        "displayvol": "0.01",
        "close[ordertype]": "stop-loss-limit",
        "close[price]": "+5%",
        "close[price2]": "49000",
    }
