"""The local Kraken: the simulator behind Kraken's REST and WebSocket v2, on loopback."""
