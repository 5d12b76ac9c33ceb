"""What the bridge to any exchange promises, and what it does not."""

from typing import Final

from tui_trader.engine.values.abilities import Abilities

BRIDGE_ABILITIES: Final = Abilities(
    # ccxt has no deadline for orders: one whose answer was lost may arrive late.
    has_deadline=False,
    # Half of what exchanges say has no class of its own in ccxt: such a refusal comes back as
    # unknown, and is looked up.
    tells_refusals=False,
    pages_trades=False,
    has_verified_books=False,
)
"""Market and limit orders until cancelled. Its stream is a doorbell: what happened, REST tells."""
