"""Actions on the chart and the ladder of the desk."""

from typing import Final

from tui_trader.actions.declaration import Action, Group, Where

_CHART, _BOOK, _BOTH = ("chart",), ("book",), ("chart", "book")
_PANES = {
    "cross(1)": _CHART,
    "pan(4)": _CHART,
    "line('ema')": _CHART,
    "log_scale": _CHART,
    "averaged": _CHART,
    "widen(-1)": _BOTH,
    "carry": _BOTH,
    "enter": _BOOK,
    "back": _BOTH,
}


def _row(  # noqa: PLR0917 a table reads by columns
    name: str, keys: tuple[str, ...], shown: str, label: str, tooltip: str
) -> Action:
    return Action(
        id=name,
        keys=keys,
        shown=shown,
        label=label,
        tooltip=tooltip,
        group=Group.DESK,
        where=Where.DESK,
        panes=_PANES.get(name, ()),
    )


DESK_PANES: Final[tuple[Action, ...]] = (
    _row(
        "carry",
        ("m",),
        "m",
        "move order",
        "Take up an own order or stop of this pair; again the next. Keys carry it, Enter sends the new price.",
    ),
    _row(
        "enter",
        ("enter",),
        "Enter",
        "ticket",
        "Ladder: a ticket at the price under the cursor. With an order taken up: send its new price.",
    ),
    _row(
        "back",
        ("escape",),
        "Esc",
        "",
        "Put the order back; let the ladder follow the market; cross-hair away; the newest candle.",
    ),
    _row(
        "cross(1)",
        ("right",),
        "← →",
        "cross-hair",
        "Read off candle by candle; with an order taken up, a tick down or up.",
    ),
    _row("cross(-1)", ("left",), "", "", "The candle before."),
    _row("cross(10)", ("shift+right",), "", "", "Ten candles on."),
    _row("cross(-10)", ("shift+left",), "", "", "Ten candles back."),
    _row("pan(4)", ("l",), "h l", "pan", "Back in time, and forward; H and L in big steps."),
    _row("pan(-4)", ("h",), "", "", "Back in time."),
    _row("pan(-40)", ("H",), "", "", "Back in time in big steps."),
    _row("pan(40)", ("L",), "", "", "Forward in big steps."),
    _row(
        "widen(-1)",
        ("plus",),
        "+ -",
        "zoom",
        "Chart: fewer candles, drawn wider; - shows more. Ladder: finer or coarser price steps.",
    ),
    _row("widen(1)", ("minus",), "", "", "More candles; on the ladder coarser steps."),
    _row("line('ema')", ("e",), "e v B", "lines", "Lines: e EMA 20 and 50, v VWAP, B Bollinger."),
    _row("line('vwap')", ("v",), "", "", "VWAP since 00:00 UTC."),
    _row("line('bollinger')", ("B",), "", "", "Bollinger Bands of 20 candles, 2 deviations."),
    _row(
        "log_scale", ("p",), "p", "log", "Logarithmic prices: equal distances are equal percents."
    ),
    _row("averaged", ("o",), "o", "candles", "Heikin-Ashi candles, or the true ones."),
)
