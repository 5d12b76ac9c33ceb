"""REST of Kraken through ccxt: one client, translated into our words and our faults."""
