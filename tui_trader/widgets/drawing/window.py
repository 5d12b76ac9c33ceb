"""Which candles a chart shows, and in which column each stands."""

import msgspec


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """The candles in sight, flush right: `first` and `end` are places among all of them.

    Args:
        left: First column.
        step: Cells a candle takes.
    """

    first: int
    end: int
    left: int
    step: int

    @property
    def columns(self) -> list[int]:
        """Column of each candle in sight."""
        return [self.column(place) for place in range(self.first, self.end)]

    def column(self, place: int) -> int:
        """Column of the candle in that place."""
        return self.left + (place - self.first) * self.step + self.step // 2

    def place_at(self, column: int) -> int | None:
        """Place of the candle that is drawn in a column."""
        place = self.first + (column - self.left) // self.step
        return place if self.first <= place < self.end else None


def window_of(count: int, width: int, *, step: int, pan: int = 0) -> Window:
    """The newest candles that `width` columns hold, `pan` candles back; no further than the oldest."""
    room = max(1, width // step)
    end = max(min(room, count), count - max(0, pan))
    first = max(0, end - room)
    return Window(first=first, end=end, left=width - (end - first) * step, step=step)
