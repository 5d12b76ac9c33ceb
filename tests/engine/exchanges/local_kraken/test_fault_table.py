"""Every fault of the table is seen to happen by a client on the wire; none is declared in vain."""

import asyncio
import json

import aiohttp
import pytest

from tests.architecture.fault_page import PAGE, draw
from tests.engine.exchanges.local_kraken.visitors import MirrorBook
from tui_trader.engine.exchanges.local_kraken.fault_mix import mixed_faults
from tui_trader.engine.exchanges.local_kraken.fault_names import describe_faults, parse_fault
from tui_trader.engine.exchanges.local_kraken.fault_table import (
    FAULT_KINDS,
    HOSTILE_TEXT,
    HTTP_STATUSES,
)
from tui_trader.engine.exchanges.local_kraken.faults import ARMED_MAX, Place

SEEN = {}


def sees(*names):
    """Mark a coroutine as the one that sees these faults happen."""

    def note(observation):
        for name in names:
            SEEN[name] = observation
        return observation

    return note


async def arm(visitor, name, **options):
    status, answer = await visitor.control(fault=name, **options)
    assert (status, answer["error"]) == (200, [])
    return answer["result"]


def open_count(visitor):
    return len(visitor.exchange.venue.account.open_orders)


async def rest(visitor, percent_below=3, volume="0.01", **fields):
    """An order that waits; its txid."""
    price = visitor.best_bid_text(percent_below=percent_below)
    answer = await visitor.buy(volume, price, **fields)
    assert answer["error"] == []
    return answer["result"]["txid"][0]


@sees("drop_reply_before", "drop_reply_after", "reset_before", "reset_after")
async def connection_ends(visitor, name):
    await arm(visitor, name)
    with pytest.raises(aiohttp.ClientError) as caught:
        await visitor.buy("0.01", "50000")
    if name.startswith("reset"):
        assert isinstance(caught.value, aiohttp.ClientOSError), caught.value
    assert open_count(visitor) == name.endswith("after")


@sees(*(f"http_{status}_{when}" for status in HTTP_STATUSES for when in ("before", "after")))
async def web_page_comes(visitor, name):
    _, status, when = name.split("_")
    await arm(visitor, name)
    with pytest.raises(AssertionError, match="<html>"):
        await visitor.buy("0.01", "50000")
    assert open_count(visitor) == (when == "after")
    await arm(visitor, name, endpoint="Time")
    async with visitor.http.get(f"{visitor.exchange.rest}/0/public/Time") as reply:
        assert (reply.status, reply.content_type) == (int(status), "text/html")


@sees("delay_reply")
async def reply_is_late(visitor, name):
    listener = await executions(visitor)
    await arm(visitor, name, ms=60_000)
    asking = asyncio.create_task(visitor.buy("0.01", "50000"))
    await listener.next("executions")
    assert open_count(visitor) == 1
    assert not asking.done()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


@sees("refuse", "refuse_after", "bad_nonce", "hostile_error")
async def refusal_comes(visitor, name):
    error = {"refuse": "EAPI:Rate limit exceeded", "refuse_after": "EService:Busy"}.get(name)
    await arm(visitor, name, **({"error": error} if error else {}))
    (told,) = (await visitor.buy("0.01", "50000"))["error"]
    wanted = {"bad_nonce": "EAPI:Invalid nonce"}
    wanted["hostile_error"] = f"EOrder:Insufficient funds{HOSTILE_TEXT}"
    assert told == wanted.get(name, error)
    assert open_count(visitor) == (name == "refuse_after")


@sees("cancel_fill_race")
async def cancel_comes_too_late(visitor, name):
    txid = await rest(visitor, cl_ord_id="race")
    await arm(visitor, name)
    assert (await visitor.private("CancelOrder", txid=txid))["error"] == ["EOrder:Unknown order"]
    (order,) = (await visitor.private("ClosedOrders"))["result"]["closed"].values()
    assert order["status"] == "closed"


@sees("ws_drop", "ws_close")
async def socket_ends(visitor, name):
    listener = await visitor.open_socket()
    await arm(visitor, name, **({"code": "1001"} if name == "ws_close" else {}))
    await listener.socket.receive(5)
    assert listener.socket.close_code == {"ws_drop": 1006, "ws_close": 1001}[name]


@sees("ws_refuse")
async def socket_is_not_opened(visitor, name):
    await arm(visitor, name, seconds=60)
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await visitor.open_socket()
    assert caught.value.status == 503
    await arm(visitor, "clear")
    await visitor.open_socket()


@sees("ws_silent")
async def socket_says_nothing(visitor, name):
    listener = await visitor.open_socket()
    await arm(visitor, name, seconds=60)
    await listener.send("ping", req_id=1)
    other = await visitor.open_socket()
    await other.send("ping", req_id=2)
    assert (await other.message())["req_id"] == 2
    await arm(visitor, "clear")
    await listener.send("ping", req_id=3)
    assert (await listener.message())["req_id"] == 3


async def executions(visitor):
    """A listener on executions, behind its snapshot."""
    listener = await visitor.open_socket()
    await listener.subscribe("executions", token=await visitor.token(), snap_trades=True)
    await listener.next("executions")
    return listener


@sees("ws_lose", "ws_duplicate", "ws_reorder")
async def update_is_lost_told_twice_or_late(visitor, name):
    listener = await executions(visitor)
    await arm(visitor, name, channel="executions")
    await rest(visitor)
    await rest(visitor)
    wanted = {
        "ws_lose": [3, 4, 5],
        "ws_duplicate": [2, 2, 3, 4, 5],
        "ws_reorder": [3, 2, 4, 5],
    }[name]
    assert [(await listener.next("executions"))["sequence"] for _ in wanted] == wanted


@sees("ws_price")
async def price_is_impossible(visitor, name):
    listener = await visitor.open_socket()
    await listener.subscribe("ticker", symbol=["BTC/USD"])
    await listener.next("ticker")
    for value, wanted in (("zero", "0.0"), ("nan", "NaN"), ("huge", "1e30"), ("negative", "-1.0")):
        await arm(visitor, name, channel="ticker", value=value)
        await visitor.buy("0.0001")
        while True:
            text = (await listener.socket.receive(5)).data
            if '"channel":"ticker"' in text:
                break
        assert f'"last":{wanted},' in text


@sees("book_flip")
async def checksum_disagrees_once(visitor, name):
    listener = await visitor.open_socket()
    await listener.subscribe("book", symbol=["BTC/USD"])
    book = MirrorBook(10)
    assert book.apply((await listener.next("book"))["data"][0])
    await arm(visitor, name)
    await visitor.buy("0.01", visitor.best_bid_text())
    assert not book.apply((await listener.next("book"))["data"][0])


@sees("duplicate_fill")
async def fill_is_told_twice(visitor, name):
    listener = await executions(visitor)
    await arm(visitor, name)
    await visitor.buy("0.0001")
    rows = []
    while not rows or rows[-1]["exec_type"] != "filled":
        message = await listener.next("executions")
        rows += [{**row, "sequence": message["sequence"]} for row in message["data"]]
    trades = [row for row in rows if row["exec_type"] == "trade"]
    assert trades[0]["exec_id"] == trades[1]["exec_id"]
    assert [row["sequence"] for row in rows] == list(range(2, 2 + len(rows)))
    fills = (await visitor.private("TradesHistory"))["result"]["trades"]
    assert set(fills) == {row["exec_id"] for row in trades}


@sees("hostile_status")
async def status_is_hostile(visitor, name):
    listener = await visitor.open_socket()
    await arm(visitor, name)
    assert (await listener.next("status"))["data"][0]["system"] == HOSTILE_TEXT


@sees("ws_flood")
async def more_messages_come_than_anybody_wants(visitor, name):
    listener = await visitor.open_socket()
    await listener.subscribe("ticker", symbol=["BTC/USD"])
    await listener.next("ticker")
    await visitor.buy("0.0001")
    await arm(visitor, name, seconds=0.2, per_second=20_000)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for _ in range(4_000):
        await listener.socket.receive(5)
    assert loop.time() - begun < 3
    await arm(visitor, "clear")


@sees("token_loss")
async def token_opens_nothing(visitor, name):
    token = await visitor.token()
    await arm(visitor, name)
    listener = await visitor.open_socket()
    refused = await listener.subscribe("balances", token=token)
    assert (refused["success"], refused["error"]) == (False, "ESession:Invalid session")


@sees("fills_while_away")
async def fills_come_while_nobody_listens(visitor, name):
    status, answer = await visitor.control(fault=name)
    assert status == 400
    assert "no order rests" in answer["error"][0]
    listener = await executions(visitor)
    await rest(visitor, volume="0.012")
    await arm(visitor, name, fills=120, seconds=0)
    while (await listener.socket.receive(5)).type is aiohttp.WSMsgType.TEXT:
        pass
    assert listener.socket.close_code == 1006
    again = await visitor.open_socket()
    await again.subscribe("executions", token=await visitor.token(), snap_trades=True)
    snapshot = (await again.next("executions"))["data"]
    assert len(snapshot) == 50
    history = (await visitor.private("TradesHistory"))["result"]
    assert (history["count"], len(history["trades"])) == (120, 50)


@sees("balance")
async def balance_changes_by_hand(visitor, name):
    await arm(visitor, name, asset="BTC", amount="0.5")
    await arm(visitor, name, asset="USD", amount="-100.25")
    balances = (await visitor.private("Balance"))["result"]
    assert (float(balances["XXBT"]), float(balances["ZUSD"])) == (0.5, 9_899.75)


@sees("maintenance", "cancel_only", "post_only")
async def mode_allows_less(visitor, name):
    txid = await rest(visitor)
    listener = await visitor.open_socket()
    await arm(visitor, name, seconds=60)
    assert (await listener.next("status"))["data"][0]["system"] == name
    assert (await visitor.public("SystemStatus"))["result"]["status"] == name
    plain = await visitor.buy("0.01", "50000")
    post = await visitor.buy("0.01", "50000", oflags="post")
    cancel = await visitor.private("CancelOrder", txid=txid)
    down, closed = ["EService:Unavailable"], [f"EService:Market in {name} mode"]
    assert [plain["error"], post["error"], cancel["error"]] == {
        "maintenance": [down, down, down],
        "cancel_only": [closed, closed, []],
        "post_only": [closed, [], []],
    }[name]
    await arm(visitor, "clear")
    assert (await listener.next("status"))["data"][0]["system"] == "online"
    assert (await visitor.buy("0.01", "50000"))["error"] == []


@sees("rules")
async def rules_change_overnight(visitor, name):
    changes = {"tick_size": "0.5", "ordermin": "0.02", "costmin": "600", "lot": "0.001"}
    await arm(visitor, name, status="limit_only", **changes)
    told = (await visitor.public("AssetPairs", pair="XBTUSD"))["result"]["XXBTZUSD"]
    assert {**told, **changes, "status": "limit_only"} == {**told, "lot": "0.001"}
    assert (await visitor.buy("0.02"))["error"] == ["EService:Market in limit_only mode"]
    for volume, price, words in (
        ("0.01", "50000", "volume minimum"),
        ("0.0205", "50000", "arguments:volume"),
        ("0.02", "50000.2", "Tick size"),
        ("0.02", "29000", "Cost minimum"),
    ):
        assert words in (await visitor.buy(volume, price))["error"][0]
    status, answer = await visitor.control(fault=name, tick_size="0.05")
    assert (status, answer["error"]) == (400, ["0.05 is no multiple of 0.1"])
    assert (await visitor.buy("0.02", "50000.5"))["error"] == []


@sees("clock")
async def clock_is_wrong(visitor, name):
    before = (await visitor.public("Time"))["result"]["unixtime"]
    await arm(visitor, name, seconds=-5)
    assert before - (await visitor.public("Time"))["result"]["unixtime"] in {4, 5}
    await arm(visitor, name, seconds=7_200)
    assert (await visitor.public("Time"))["result"]["unixtime"] - before in {7_200, 7_201}


@sees("mix")
async def mix_arms_what_its_seed_says(visitor, name):
    await arm(visitor, name, seed=3, count=40, every_ms=1)
    wanted = {fault.kind.name for fault in mixed_faults(3, count=40, every_ms=1)}
    counted = {each for each in wanted if FAULT_KINDS[each].is_counted}
    await asyncio.gather(*visitor.exchange.disasters._mixes)
    assert set(visitor.exchange.plan.armed()) == counted
    await arm(visitor, "clear")
    assert visitor.exchange.plan.armed() == {}


@sees("move")
async def price_jumps(visitor, name):
    before = visitor.exchange.venue.markets["ETH/USD"].bbo()[2]
    await arm(visitor, name, pair="ETH/USD", percent=-5)
    after = visitor.exchange.venue.markets["ETH/USD"].bbo()[2]
    assert after / before == pytest.approx(0.95, abs=0.001)


@sees("pause", "resume", "speed")
async def pace_is_told(visitor, name):
    state = (await arm(visitor, name))["market"]
    assert state["paused"] == (name != "resume")
    if name == "speed":
        assert state["speed"] == 1.0


@sees("step")
async def only_a_recording_is_stepped(visitor, name):
    status, answer = await visitor.control(fault=name)
    assert status == 400
    assert "only a replay" in answer["error"][0]


def test_every_fault_of_the_table_is_seen_and_nothing_else():
    assert set(SEEN) == set(FAULT_KINDS)


@pytest.mark.parametrize("name", FAULT_KINDS)
async def test_fault_happens(visitor, name):
    await SEEN[name](visitor, name)


@pytest.mark.parametrize("kind", FAULT_KINDS.values(), ids=lambda kind: kind.name)
async def test_bounds_of_every_parameter_are_held(visitor, kind):
    for parameter in kind.parameters:
        wrong = ["\x1b[2J", [], True] if isinstance(parameter.default, str) else ["x", [], True]
        if not isinstance(parameter.default, str):
            wrong += [parameter.lowest - 1, parameter.highest + 1, "nan", 1e300]
        for value in wrong:
            status, answer = await visitor.control(fault=kind.name, **{parameter.name: value})
            assert status == 400, (parameter.name, value)
            assert parameter.name in answer["error"][0]
    status, answer = await visitor.control(fault=kind.name, nothing=1)
    assert status == 400
    assert "no parameter 'nothing'" in answer["error"][0]
    assert visitor.exchange.plan.armed() == {}


async def test_plan_has_an_end(visitor):
    for _ in range(ARMED_MAX):
        visitor.exchange.disasters.let_happen(FAULT_KINDS["refuse"], {})
    status, answer = await visitor.control(fault="refuse")
    assert status == 400
    assert "clear them first" in answer["error"][0]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"fault": 1}', b"[" * 20_000])
async def test_body_that_makes_no_sense_is_refused(visitor, body):
    async with visitor.http.post(f"{visitor.exchange.rest}/_control", data=body) as reply:
        assert reply.status == 400
        assert json.loads(await reply.read())["error"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("ws_drop", {}),
        ("refuse:count=3,error=EOrder:Unknown, or gone", {"count": 3}),
        ("clock:seconds=-5", {"seconds": -5.0}),
    ],
)
def test_fault_of_the_command_line_is_read(text, values):
    kind, given = parse_fault(text)
    read = kind.read(given)
    assert {name: read[name] for name in values} == values
    if kind.name == "refuse":
        assert read["error"] == "EOrder:Unknown, or gone"


@pytest.mark.parametrize("text", ["earthquake", "refuse:3", "refuse:count=0", "ws_drop:count=1"])
def test_fault_of_the_command_line_that_makes_no_sense_is_refused(text):
    with pytest.raises(ValueError, match=r"\w"):
        parse_fault(text)


async def test_fault_of_the_configuration_is_there_from_the_beginning(open_exchange):
    visitor = await open_exchange(faults=("refuse:endpoint=Balance,count=2", "bad_nonce"))
    assert visitor.exchange.plan.armed() == {"refuse": 2, "bad_nonce": 1}


def test_same_seed_mixes_the_same_faults():
    first, again, other = (list(mixed_faults(seed, count=300, every_ms=100)) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert {fault.kind.place for fault in first} >= {Place.REPLY, Place.SOCKET, Place.VENUE}
    for fault in first:
        fault.kind.read(fault.given)


def test_help_names_every_fault():
    text = describe_faults()
    assert all(f"  {name} " in text for name in FAULT_KINDS)


def test_page_of_faults_is_up_to_date():
    assert PAGE.read_text() == draw()
