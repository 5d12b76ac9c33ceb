"""The parameters of an indicator as a small form, checked against their bounds while typed."""

from collections.abc import Mapping, Sequence

from textual.strip import Strip

from tui_trader.engine.messages.analysis_queries import IndicatorCard, ParameterCard
from tui_trader.screens.dialogs.box import BoxDialog
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.dialog_rows import boxed
from tui_trader.widgets.drawing.lines import Piece, left_in

_FRAME = 4
_FIELD_WIDTH = 14
_TYPED_MAX = 12
_NUMERALS = frozenset("0123456789.-")


class ParametersDialog(BoxDialog[dict[str, float]]):
    """The result is every parameter that is not at its default; `None` when backed out."""

    WIDTH = 66

    def __init__(self, card: IndicatorCard, chosen: Mapping[str, float]) -> None:
        super().__init__()
        self._card = card
        self._texts = [f"{chosen.get(knob.name, knob.default):g}" for knob in card.parameters]
        self._marked = 0
        self._is_fresh = True

    def draw(self, width: int, height: int, palette: Palette) -> Sequence[Strip]:
        """One line a parameter, and what is wrong with the marked one."""
        rows: list[list[Piece]] = []
        for index, (knob, text) in enumerate(zip(self._card.parameters, self._texts, strict=True)):
            is_marked = index == self._marked
            cursor = "▏" if is_marked else ""
            ink = palette.bad if fault(knob, text) else palette.field
            rows.append(
                [
                    (f"{'▸' if is_marked else ' '} {left_in(knob.name, 18)}", None),
                    (left_in(f"{text}{cursor}", _FIELD_WIDTH), ink),
                    (f"  {knob.low:g} to {knob.high:g} {knob.says}", palette.muted),
                ]
            )
        wrong = next((word for word in self._faults() if word), "")
        rows += [[], [(left_in(wrong, width - _FRAME), palette.warn)]]
        rows.append([("Enter takes them · Tab next · Esc goes back", palette.muted)])
        return boxed(
            f"{self._card.title.upper()}", rows[: height - 2], width=width, palette=palette
        )

    def press(self, key: str, character: str) -> None:
        """Type, move, take or back out."""
        if key == "escape":
            self.dismiss(None)
            return
        if key == "enter":
            if not any(self._faults()):
                self.dismiss(self._chosen())
            return
        if key in {"tab", "down", "shift+tab", "up"}:
            step = 1 if key in {"tab", "down"} else -1
            self._marked = (self._marked + step) % len(self._texts)
            self._is_fresh = True
        elif key == "backspace":
            self._texts[self._marked] = self._texts[self._marked][:-1]
            self._is_fresh = False
        elif character in _NUMERALS and character:
            # The first digit replaces the number that stands there, as in a pocket calculator.
            before = "" if self._is_fresh else self._texts[self._marked]
            self._texts[self._marked] = (before + character)[:_TYPED_MAX]
            self._is_fresh = False
        self.redraw()

    def _faults(self) -> list[str]:
        knobs = zip(self._card.parameters, self._texts, strict=True)
        return [fault(knob, text) for knob, text in knobs]

    def _chosen(self) -> dict[str, float]:
        knobs = zip(self._card.parameters, self._texts, strict=True)
        return {knob.name: float(text) for knob, text in knobs if float(text) != knob.default}


def fault(knob: ParameterCard, text: str) -> str:
    """What is wrong with a value as typed; empty when nothing is."""
    kind = "a whole number" if knob.is_whole else "a number"
    try:
        value = float(text)
    except ValueError:
        return f"{knob.name}: type {kind}"
    if not knob.low <= value <= knob.high or (knob.is_whole and value != int(value)):
        return f"{knob.name}: {kind} from {knob.low:g} to {knob.high:g}"
    return ""
