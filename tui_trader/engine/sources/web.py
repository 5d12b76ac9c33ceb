"""The way to the web for all sources: every page bounded in bytes, time and redirects.

Law: nothing that a server does costs more than TOTAL_S and BODY_BYTES_MAX. Redirects are followed on
the same host only, so an address in the settings is the host that is asked, and no server sends us
into the user's own network. Pages are asked for unpacked: a small packed one may unfold to gigabytes.
"""

import asyncio
from typing import Final
from urllib.parse import urljoin

import aiohttp

from tui_trader.engine.ports.sentiment_source import Page, Validator
from tui_trader.engine.values.addresses import address_fault, has_same_origin
from tui_trader.engine.values.errors import SourceFault
from tui_trader.engine.values.text import sanitize

TOTAL_S = 10.0
CONNECT_S = 5.0
BODY_BYTES_MAX = 1_000_000
HEADER_BYTES_MAX = 8_190
REDIRECTS_MAX = 3
CHUNK_BYTES = 65_536
VALIDATOR_LENGTH_MAX = 300
OK: Final = 200
NOT_MODIFIED: Final = 304
MOVED: Final = frozenset({301, 302, 303, 307, 308})
AGENT = "tui-trader (headlines; asks seldom, with If-None-Match)"


class BoundedReader:
    """Fetches one page at a time an address; implements `WebReader`.

    Args:
        total_s: Longest wait for one page, redirects included.
    """

    def __init__(self, *, total_s: float = TOTAL_S) -> None:
        self._total_s = total_s

    async def fetch(self, address: str, known: Validator) -> Page:
        """What stands at an address.

        Raises:
            SourceFault: nothing usable came back.
        """
        try:
            async with asyncio.timeout(self._total_s):
                return await self._fetch(address, known)
        except TimeoutError as error:
            message = f"no answer within {self._total_s:g} s"
            raise SourceFault(message) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # ValueError: a header or an address of the server's that the library cannot read.
            message = f"no answer: {sanitize(str(error), length_max=120) or type(error).__name__}"
            raise SourceFault(message) from error

    async def _fetch(self, address: str, known: Validator) -> Page:
        # A session a page: no cookie, no connection and no state outlives it.
        async with aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=self._total_s, connect=CONNECT_S),
            max_line_size=HEADER_BYTES_MAX,
            max_field_size=HEADER_BYTES_MAX,
        ) as session:
            for _ in range(REDIRECTS_MAX + 1):
                if fault := address_fault(address):
                    message = f"{sanitize(address, length_max=80)}: {fault}"
                    raise SourceFault(message)
                async with session.get(
                    address, headers=_headers(known), allow_redirects=False
                ) as answer:
                    if answer.status not in MOVED:
                        return await _page(answer, known)
                    address = _next_address(address, answer)
        message = f"more than {REDIRECTS_MAX} redirects"
        raise SourceFault(message)


def _headers(known: Validator) -> dict[str, str]:
    headers = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
    if known.etag:
        headers["If-None-Match"] = known.etag
    if known.modified:
        headers["If-Modified-Since"] = known.modified
    return headers


def _next_address(address: str, answer: aiohttp.ClientResponse) -> str:
    target = urljoin(address, answer.headers.get("Location", ""))
    if not has_same_origin(address, target):
        place = sanitize(target, length_max=80)
        message = (
            f"it redirects to another place, {place}; name that in [sentiment] if you trust it"
        )
        raise SourceFault(message)
    return target


async def _page(answer: aiohttp.ClientResponse, known: Validator) -> Page:
    if answer.status == NOT_MODIFIED and known != Validator():
        return Page(body=b"", validator=known, is_new=False)
    if answer.status != OK:
        message = f"the server answered {answer.status}"
        raise SourceFault(message)
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        message = "the server packed the page though it was asked not to"
        raise SourceFault(message)
    body = bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            message = f"the page is larger than {BODY_BYTES_MAX:,} bytes"
            raise SourceFault(message)
    return Page(body=bytes(body), validator=_validator(answer), is_new=True)


def _validator(answer: aiohttp.ClientResponse) -> Validator:
    """What may be sent back: printable and short, else nothing."""
    etag, modified = (answer.headers.get(name, "") for name in ("ETag", "Last-Modified"))
    return Validator(*(text if _is_short(text) else "" for text in (etag, modified)))


def _is_short(text: str) -> bool:
    return len(text) <= VALIDATOR_LENGTH_MAX and text.isascii() and text.isprintable()
