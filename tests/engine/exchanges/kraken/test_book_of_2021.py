"""The book against a recorded hour of WebSocket v1: ten pairs, a thousand levels, 4,269 checksums.

Version 1 spells the levels otherwise, and writes some prices with more decimals than the pair lists.
"""

import gzip
import json
from collections import Counter

import pytest

from tests.engine.exchanges.kraken.test_book import checksum_of, row
from tui_trader.engine.exchanges.ccxt_bridge.translate import Pairs
from tui_trader.engine.exchanges.kraken.book import Book

DEPTH = 1_000


def messages_in(path):
    """Book messages: pair, the parts of the message, whether it is a snapshot."""
    with gzip.open(path, "rt") as file:
        for line in file:
            _, _, text = line.partition(": ")
            if text.startswith("["):
                _, *parts, _, pair = json.loads(text)
                merged = {name: levels for part in parts for name, levels in part.items()}
                yield pair, merged, "as" in merged or "bs" in merged


def sides_of(parts):
    """Levels without their time stamps."""
    return {
        side: [level[:2] for level in parts.get(name, parts.get(f"{name}s", ()))]
        for side, name in (("asks", "a"), ("bids", "b"))
    }


@pytest.fixture
def pairs(real_data):
    with gzip.open(real_data / "ws" / "cryptofeed_KRAKEN.0.gz", "rt") as file:
        text = file.read()
    _, _, answer = text.partition("AssetPairs -> ")
    _, _, answer = answer.partition(": ")
    listing, _ = json.JSONDecoder().raw_decode(answer)
    return Pairs(listing["result"])


@pytest.mark.real_data
def test_every_checksum_of_ten_pairs_agrees(real_data, pairs):
    books, agreed = {}, Counter()
    for pair, parts, is_snapshot in messages_in(real_data / "ws" / "cryptofeed_KRAKEN.ws.50.0.gz"):
        if is_snapshot:
            sides = sides_of(parts)
            instrument = pairs.instrument(pairs.symbol(pair))
            checksum = checksum_of(DEPTH, instrument=instrument, **sides)
            books[pair] = Book(instrument, DEPTH, row(checksum=checksum, **sides))
        else:
            books[pair].take(row(checksum=int(parts["c"]), **sides_of(parts)))
            agreed[pair] += 1
    assert len(agreed) == 10
    assert agreed.total() == 4_269


@pytest.mark.real_data
def test_every_recorded_pair_has_an_instrument(pairs):
    symbols = pairs.symbols()
    assert len(symbols) == 293
    assert {"BTC/USD", "ETH/USD", "DOGE/USD", "BTC/CHF"} <= set(symbols)
    for symbol in symbols:
        assert pairs.instrument(symbol).tick > 0
