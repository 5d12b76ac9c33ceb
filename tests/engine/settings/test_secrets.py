"""Secrets stay out of everything that is printed by accident."""

from rich.console import Console

from tui_trader.engine.settings.model import Settings, VenueSettings

SECRETS = ("key-that-must-not-show", "secret-that-must-not-show")


def test_no_printer_shows_a_secret():
    settings = Settings(venue=VenueSettings(api_key=SECRETS[0], api_secret=SECRETS[1]))
    console = Console(width=200)
    with console.capture() as capture:
        console.print(settings)
    for shown in (repr(settings), str(settings), f"{settings.venue}", capture.get()):
        assert not any(secret in shown for secret in SECRETS)
