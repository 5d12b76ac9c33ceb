from contextlib import AsyncExitStack

import pytest

from tests.engine.exchanges.local_kraken.visitors import Visitor
from tui_trader.engine.exchanges.local_kraken.server import serve
from tui_trader.engine.exchanges.local_kraken.venue import ServeConfig


@pytest.fixture
async def open_exchange(tmp_path):
    """Opens an exchange and a visitor to it; a frozen market unless told otherwise."""
    async with AsyncExitStack() as stack:

        async def open_it(**changes):
            config = {"journal": tmp_path / "journal.jsonl", "speed": 0, **changes}
            exchange = await stack.enter_async_context(serve(ServeConfig(**config)))
            return await stack.enter_async_context(Visitor(exchange))

        yield open_it


@pytest.fixture
async def visitor(open_exchange):
    return await open_exchange()
