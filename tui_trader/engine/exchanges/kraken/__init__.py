"""Kraken: its own WebSocket v2 client, its limits, and the adapter that joins them with REST."""
