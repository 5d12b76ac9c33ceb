"""Two sets of candles made one: the rule for rows of the same moment.

Law: the union of both, each moment once, in order. Rows that say the same are one row. Where they
differ, the stored one stays unless the writer says that its source is the better one; either way the
difference is counted and its first place named. No row is ever lost, none invented.
"""

from typing import NamedTuple

import numpy as np

from tui_trader.engine.analysis.candles import PRICES, BoolArray
from tui_trader.engine.stores.candles.bars import Bars, joined

# The same trades summed in another order differ in the last digits; that is no other candle.
VOLUME_TOLERANCE = 1e-9


class MergeCount(NamedTuple):
    """What a merge came to.

    Args:
        added: Rows of moments that were not there.
        same: Rows that were there already.
        differing: Rows of a known moment that say something else.
        first_differing_ms: The first of them.
    """

    added: int = 0
    same: int = 0
    differing: int = 0
    first_differing_ms: int | None = None

    def plus(self, other: "MergeCount") -> "MergeCount":
        """Both together."""
        firsts = [
            one for one in (self.first_differing_ms, other.first_differing_ms) if one is not None
        ]
        return MergeCount(
            self.added + other.added,
            self.same + other.same,
            self.differing + other.differing,
            min(firsts, default=None),
        )


def merged(old: Bars, new: Bars, *, is_new_better: bool) -> tuple[Bars, MergeCount]:
    """Both, by the law above.

    Args:
        old: Strictly increasing in time.
        new: Alike.
        is_new_better: Whether `new` wins where they differ.
    """
    places = np.searchsorted(old.open_time_ms, new.open_time_ms)
    is_known = np.zeros(new.row_count, dtype=np.bool_)
    inside = places < old.row_count
    is_known[inside] = old.open_time_ms[places[inside]] == new.open_time_ms[inside]
    known_places = places[is_known]
    known_new = new.taken(is_known)
    differs = ~same_rows(old.taken(known_places), known_new)
    count = MergeCount(
        added=int(new.row_count - is_known.sum()),
        same=int((~differs).sum()),
        differing=int(differs.sum()),
        first_differing_ms=_first(known_new, differs),
    )
    if is_new_better and count.differing:
        old = Bars._make(column.copy() for column in old)
        for kept, fresh in zip(old, known_new, strict=True):
            kept[known_places[differs]] = fresh[differs]
    if not count.added:
        return old, count
    both = joined((old, new.taken(~is_known)))
    if old.row_count and both.open_time_ms[old.row_count] < old.open_time_ms[-1]:
        both = both.taken(np.argsort(both.open_time_ms, kind="stable"))
    return both, count


def same_rows(left: Bars, right: Bars) -> BoolArray:
    """Which rows say the same: equal prices, volumes equal but for rounding."""
    is_same: BoolArray = np.isclose(
        left.volume, right.volume, rtol=VOLUME_TOLERANCE, atol=0, equal_nan=True
    )
    for name in PRICES:
        is_same &= getattr(left, name) == getattr(right, name)
    return is_same


def _first(bars: Bars, mask: BoolArray) -> int | None:
    return int(bars.open_time_ms[np.argmax(mask)]) if mask.any() else None
