"""The questions of a first start as dialogs: colours, pairs, limits; `tui-trader init` writes what comes of them."""

from collections.abc import Callable, Sequence

from textual.app import App

from tui_trader.engine.messages.queries import SettingRow
from tui_trader.screens.dialogs.choice import Choice, ChoiceDialog
from tui_trader.screens.dialogs.listed import Item, ListedDialog

_CAREFUL, _USUAL, _BOLD = ("1", "10"), ("3", "25"), ("5", "50")
_LIMITS = {"careful": _CAREFUL, "usual": _USUAL, "bold": _BOLD}


class FirstSteps:
    """One question after the other; backing out of any ends them all, and nothing is written.

    Args:
        rows: Settings by key, for their choices.
        pairs: Those there are.
        done: Called with the arguments of `tui-trader init`.
    """

    def __init__(
        self,
        app: App[object],
        rows: dict[str, SettingRow],
        *,
        pairs: Sequence[str],
        done: Callable[[tuple[str, ...]], None],
    ) -> None:
        self._app, self._rows, self._pairs, self._done = app, rows, tuple(pairs), done
        self._words: list[str] = ["init", "--yes"]

    def begin(self) -> None:
        """Ask for the colours."""
        row = self._rows.get("console.theme")
        items = [Item(name=name) for name in (row.choices if row is not None else ())]
        dialog = ListedDialog(
            "1 OF 3 · COLOURS", items or [Item(name="dark")], chosen=("dark",), may_many=False
        )
        self._app.push_screen(dialog, self._take_theme)

    def _take_theme(self, names: tuple[str, ...] | None) -> None:
        if not names:
            return
        self._words += ["--theme", names[0]]
        items = [Item(name=pair) for pair in self._pairs]
        dialog = ListedDialog("2 OF 3 · PAIRS", items, chosen=self._pairs, may_many=True)
        self._app.push_screen(dialog, self._take_pairs)

    def _take_pairs(self, names: tuple[str, ...] | None) -> None:
        if not names:
            return
        self._words += ["--pairs", ",".join(names)]
        choices = [
            Choice(
                key=name[0],
                label=f"{name:<8} {loss} % lost a day, {most} % in one position",
                result=name,
            )
            for name, (loss, most) in _LIMITS.items()
        ]
        text = (
            "Beyond them nobody enters, neither you nor a strategy; what is held may always be sold. "
            "Any limit can be tightened at any time."
        )
        self._app.push_screen(ChoiceDialog("3 OF 3 · LIMITS", text, choices), self._take_limits)

    def _take_limits(self, name: str | None) -> None:
        if not name:
            return
        loss, most = _LIMITS[name]
        self._words += ["--daily-loss", loss, "--position", most]
        _, _, _, theme, _, pairs, *_ = self._words
        said = (
            f"Colours {theme}; {pairs.replace(',', ', ')}; at most {loss} % lost a day, {most} % in "
            "one position"
        )
        choices = [
            Choice(key="y", label="write the settings file", result="y"),
            Choice(key="n", label="write nothing", result=""),
        ]
        text = f"{said}. The engine reads it at its next start; the demo stays a demo."
        self._app.push_screen(ChoiceDialog("WRITE THIS", text, choices), self._finish)

    def _finish(self, result: str | None) -> None:
        if result:
            self._done(tuple(self._words))
