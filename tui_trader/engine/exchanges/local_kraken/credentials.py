"""The demo key: fixed, public, worth nothing outside this machine."""

DEMO_API_KEY = "tui-trader-demo-key-with-no-value-outside-loopback"
DEMO_API_SECRET = "dHVpLXRyYWRlciBkZW1vIHNlY3JldDogcHVibGljLCBmb3IgdGhlIGxvY2FsIGV4Y2hhbmdlIG9ubHk="  # noqa: S105
"""Base64, as Kraken's secrets are."""
