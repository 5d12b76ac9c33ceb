"""The settings screen: every setting with where it is from, changed in the file after a look at the difference.

Law: the program beside the console checks and writes, as `config set` does in a shell. A limit that was
written is told to the running engine; everything else counts at its next start.
"""

import re
from decimal import Decimal

import msgspec
from textual import events
from textual.geometry import Region

from tui_trader.actions import Where
from tui_trader.engine.messages.commands import ChangeLimit
from tui_trader.engine.messages.queries import SettingRow
from tui_trader.engine.settings.limit_table import limits
from tui_trader.screens.beside import ProgramRefused, answer_of
from tui_trader.screens.beside_calls import BesideCalls
from tui_trader.screens.console_screen import end_of
from tui_trader.screens.dialogs.listed import Item, ListedDialog
from tui_trader.screens.exporting import ExportTable
from tui_trader.screens.filtering import Filtering
from tui_trader.screens.first_steps import FirstSteps
from tui_trader.screens.listed_layout import listed_regions
from tui_trader.screens.settings_dialog import ChangeDialog
from tui_trader.screens.wishes import AnswersWanted, ThemeWanted
from tui_trader.themes import Palette
from tui_trader.widgets.backtest_board import within
from tui_trader.widgets.drawing.setting_rows import LOOSER
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Attachment
from tui_trader.widgets.settings_board import (
    SettingChange,
    SettingsBoard,
    SettingsShown,
    Which,
    typed_form,
)
from tui_trader.widgets.settings_panes import SettingPane, SettingsPane
from tui_trader.widgets.settings_view import chosen_setting, listed_settings
from tui_trader.widgets.strategies_view import SETTINGS, setting_rows

_DETAIL_LINES = 8
_TEXT_MAX = 400
_PATH = re.compile(r"\S*/(?=[^/\s]+\.toml)")
"""A path is long, and everybody knows where the file is."""
_HEADS = ("key", "value", "default", "from", "expects", "help")


class SettingsScreen(Filtering):
    """A list to narrow, and the marked setting with the field that changes it."""

    WHERE = Where.SETTINGS
    PANES = (SettingsPane, SettingPane)

    @property
    def _board(self) -> SettingsBoard:
        return self._scene.settings

    def on_mount(self) -> None:
        """First drawing."""
        # What Textual does with a worker's bug.
        self._calls = BesideCalls(self.app._handle_exception)  # noqa: SLF001
        super().on_mount()

    async def on_unmount(self) -> None:
        """What is asked beside the console ends with it."""
        await self._calls.close()

    def on_screen_resume(self) -> None:
        """Look what the file says now: another hand may have changed it."""
        super().on_screen_resume()
        self._calls.start(self._look())

    def regions(self, palette: Palette) -> dict[str, Region]:
        """List and details."""
        size = self.app.size
        return listed_regions(
            (SettingsPane.pane_name, SettingPane.pane_name),
            (size.width, size.height),
            below=_DETAIL_LINES,
            banner_lines=self.banner_lines(palette),
        )

    # What is listed.

    @property
    def filtered(self) -> SettingsBoard:
        """The board whose filter it is."""
        return self._board

    def action_next_which(self, step: int) -> None:
        """List others."""
        kinds = list(Which)
        self._board.which = kinds[(kinds.index(self._board.which) + step) % len(kinds)]
        self.sync()

    def action_move(self, step: int) -> None:
        """Mark another one."""
        keys = [row.key for row in listed_settings(self._scene)]
        if keys:
            now = keys.index(self._board.chosen) if self._board.chosen in keys else 0
            self._mark(keys[within(now + step, len(keys))])

    def action_section(self, step: int) -> None:
        """The first setting of the next section, or of the one before."""
        keys = [row.key for row in listed_settings(self._scene)]
        if not keys:
            return
        sections = list(dict.fromkeys(key.partition(".")[0] for key in keys))
        chosen = self._board.chosen if self._board.chosen in keys else keys[0]
        place = (sections.index(chosen.partition(".")[0]) + step) % len(sections)
        self._mark(next(key for key in keys if key.startswith(f"{sections[place]}.")))

    def _mark(self, key: str) -> None:
        self._board.chosen, self._board.fault = key, ""
        self.sync()

    def action_back(self) -> None:
        """Take the search away."""
        self._board.fault = ""
        super().action_back()

    # Editing.

    def takes(self, key: str, character: str) -> bool:
        """A key for the search, or for the value that is typed."""
        board = self._board
        if not board.is_editing:
            return super().takes(key, character)
        if key == "escape":
            board.is_editing, board.fault = False, ""
        elif key == "enter":
            self._check(board.text)
        elif key == "backspace":
            board.text = board.text[:-1]
        elif key == "ctrl+u":
            board.text = ""
        elif character.isprintable() and character:
            board.text = (board.text + character)[:_TEXT_MAX]
        self.sync()
        return True

    def on_paste(self, event: events.Paste) -> None:
        """Paste into the value or the search."""
        if self._board.is_editing:
            end_of(event)
            pasted = "".join(char for char in event.text if char.isprintable())
            self._board.text = (self._board.text + pasted)[:_TEXT_MAX]
            self.sync()
        else:
            super().on_paste(event)

    def action_edit(self) -> None:
        """Type another value, or choose one."""
        row = chosen_setting(self._scene)
        if row is None:
            self.say("no setting is marked")
        elif row.is_secret:
            self.say("a secret is never shown or changed here: put it into .env", is_bad=True)
        elif not self._may_write():
            pass
        elif row.choices:
            self._choose(row)
        else:
            self._board.chosen = row.key
            self._board.begin(row)
            self.sync()

    def take_setting(self, key: str, value: str) -> None:
        """One that was named on the `:` line: marked, and asked about where a value was given."""
        self._board.filter, self._board.is_typing = "", False
        self._board.which = Which.ALL
        self._mark(key)
        # People write 2% where the setting counts percent.
        text = value.strip().removesuffix("%").strip()
        row = chosen_setting(self._scene)
        if row is not None and row.key == key and row.is_secret:
            self.action_edit()
        elif text:
            self._check(text)

    def _may_write(self) -> bool:
        if self._scene.is_read_only:
            self.say("this console is read-only: nothing is written", is_bad=True)
        elif self._board.is_busy:
            self.say("one moment: the last change is being looked at")
        else:
            return True
        return False

    def _choose(self, row: SettingRow) -> None:
        def take(names: tuple[str, ...] | None) -> None:
            if names:
                self._board.chosen = row.key
                self._check(names[0])

        items = [Item(name=choice, says=row.help) for choice in row.choices]
        dialog = ListedDialog(
            row.key.upper(), items, chosen=(typed_form(row.value),), may_many=False
        )
        self.app.push_screen(dialog, take)

    def action_default(self) -> None:
        """Back to the default, after a look at the difference."""
        row = chosen_setting(self._scene)
        if row is not None and not row.is_secret and self._may_write():
            self._board.chosen = row.key
            self._check(typed_form(row.default))

    def action_undo(self) -> None:
        """Put back what was written last, after a look at the difference."""
        if self._may_write():
            self._ask(("config", "undo"))

    def action_first_steps(self) -> None:
        """The questions of a first start, while there is no settings file."""
        board = self._board
        if board.next_start is None:
            self.say(board.next_fault or "one moment: the settings file is being looked for")
        elif board.file:
            self.say(
                "a settings file is there: change it here, or replace it by `tui-trader init`",
                is_bad=True,
            )
        elif self._may_write():
            rows = setting_rows(self._scene) or board.next_start
            pairs = [str(symbol) for symbol in self._scene.symbols]
            pairs = pairs or typed_form(rows["market.pairs"].value).split(", ")
            FirstSteps(
                self.app,
                rows,
                pairs=pairs,
                done=lambda words: self._calls.start(self._write_first(words)),
            ).begin()

    async def _write_first(self, words: tuple[str, ...]) -> None:
        try:
            await answer_of(self._scene.beside, (*words, "--json"))
        except ProgramRefused as refusal:
            self._board.fault = _PATH.sub("", str(refusal))
        else:
            self.say("written; the engine reads it at its next start")
        await self._look()

    # Checking and writing, both by the program beside the console.

    def _check(self, text: str) -> None:
        if text.strip().startswith("-"):
            # To the program it would be an option.
            self._board.fault = "no setting begins with a dash"
            self.sync()
        elif self._may_write():
            self._ask(("config", "set", self._board.chosen, text))

    def _ask(self, words: tuple[str, ...]) -> None:
        self._board.is_busy, self._board.fault = True, ""
        self._calls.start(self._ask_about(words))
        self.sync()

    async def _ask_about(self, words: tuple[str, ...]) -> None:
        """What it would be, then the question."""
        change = await self._told(words, is_dry=True)
        self._board.is_busy = False
        if change is not None and not change.diff:
            self._board.is_editing = False
            self.say(f"{change.key} is {typed_form(change.after)} already")
        elif change is not None:
            self._board.chosen = change.key
            word = LOOSER if self._is_looser(change) else ""
            dialog = ChangeDialog(change, effect=self._effect(change), word=word)
            self.app.push_screen(dialog, lambda is_wanted: self._write(words, is_wanted))
        self.sync()

    def _write(self, words: tuple[str, ...], is_wanted: bool | None) -> None:  # noqa: FBT001 a dialog's result
        if is_wanted and self._may_write():
            self._board.is_busy = True
            self._calls.start(self._write_now(words))
        self.sync()

    async def _write_now(self, words: tuple[str, ...]) -> None:
        change = await self._told(words, is_dry=False)
        self._board.is_busy = False
        if change is not None:
            self._board.is_editing = False
            self._tell_engine(change)
        await self._look()

    async def _told(self, words: tuple[str, ...], *, is_dry: bool) -> SettingChange | None:
        """What the program says of a change; None, and the reason on the board, when it refuses."""
        flags = ("--dry-run", "--json") if is_dry else ("--json",)
        try:
            told = await answer_of(self._scene.beside, (*words, *flags))
            return msgspec.json.decode(told, type=SettingChange)
        except ProgramRefused as refusal:
            self._board.fault = _PATH.sub("", str(refusal))
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._board.fault = "`config` answered what this console does not understand"
        return None

    async def _look(self) -> None:
        board = self._board
        try:
            told = await answer_of(self._scene.beside, ("config", "show", "--json"))
            board.take_shown(msgspec.json.decode(told, type=SettingsShown))
        except ProgramRefused as refusal:
            board.next_start, board.next_fault = None, str(refusal)
            board.version += 1
        except (msgspec.DecodeError, UnicodeDecodeError):
            board.next_fault = "`config show` answered what this console does not understand"
        self.sync()

    # What a change means for the engine that runs.

    def _is_looser(self, change: SettingChange) -> bool:
        limit = limits().get(change.key)
        if limit is None:
            return False
        after, in_force = Decimal(change.after), setting_rows(self._scene).get(change.key)
        befores = [change.before, *([in_force.value] if in_force is not None else [])]
        return any(limit.is_looser(Decimal(before), after) for before in befores)

    def _effect(self, change: SettingChange) -> str:
        words = f"{change.key}: {typed_form(change.before)} → {typed_form(change.after)}."
        if change.key not in limits():
            return f"{words} It counts at the next start of the engine."
        if self._scene.attachment is not Attachment.ATTACHED:
            return f"{words} No engine is attached: it counts when one starts."
        if self._is_looser(change):
            return f"{words} This ALLOWS MORE than now, at once, in the engine that runs."
        return f"{words} Tighter: it counts at once in the engine that runs."

    def _tell_engine(self, change: SettingChange) -> None:
        if change.key == "console.theme":
            # One's own eyes need not wait for the engine.
            self.post_message(ThemeWanted(typed_form(change.after)))
        row, path = setting_rows(self._scene).get(change.key), change.path.rpartition("/")[2]
        if change.key not in limits():
            self.say(f"written to {path}; it counts at the next start of the engine")
        elif row is not None and Decimal(row.value) == Decimal(change.after):
            self.say(f"written to {path}; the engine judges by it already")
        elif self.may_command():
            self.wish(
                ChangeLimit,
                key=change.key,
                value=Decimal(change.after),
                is_loosening=self._is_looser(change),
            )
            self._scene.topic(SETTINGS).asked_ms = 0
            self.post_message(AnswersWanted())
            self.say(f"written to {path}, and the engine was told: it counts from now on")

    def tables(self) -> list[ExportTable]:
        """What is listed."""
        rows = [
            (row.key, row.value, row.default, row.source, row.expects, row.help)
            for row in listed_settings(self._scene)
        ]
        return [ExportTable(name="settings", heads=_HEADS, rows=rows)]

    def clicked(self, message: Pane.Clicked) -> None:
        """A click marks a setting."""
        pane = self.query_one(SettingsPane)
        if message.pane_name == pane.pane_name and message.row >= 1:
            rows = listed_settings(self._scene)
            place = pane.place_of(self._scene, message.row)
            if place < len(rows):
                self._mark(rows[place].key)
