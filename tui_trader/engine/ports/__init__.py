"""The sockets of the engine: what it needs from outside, one Protocol a file."""
