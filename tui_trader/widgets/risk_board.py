"""What a person has marked on the risk screen."""

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class RiskBoard:
    """All of the screen.

    Args:
        limit: Line of the limits.
        exposure: Line of the exposures.
        trip: Line of what was refused or stopped, counted from the newest.
    """

    limit: int = 0
    exposure: int = 0
    trip: int = 0
