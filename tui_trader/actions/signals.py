"""Actions of the signals screen."""

from typing import Final

from tui_trader.actions.declaration import Action, Group, Where


def _row(  # noqa: PLR0917 a table reads by columns
    name: str,
    keys: tuple[str, ...],
    shown: str,
    label: str,
    tooltip: str,
    *,
    panes: tuple[str, ...] = (),
) -> Action:
    return Action(
        id=name,
        keys=keys,
        shown=shown,
        label=label,
        tooltip=tooltip,
        group=Group.SIGNALS,
        where=Where.SIGNALS,
        panes=panes,
    )


SIGNALS: Final[tuple[Action, ...]] = (
    _row("move(1)", ("j", "down"), "j k", "line", "Next pair, line or decision; k goes back."),
    _row("move(-1)", ("k", "up"), "", "", "The one before."),
    _row("move(20)", ("ctrl+d", "pagedown"), "^d ^u", "", "Twenty lines on; ^u comes back."),
    _row("move(-20)", ("ctrl+u", "pageup"), "", "", "Twenty lines back."),
    _row("move(-1000000)", ("home",), "Home", "", "First line; gg too."),
    _row(
        "move(1000000)", ("G", "end"), "G", "", "Last line; of decisions the oldest that was read."
    ),
    _row(
        "open",
        ("enter",),
        "Enter",
        "open",
        "Pairs: the desk of that pair. Decisions: the gates of the marked one.",
    ),
    _row(
        "filter",
        ("slash",),
        "/",
        "search",
        "Decisions that contain what you type: pair, gate, outcome, reason.",
    ),
    _row(
        "next_gate(1)",
        ("v",),
        "v V",
        "gate",
        "Decisions that one gate stopped: signal, confidence, edge and so on; V goes back.",
    ),
    _row("next_gate(-1)", ("V",), "", "", "The gate before."),
    _row("one_pair", ("p",), "p", "this pair", "Decisions of the chosen pair alone, or of all."),
    _row("open_models", ("m",), "m", "models", "The models screen, at the model of this pair."),
    _row("next_pane(1)", ("tab",), "Tab", "pane", "Next pane; Shift+Tab goes back."),
    _row("next_pane(-1)", ("shift+tab",), "", "", "Previous pane."),
    *(
        _row(
            f"pane({number})",
            (str(number),),
            "1-6" if number == 1 else "",
            "",
            "1 pairs, 2 why, 3 reasons, 4 record, 5 drift, 6 decisions."
            if number == 1
            else f"Pane {number}.",
        )
        for number in range(1, 7)
    ),
    _row("zoom", ("z",), "z", "zoom", "Show the active pane alone; again to come back."),
    _row("back", ("escape",), "Esc", "", "Search away; then the newest decision again."),
)
