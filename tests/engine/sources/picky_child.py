"""The child that reads feeds, which dies of a page that says `hostile`."""

import io
import os
import sys

import msgspec

from tui_trader.engine.ports.sentiment_source import FeedTask
from tui_trader.engine.sources.feed_child import main

raw = sys.stdin.buffer.read()
if msgspec.msgpack.decode(raw, type=FeedTask).body == b"hostile":
    os.abort()
sys.stdin = io.TextIOWrapper(io.BytesIO(raw))
main()
