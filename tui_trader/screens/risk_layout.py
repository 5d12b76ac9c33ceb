"""Where each pane of the risk screen stands, as a pure function of the size.

How to think about it: the gauges are always there. Below 110 columns one other pane stands under them, the
active one; from there on all four are in sight.
"""

from textual.geometry import Region

from tui_trader.screens.frame import framed

LIMIT_ROWS = 13
_WIDE = 110
_ACCOUNT_WIDTH = 44
_LOWER_MIN = 6


def risk_regions(size: tuple[int, int], *, active: str, banner_lines: int = 0) -> dict[str, Region]:
    """Region of every pane that is shown, by its name."""
    regions, body = framed(*size, banner_lines=banner_lines)
    if not body.area:
        return regions
    top = min(LIMIT_ROWS, body.height - _LOWER_MIN)
    if size[0] < _WIDE:
        upper, lower = body.split_horizontal(top)
        other = active if active != "rk-limits" else "rk-trips"
        return {**regions, "rk-limits": upper, other: lower}
    upper, lower = body.split_horizontal(min(top + 2, body.height // 2 + 2))
    limits, account = upper.split_vertical(upper.width - _ACCOUNT_WIDTH)
    held, tripped = lower.split_horizontal(lower.height // 3)
    return {
        **regions,
        "rk-limits": limits,
        "rk-account": Region(account.x + 1, account.y, account.width - 1, account.height),
        "rk-exposures": held,
        "rk-trips": tripped,
    }
