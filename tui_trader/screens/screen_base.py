"""What every screen of the console is made of: frame, keys from the table, mouse, panes."""

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.actions import parse as parse_action
from textual.app import ComposeResult
from textual.geometry import Region
from textual.layout import Layout
from textual.screen import Screen

from tui_trader.actions import TABS, Where
from tui_trader.actions.key_names import character_of
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import CommandId
from tui_trader.screens import ticket_keys
from tui_trader.screens.frame import RegionLayout
from tui_trader.screens.ticket_keys import MakeId
from tui_trader.screens.wishes import AnswersWanted, CommandWanted
from tui_trader.themes import Palette
from tui_trader.widgets.banner import Banner, banner_height
from tui_trader.widgets.drawing.mode_rows import tab_at
from tui_trader.widgets.key_bar import KeyBar
from tui_trader.widgets.mode_bar import ModeBar
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import INTERVALS, Attachment, Notice, Scene
from tui_trader.widgets.status_bar import StatusBar, TooSmall
from tui_trader.widgets.toast_pane import ToastPane, with_toasts

ACTOR = "console"
NOTICE_MS = 5_000
FRAME: tuple[type[Pane], ...] = (StatusBar, ModeBar, Banner, KeyBar, TooSmall, ToastPane)
_FRAME_NAMES = frozenset(pane.pane_name for pane in FRAME)
WHEEL_LINES = 3
"""Lines that one step of the mouse wheel moves."""


def end_of(event: events.Event) -> None:
    """Nobody else is to see it."""
    event.stop()
    event.prevent_default()


class ScreenBase(Screen[None], inherit_bindings=False):
    """Panes, layout and keys. It reads and writes the scene; it never talks to the engine.

    While another screen is shown nothing here is drawn; what a person had set up is in the scene.
    """

    PANES: ClassVar[tuple[type[Pane], ...]] = ()
    WHERE: ClassVar[Where]

    def __init__(self, scene: Scene, *, make_id: MakeId, palette: Callable[[], Palette]) -> None:
        super().__init__()
        self._scene, self._make_id, self._palette = scene, make_id, palette
        self._regions = RegionLayout()
        self._panes: list[Pane] = []
        everywhere = scene.keys.ids_by_key(Where.SCREENS)
        self._actions = {**everywhere, **scene.keys.ids_by_key(self.WHERE)}
        # Keys that go to another screen, whatever is open on this one.
        # Those that are a character are text where text is typed.
        self._switches = {
            key
            for key, action in everywhere.items()
            if "screen(" in action and not character_of(key)
        }
        self._alone = ""
        self._numbered = {pane.number: pane.pane_name for pane in self.PANES if pane.number}

    def compose(self) -> ComposeResult:
        """Every pane, once and for all; the layout says which are seen."""
        self._panes = [pane() for pane in (*FRAME, *self.PANES)]
        yield from self._panes

    @property
    def layout(self) -> Layout:
        """Ours, whatever the style sheet says."""
        return self._regions

    @property
    def is_shown(self) -> bool:
        """It is this screen that the person sees, maybe below a dialog."""
        tab = next(tab for tab in TABS if tab.where is self.WHERE)
        return self._scene.screen == tab.name

    def on_mount(self) -> None:
        """First drawing."""
        self.sync()

    def on_resize(self) -> None:
        """Lay out for the new size before the next tick."""
        self.sync()

    @abstractmethod
    def regions(self, palette: Palette) -> dict[str, Region]:
        """Where each pane stands now; must cost next to nothing when nothing has changed."""

    def banner_lines(self, palette: Palette) -> int:
        """Lines the banner needs."""
        return banner_height(self._scene, self.app.size.width, palette)

    def sync(self, *, but: frozenset[str] = frozenset()) -> None:
        """Show the scene as it is now, in all panes `but` some."""
        if not self.is_shown or not self._panes:
            return
        palette = self._palette()
        regions = with_toasts(self._with_zoom(self.regions(palette)), self._scene, palette)
        if regions != self._regions.regions:
            self._regions.regions = regions
            # Asked of a child: Textual forgets a cached arrangement on the way up from it.
            self._panes[0].refresh(layout=True)
        for pane in self._panes:
            if pane.pane_name not in but:
                pane.sync(self._scene, palette)

    def say(self, text: str, *, is_bad: bool = False) -> None:
        """A short notice in the key bar."""
        until_ms = self._scene.now_ms + NOTICE_MS
        self._scene.notice = Notice(text=text, until_ms=until_ms, is_bad=is_bad)
        self.sync()

    # Keys, each one done before the next is looked at.

    async def on_key(self, event: events.Key) -> None:
        """Dialog, what is open on the screen, the table: the first that wants the key takes it.

        Not by bindings: those act only after a key went up to the app, and of `b0.5` that came in one
        packet the digits would be taken before there is a ticket, or half of them.
        """
        top = self.app.screen
        if top is not self:
            # Typed before the dialog or the other screen was up, and meant for it.
            end_of(event)
            top.post_message(events.Key(event.key, event.character))
        elif event.key in self._switches or not self.takes(event.key, event.character or ""):
            if event.key in self._actions:
                end_of(event)
                await self.run_action(self._actions[event.key])
        else:
            end_of(event)

    def act(self, action_id: str) -> None:
        """Carry out an action of this screen now, before the next key is looked at."""
        _, name, arguments = parse_action(action_id)
        method = getattr(self, f"action_{name}", None)
        if method is not None:
            method(*arguments)

    def takes(self, key: str, character: str) -> bool:  # noqa: ARG002
        """Let what is open on the screen have a key first; whether it did."""
        return False

    def may_command(self) -> bool:
        """Whether a command would go out; says why not."""
        if self._scene.is_read_only:
            self.say("this console is read-only: nothing was sent", is_bad=True)
        elif TooSmall.pane_name in self._regions.regions:
            self.say("too small to see what would be sent: nothing was", is_bad=True)
        elif self._scene.attachment is not Attachment.ATTACHED:
            self.say("no engine: nothing was sent", is_bad=True)
        else:
            return True
        return False

    def wish(self, kind: type, **fields: object) -> None:
        """Ask the app to send a command."""
        command = kind(command_id=CommandId(self._make_id()), actor=ACTOR, **fields)
        self.post_message(CommandWanted(command))

    def select(self, symbol: Symbol) -> None:
        """Choose a pair; it is the chosen one on every screen."""
        scene = self._scene
        scene.symbol = symbol
        if scene.ticket is not None:
            scene.ticket = ticket_keys.for_pair(scene, scene.ticket)
            scene.ticket_answer = None
        self.post_message(AnswersWanted())

    def select_next(self, step: int) -> None:
        """Choose the next pair, round and round."""
        scene = self._scene
        if scene.symbols:
            now = scene.symbols.index(scene.symbol) if scene.symbol in scene.symbols else 0
            self.select(scene.symbols[(now + step) % len(scene.symbols)])

    def show_screen(self, name: str) -> None:
        """Go to another screen, at once: the next key is meant for that one."""
        # A click may arrive late, with a dialog above this screen: that would be replaced.
        if self.app.screen is self and name != self._scene.screen:
            self._scene.screen = name
            self.app.switch_mode(name)
            self.post_message(AnswersWanted())

    def on_screen_resume(self) -> None:
        """Catch up with what happened while another screen was shown."""
        self.sync()

    def activate(self, pane_name: str) -> None:
        """Make a pane the active one."""
        self._scene.pane = pane_name
        self.sync()

    # A pane alone.

    def action_zoom(self) -> None:
        """Show the active pane alone, or all again."""
        self._alone = "" if self._alone else self._scene.pane
        self.sync()

    def _with_zoom(self, regions: dict[str, Region]) -> dict[str, Region]:
        own = [region for name, region in regions.items() if name not in _FRAME_NAMES]
        if self._alone not in regions or not own:
            return regions
        frame = {name: region for name, region in regions.items() if name in _FRAME_NAMES}
        return {**frame, self._alone: Region.from_union(own)}

    # Actions that every screen has.

    def action_screen(self, name: str) -> None:
        """Go to a screen."""
        self.show_screen(name)

    def action_next_screen(self, step: int) -> None:
        """Go to the next screen of the bar."""
        names = [tab.name for tab in TABS]
        self.show_screen(names[(names.index(self._scene.screen) + step) % len(names)])

    def action_pane(self, number: int) -> None:
        """Make a pane the active one."""
        if number in self._numbered:
            self.activate(self._numbered[number])

    def action_next_pane(self, step: int) -> None:
        """Make the next pane the active one."""
        names = [self._numbered[number] for number in sorted(self._numbered)]
        self.activate(names[(names.index(self._scene.pane) + step) % len(names)])

    def action_timeframe(self, step: int) -> None:
        """Longer or shorter candles."""
        scene = self._scene
        index = max(0, min(len(INTERVALS) - 1, INTERVALS.index(scene.interval) + step))
        scene.interval = INTERVALS[index]
        self.post_message(AnswersWanted())
        self.sync()

    def take_setting(self, key: str, value: str) -> None:
        """A setting that was named on the `:` line; only the screen of the settings knows what to do."""
        self.say(f"{key} {value}: settings are changed on their own screen")

    # The mouse.

    def on_pane_clicked(self, message: Pane.Clicked) -> None:
        """A click on the mode bar goes to a screen; elsewhere it is for the screen to say."""
        message.stop()
        if message.pane_name == ModeBar.pane_name:
            shown, width = self._scene.screen, self.app.size.width
            tab = tab_at(TABS, shown, width=width, column=message.column)
            if tab is not None:
                self.show_screen(tab.name)
        elif message.pane_name == KeyBar.pane_name:
            self._press_hint(message.column)
        else:
            self.clicked(message)

    def clicked(self, message: Pane.Clicked) -> None:
        """A click on a pane of this screen."""

    def _press_hint(self, column: int) -> None:
        """A click on a hint of the key bar is its key."""
        action = self.query_one(KeyBar).action_at(self._scene, column)
        if action is self._scene.keys.stop:
            self.call_later(self.run_action, "app.stop")
        elif action is not None and action.keys:
            key = action.keys[0]
            self.post_message(events.Key(key, character_of(key) or None))

    def on_pane_wheeled(self, message: Pane.Wheeled) -> None:
        """The wheel over a pane moves through it."""
        message.stop()
        if message.pane_name not in _FRAME_NAMES:
            self.wheeled(message)

    def wheeled(self, message: Pane.Wheeled) -> None:
        """The wheel over a pane of this screen: through the lines of the pane it is over."""
        if message.pane_name in self._numbered.values():
            self.activate(message.pane_name)
        self.act(f"move({message.step * WHEEL_LINES})")
