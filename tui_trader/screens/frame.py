"""What every screen has around its panes: status, modes, banner and keys, and how much is left.

Law: status bar, banner and key bar are there at every size from 80x23 up. The mode bar gives way first,
to a long banner on a low terminal: its keys work all the same. Below 80x23 only the line that says so
is there.
"""

from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

WIDTH_MIN, HEIGHT_MIN = 80, 23
"""A line less than the usual 24: tmux and screen take one for themselves."""
BANNER_MAX = 7
BODY_MIN = 17
ABOVE_OTHERS = "toasts"
"""The one pane that covers others."""


def framed(width: int, height: int, *, banner_lines: int = 0) -> tuple[dict[str, Region], Region]:
    """Regions of the frame by pane name, and the area that is left; empty on a small terminal."""
    if width < WIDTH_MIN or height < HEIGHT_MIN:
        return {"too-small": Region(0, 0, width, height)}, Region(0, 0, 0, 0)
    banner = min(BANNER_MAX, banner_lines, height - BODY_MIN)
    regions = {"status": Region(0, 0, width, 1), "keys": Region(0, height - 1, width, 1)}
    top = 1
    if height - 3 - banner >= BODY_MIN:
        regions["modes"] = Region(0, top, width, 1)
        top += 1
    if banner:
        regions["banner"] = Region(0, top, width, banner)
    top += banner
    return regions, Region(0, top, width, height - 1 - top)


class RegionLayout(Layout):
    """Places the panes where `regions` says; a pane that is not named is not shown."""

    name = "regions"

    def __init__(self) -> None:
        self.regions: dict[str, Region] = {}

    def arrange(  # noqa: PLR0917 the signature is Textual's
        self,
        parent: Widget,  # noqa: ARG002
        children: list[Widget],
        size: Size,  # noqa: ARG002
        greedy: bool = True,  # noqa: ARG002, FBT001, FBT002
    ) -> ArrangeResult:
        """Placements of the children that have a region."""
        return [
            WidgetPlacement(
                self.regions[child.id],
                NULL_OFFSET,
                NULL_SPACING,
                child,
                order=1 if child.id == ABOVE_OTHERS else 0,
            )
            for child in children
            if child.id in self.regions
        ]
