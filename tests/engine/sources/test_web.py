"""The way to the web: bounded in bytes, time and redirects, against a real server."""

import gzip
import socket

import pytest

from tests.engine.sources.web_server import WebServer
from tui_trader.engine.ports.sentiment_source import Validator
from tui_trader.engine.sources.web import BODY_BYTES_MAX, REDIRECTS_MAX, BoundedReader
from tui_trader.engine.values.addresses import address_fault
from tui_trader.engine.values.errors import SourceFault

NOTHING = Validator()


@pytest.fixture
async def server():
    async with WebServer().open() as running:
        yield running


async def fetch(address: str, known=NOTHING, **options):
    return await BoundedReader(**options).fetch(address, known)


async def test_a_page_comes_with_its_validators(server):
    page = await fetch(server.put("/p", "hello", ETag='"7"', Last_Modified="then"))
    assert (page.body, page.is_new) == (b"hello", True)
    assert page.validator == Validator('"7"', "then")
    assert server.requests[0][1]["Accept-Encoding"] == "identity"


async def test_a_page_that_did_not_change_is_not_sent_again(server):
    address = server.put("/p", "hello", ETag='"7"')
    first = await fetch(address)
    second = await fetch(address, first.validator)
    assert (second.body, second.is_new) == (b"", False)
    assert second.validator == first.validator


async def test_not_modified_without_a_question_is_refused(server):
    with pytest.raises(SourceFault, match="answered 304"):
        await fetch(server.put("/p", "", status=304))


@pytest.mark.parametrize("status", [204, 401, 404, 429, 500, 503])
async def test_any_other_status_is_no_page(server, status):
    with pytest.raises(SourceFault, match=f"answered {status}"):
        await fetch(server.put("/p", "", status=status))


async def test_a_silent_server_is_given_up(server):
    with pytest.raises(SourceFault, match=r"no answer within 0\.05 s"):
        await fetch(server.put_silence("/p"), total_s=0.05)


async def test_a_page_without_an_end_is_given_up_at_the_limit(server):
    with pytest.raises(SourceFault, match="larger than"):
        await fetch(server.put_trickle("/p", b"x" * 50_000))


async def test_a_page_of_exactly_the_limit_is_read(server):
    page = await fetch(server.put("/p", b"x" * BODY_BYTES_MAX))
    assert len(page.body) == BODY_BYTES_MAX
    with pytest.raises(SourceFault, match="larger than"):
        await fetch(server.put("/p", b"x" * (BODY_BYTES_MAX + 1)))


async def test_nobody_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/"
    with pytest.raises(SourceFault, match="no answer"):
        await fetch(address)


async def test_a_packed_page_is_not_unfolded(server):
    bomb = gzip.compress(b"0" * 50_000_000)
    with pytest.raises(SourceFault, match="packed"):
        await fetch(server.put("/p", bomb, Content_Encoding="gzip"))


async def test_a_redirect_on_the_same_host_is_followed(server):
    server.put("/new", "here")
    old = server.put("/old", "", status=301, Location="/new")
    assert (await fetch(old)).body == b"here"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "http://127.0.0.1:9/",
        "http://169.254.169.254/latest/meta-data",
        "https://example.org/",
        "file:///etc/passwd",
        "//example.org/",
    ],
)
async def test_a_redirect_to_another_place_is_refused_and_named(server, elsewhere):
    with pytest.raises(SourceFault, match="redirects to another place"):
        await fetch(server.put("/p", "", status=302, Location=elsewhere))
    assert len(server.requests) == 1


async def test_redirects_in_a_circle_end(server):
    with pytest.raises(SourceFault, match="more than 3 redirects"):
        await fetch(server.put("/p", "", status=302, Location="/p"))
    assert len(server.requests) == REDIRECTS_MAX + 1


async def test_what_is_no_http_is_refused():
    async def garbage(_, writer):
        writer.write(b"\x00\xffSSH-2.0-no\r\n\r\n" * 10)
        writer.close()

    import asyncio

    listener = await asyncio.start_server(garbage, "127.0.0.1", 0)
    async with listener:
        port = listener.sockets[0].getsockname()[1]
        with pytest.raises(SourceFault, match="no answer"):
            await fetch(f"http://127.0.0.1:{port}/")


async def test_a_validator_that_could_not_be_sent_back_is_dropped(server):
    page = await fetch(server.put("/p", "x", ETag='"' + "e" * 5_000 + '"'))
    assert page.validator == NOTHING


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/feed",
        "ftp://example.org/",
        "https://",
        "https://user:secret@example.org/",
        "https://example.org:99999/",
        "javascript:alert(1)",
        "https://exa mple.org",
        "https://example.org/\x1b[2J",
        "https://[::1",
        "https://" + "a" * 600,
    ],
)
async def test_an_address_in_the_clear_or_of_no_host_is_refused(address):
    assert address_fault(address)
    with pytest.raises(SourceFault):
        await fetch(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/feed?x=1",
        "http://localhost:80/a",
        "http://127.0.0.7",
        "http://[::1]:9/",
    ],
)
def test_an_encrypted_address_or_one_of_this_machine_is_fine(address):
    assert address_fault(address) == ""
