"""Where each pane of the desk stands, as a pure function of the size.

A pane that has no region is not shown.
"""

from dataclasses import dataclass

from textual.geometry import Region

from tui_trader.screens.frame import framed

_MIDDLE_WIDTH, _WIDE_WIDTH = 100, 160
_LEFT_NARROW, _LEFT_MIDDLE, _LEFT_WIDE = 33, 41, 50
_TICKET_WIDTH, _TICKET_HEIGHT = 44, 13
_CHART_WIDTH_MIN, _CHART_HEIGHT_MIN = 30, 7
_LIST_MIN = 3
_LOW = 30
_SIGNAL_WIDTH = 27
_RISK_LINES, _RISK_LINES_LOW = 9, 3
_BOOK_MIN = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskShape:
    """What the layout depends on.

    Args:
        pair_count: Lines the watch list would like.
        position_count: Lines the positions would like; counts on a low terminal only.
        order_count: Likewise, the orders.
        zoomed: Name of the pane that is shown alone, or `""`.
    """

    width: int
    height: int
    pair_count: int = 5
    position_count: int = 0
    order_count: int = 0
    banner_lines: int = 0
    has_ticket: bool = False
    zoomed: str = ""


def desk_regions(shape: DeskShape) -> dict[str, Region]:
    """Region of every pane that is shown, by its name."""
    width = shape.width
    regions, body = framed(width, shape.height, banner_lines=shape.banner_lines)
    if not body.area:
        return regions
    if shape.zoomed and not shape.has_ticket:
        return {**regions, shape.zoomed: body}
    left_width = _left_width(width)
    left, right = body.split_vertical(left_width)
    right = Region(right.x + 1, right.y, right.width - 1, right.height)
    watch, book = left.split_horizontal(min(1 + shape.pair_count, left.height // 2))
    regions |= {"watch": watch, **_book_and_risk(book, is_low=body.height < _LOW)}
    columns = _right_wide(right) if width >= _WIDE_WIDTH else _right(right, shape)
    return {**regions, **(_with_ticket(right, columns) if shape.has_ticket else columns)}


def _book_and_risk(area: Region, *, is_low: bool) -> dict[str, Region]:
    """The limits below the book: all of them, the two that matter most, or none where the book is short."""
    lines = _RISK_LINES_LOW if is_low else _RISK_LINES
    if area.height - lines < _BOOK_MIN:
        return {"book": area}
    book, risk = area.split_horizontal(area.height - lines)
    return {"book": book, "risk-strip": risk}


def _left_width(width: int) -> int:
    if width >= _WIDE_WIDTH:
        return _LEFT_WIDE
    return _LEFT_MIDDLE if width >= _MIDDLE_WIDTH else _LEFT_NARROW


def _share(height: int, percent: int, *, least: int, most: int) -> int:
    return max(least, min(most, height * percent // 100))


def _right(area: Region, shape: DeskShape) -> dict[str, Region]:
    """Chart above positions, orders and log; the signals beside the log where there is room.

    Tables keep their height whatever is in them, so that nothing jumps; only where lines are few
    do they give the chart what they do not need.
    """
    height = area.height
    positions = _share(height, 16, least=4, most=8)
    orders = _share(height, 20, least=4, most=12)
    log = _share(height, 23, least=4, most=14)
    if height < _LOW:
        positions = min(positions, 2 + shape.position_count)
        orders = min(orders + 1, 2 + shape.order_count)
        # Below its least height a chart is an empty pane: log, orders and positions each give a line.
        spare = height - _CHART_HEIGHT_MIN - positions - orders - log
        for _ in range(min(3, max(0, -spare))):
            if log > _LIST_MIN:
                log -= 1
            elif orders > _LIST_MIN + 1:
                orders -= 1
            elif positions > _LIST_MIN:
                positions -= 1
    chart, rest = area.split_horizontal(height - positions - orders - log)
    position_region, rest = rest.split_horizontal(positions)
    order_region, log_region = rest.split_horizontal(orders)
    regions = {"chart": chart, "positions": position_region, "orders": order_region}
    if area.width - _SIGNAL_WIDTH > _TICKET_WIDTH:
        log_region, signals = log_region.split_vertical(area.width - _SIGNAL_WIDTH)
        regions["signals"] = Region(signals.x + 1, signals.y, signals.width - 1, signals.height)
    return {**regions, "log": log_region}


def _right_wide(area: Region) -> dict[str, Region]:
    """Chart above two columns: positions over orders, log over signals."""
    bottom = _share(area.height, 38, least=12, most=24)
    chart, rest = area.split_horizontal(area.height - bottom)
    left, right = rest.split_vertical(area.width * 58 // 100)
    right = Region(right.x + 1, right.y, right.width - 1, right.height)
    positions, orders = left.split_horizontal(_share(bottom, 40, least=4, most=9))
    log, signals = right.split_horizontal(bottom - 4)
    return {
        "chart": chart,
        "positions": positions,
        "orders": orders,
        "log": log,
        "signals": signals,
    }


def _with_ticket(area: Region, columns: dict[str, Region]) -> dict[str, Region]:
    """The ticket beside the chart; on top of everything where the chart has no room beside it."""
    chart = columns["chart"]
    if chart.width >= _TICKET_WIDTH + _CHART_WIDTH_MIN and chart.height >= _TICKET_HEIGHT:
        chart, ticket = chart.split_vertical(chart.width - _TICKET_WIDTH)
        return {**columns, "chart": chart, "ticket": ticket}
    ticket, rest = area.split_horizontal(_TICKET_HEIGHT)
    orders, log = rest.split_horizontal((rest.height + 1) // 2)
    return {"ticket": ticket, "orders": orders, "log": log}
