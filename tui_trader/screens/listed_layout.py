"""A list with the details of its marked line: beside it on a wide terminal, else below. Pure."""

from textual.geometry import Region

from tui_trader.screens.frame import framed

_WIDE = 160
_BESIDE_WIDTH = 62


def listed_regions(
    names: tuple[str, str], size: tuple[int, int], *, below: int, banner_lines: int
) -> dict[str, Region]:
    """Regions by pane name.

    Args:
        names: Of the list and of the details.
        size: Columns and rows of the terminal.
        below: Lines of the details where they are below.
        banner_lines: Lines that the banner would like.
    """
    regions, body = framed(*size, banner_lines=banner_lines)
    if not body.area:
        return regions
    if size[0] >= _WIDE:
        listed, details = body.split_vertical(body.width - _BESIDE_WIDTH)
        details = Region(details.x + 1, details.y, details.width - 1, details.height)
    else:
        listed, details = body.split_horizontal(body.height - min(below, body.height // 2))
    return {**regions, names[0]: listed, names[1]: details}
