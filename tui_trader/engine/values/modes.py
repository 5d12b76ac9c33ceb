"""The pair of market feed and execution a session runs on, by its name."""

from enum import Enum


class Mode(Enum):
    """What is real in a session; `launch` knows what each is wired to."""

    DEMO = "demo"
    """Local exchange, no network, no money."""
    PAPER = "paper"
    """Real prices, simulated execution."""
    LIVE = "live"
    """Real prices, real money."""


class LinkState(Enum):
    """Condition of one connection to the outside."""

    CONNECTING = "connecting"
    UP = "up"
    DOWN = "down"
