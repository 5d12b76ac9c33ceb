"""Actions of the whole console: STOP first, the screens, help and the way out."""

from typing import Final

from tui_trader.actions.declaration import Action, Group, Where

STOP_KEYS: Final = (
    "exclamation_mark",
    # As reported by terminals that name the key rather than its character, ...
    "shift+1",
    "shift+exclamation_mark",
    # ... with Alt, or with the Escape that was pressed just before it, ...
    "alt+exclamation_mark",
    "alt+shift+1",
    # ... and by an input method left in full-width mode.
    "fullwidth_exclamation_mark",
)
"""`!` by every name a terminal may report it."""

STOP: Final = Action(
    id="stop",
    keys=STOP_KEYS,
    shown="!",
    label="STOP",
    tooltip="Emergency stop: cancel every order and refuse new ones. Acts at once, asks nothing.",
    group=Group.SAFETY,
    where=Where.EVERYWHERE,
    has_priority=True,
)

EVERYWHERE: Final[tuple[Action, ...]] = (
    STOP,
    Action(
        id="theme",
        keys=("T",),
        shown="T",
        label="",
        tooltip="Other colours: dark, light, high contrast, colour-blind safe, none.",
        group=Group.CONSOLE,
        where=Where.EVERYWHERE,
    ),
    Action(
        id="repaint",
        keys=("ctrl+l",),
        shown="^l",
        label="",
        tooltip="Paint the whole screen again.",
        group=Group.CONSOLE,
        where=Where.EVERYWHERE,
        has_priority=True,
    ),
    Action(
        id="explain_ctrl_c",
        keys=("ctrl+c",),
        shown="^c",
        label="",
        tooltip="Does nothing but say which keys quit and stop.",
        group=Group.CONSOLE,
        where=Where.EVERYWHERE,
        has_priority=True,
    ),
)
"""Bound by the app itself: they hold in dialogs too."""

SCREENS: Final[tuple[Action, ...]] = (
    Action(
        id="resume",
        keys=("R",),
        shown="R",
        label="resume",
        tooltip="Resume trading after a stop; you are asked to type the word RESUME.",
        group=Group.SAFETY,
        where=Where.SCREENS,
    ),
    Action(
        id="flatten",
        keys=("F",),
        shown="F",
        label="",
        tooltip="Emergency stop, then sell every position at the market; you are asked to type FLATTEN.",
        group=Group.SAFETY,
        where=Where.SCREENS,
    ),
    Action(
        id="arm",
        keys=("A",),
        shown="A",
        label="arm",
        tooltip="Live mode: let trading keys act for some minutes; again to put them to sleep.",
        group=Group.SAFETY,
        where=Where.SCREENS,
    ),
    Action(
        id="command",
        keys=("colon",),
        shown=":",
        label="command",
        tooltip="Type a command, such as :buy btc 0.5% @mid-10 sl 1.2%; Tab completes.",
        group=Group.CONSOLE,
        where=Where.SCREENS,
    ),
    Action(
        id="palette",
        keys=("ctrl+p",),
        shown="^p",
        label="",
        tooltip="Find any action, screen, pair, theme or setting by a part of its name.",
        group=Group.CONSOLE,
        where=Where.SCREENS,
    ),
    Action(
        id="jump_to",
        keys=("g",),
        shown="g",
        label="",
        tooltip="Jump: g and a letter goes to a screen, g and a number to a pane, gg to the top.",
        group=Group.LOOKING,
        where=Where.SCREENS,
    ),
    Action(
        id="help",
        keys=("question_mark", "f1"),
        shown="?",
        label="help",
        tooltip="Every key: safety, those of this screen, then all others; / searches.",
        group=Group.CONSOLE,
        where=Where.SCREENS,
    ),
    Action(
        id="copy",
        keys=("y",),
        shown="y",
        label="",
        tooltip="Copy the chosen row to the clipboard of your terminal; Y copies its name alone.",
        group=Group.CONSOLE,
        where=Where.SCREENS,
    ),
    Action(
        id="copy_name",
        keys=("Y",),
        shown="",
        label="",
        tooltip="Copy the id or the pair of the chosen row.",
        group=Group.CONSOLE,
        where=Where.SCREENS,
    ),
    Action(
        id="export",
        keys=("E",),
        shown="E",
        label="",
        tooltip="Write a table of this screen to a file in the home, as CSV or JSON.",
        group=Group.CONSOLE,
        where=Where.SCREENS,
    ),
    Action(
        id="leave",
        keys=("q", "ctrl+q"),
        shown="q",
        label="quit",
        tooltip="Leave: keep the engine running, shut it down, or stay.",
        group=Group.CONSOLE,
        where=Where.SCREENS,
    ),
    Action(
        id="timeframe(1)",
        keys=("right_square_bracket",),
        shown="[ ]",
        label="timeframe",
        tooltip="Shorter or longer candles: 1m, 5m, 15m, 30m, 1h, 4h, 1d.",
        group=Group.LOOKING,
        panes=("watch", "chart", "book", "markets", "an-chart", "an-readings", "an-times"),
        where=Where.SCREENS,
    ),
    Action(
        id="timeframe(-1)",
        keys=("left_square_bracket",),
        shown="",
        label="",
        tooltip="Shorter candles.",
        group=Group.LOOKING,
        where=Where.SCREENS,
    ),
)
"""The same on every screen."""
