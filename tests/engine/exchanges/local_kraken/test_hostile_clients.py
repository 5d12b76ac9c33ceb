"""Whatever a client sends, the exchange goes on for everybody else."""

import asyncio
import json

import pytest

SIGNED = (
    b"POST /0/private/Balance HTTP/1.1\r\nHost: x\r\nAPI-Key: %s\r\nAPI-Sign: %s\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
)
UPGRADE = (
    b"GET /v2 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
POST = b"POST /0/private/Balance HTTP/1.1\r\nHost: x\r\n"


def signed(key, signature, body):
    return SIGNED % (key.encode(), signature, len(body), body)


async def say(visitor, data, *, hang_up=False):
    """Bytes on a connection of their own, and what comes back until it ends or is quiet."""
    port = int(visitor.exchange.rest.rsplit(":", 1)[1])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    await writer.drain()
    heard = b"" if hang_up else await reader.read(4_000)
    writer.close()
    await writer.wait_closed()
    return heard


async def goes_on(visitor):
    assert (await visitor.buy("0.01", "1000"))["error"] == []
    assert not visitor.exchange.failure.done()


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"\x00\xff\r\n\r\n", b"400"),
        (POST + b"Content-Length: -5\r\n\r\n", b"400"),
        (POST + b"X: " + b"a" * 20_000 + b"\r\n\r\n", b"400"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (POST + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nabcde", b"400"),
        (b"GET /0/public/Ticker?pair=%ed%a0%80 HTTP/1.1\r\nHost: x\r\n\r\n", b"200"),
        (b"GET /v2 HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
        (
            b"POST /_control HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n"
            + b'{"fault":' * 1_000,
            b"400",
        ),
    ],
)
async def test_call_that_makes_no_sense_is_refused_and_hurts_nobody(visitor, data, status):
    assert (await say(visitor, data)).split(b" ", 2)[1] == status
    await goes_on(visitor)


@pytest.mark.parametrize(
    ("signature", "body"),
    [(b"\xff\xfe", b"{}"), (b"x", b'{"nonce":"\\ud800"}'), (b"", b"["), (b"x", b"\xff")],
)
async def test_signature_that_is_none_is_refused(visitor, signature, body):
    heard = await say(visitor, signed(visitor.exchange.key, signature, body))
    assert heard.endswith(b'{"error":["EAPI:Invalid signature"]}')
    await goes_on(visitor)


@pytest.mark.parametrize("path", [b"/0/private/AddOrder", b"/0/public/Time", b"/_control"])
async def test_client_that_hangs_up_within_its_call_hurts_nobody(visitor, path):
    head = b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nhalf of"
    await say(visitor, head, hang_up=True)
    await goes_on(visitor)


@pytest.mark.parametrize(
    "frame",
    [
        b"\xf1\x80\x00\x00\x00\x00",
        b"\x81\xff" + (1 << 40).to_bytes(8, "big") + b"\x00" * 4,
        b"\x81\x82\x00\x00\x00\x00\xff\xfe",
        b"\x89\xfe\x01\x00\x00\x00\x00\x00" + b"a" * 256,
        b"\x80\x80\x00\x00\x00\x00",
        b"\x88\x81\x00\x00\x00\x00a",
    ],
)
async def test_frame_that_makes_no_sense_ends_its_connection_only(visitor, frame):
    port = int(visitor.exchange.rest.rsplit(":", 1)[1])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(UPGRADE)
    await reader.readuntil(b"online")
    writer.write(frame)
    assert b"\x88\x02" in await reader.read(), "closed with a code"
    writer.close()
    await writer.wait_closed()
    await goes_on(visitor)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000,
        '{"method":"ping","req_id":' + "9" * 5_000 + "}",
        '{"method":{},"params":{}}',
        '{"method":["ping"]}',
        '{"method":"\\ud800"}',
        '{"method":"ping","req_id":"\\uDFFF"}',
        '{"method":"subscribe","params":{"channel":"ticker","symbol":["\\ud800/USD"]}}',
        '{"method":"subscribe","params":{"channel":"ohlc","interval":true,"symbol":["BTC/USD"]}}',
        '{"method":"subscribe","params":{"channel":"book","depth":10.0,"symbol":["BTC/USD"]}}',
    ],
)
async def test_text_that_makes_no_sense_is_refused_and_the_connection_lives(visitor, text):
    listener = await visitor.open_socket()
    await listener.socket.send_str(text)
    answer = await listener.message()
    assert answer["success"] is False, answer
    await listener.send("ping", req_id=7)
    assert (await listener.next(method="pong"))["req_id"] == 7
    await goes_on(visitor)


async def test_escapes_come_back_as_escapes(visitor):
    hostile = "BTC/USD\x1b]52;c;x\x07[red]"
    listener = await visitor.open_socket()
    await listener.send("subscribe", channel="ticker", symbol=[hostile])
    raw = (await listener.socket.receive(5)).data
    assert "\x1b" not in raw
    assert json.loads(raw)["symbol"] == hostile


async def test_crowd_of_idle_connections_keeps_nobody_waiting(visitor):
    port = int(visitor.exchange.rest.rsplit(":", 1)[1])
    half = b"GET /0/public/Time HTTP/1.1\r\nX-slow: "
    crowd = [await asyncio.open_connection("127.0.0.1", port) for _ in range(200)]
    for _, writer in crowd:
        writer.write(half)
    await goes_on(visitor)
    for _, writer in crowd:
        writer.close()
        await writer.wait_closed()
