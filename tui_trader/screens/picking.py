"""Choosing indicators from the catalogue: what the markets and analysis screens have in common."""

from tui_trader.engine.messages.analysis_queries import PICKS_MAX, IndicatorPick
from tui_trader.screens.console_screen import ConsoleScreen
from tui_trader.screens.dialogs.parameters import ParametersDialog
from tui_trader.screens.dialogs.picker import PickerDialog
from tui_trader.screens.wishes import AnswersWanted
from tui_trader.widgets.market_table import cards_by_name


class Picking(ConsoleScreen):
    """Adds to a list of picks, and changes one of them."""

    def pick_from_catalogue(self, picks: list[IndicatorPick]) -> None:
        """Let the person choose one more."""
        cards = tuple(cards_by_name(self._scene).values())
        if not cards:
            self.say("the engine has not told its catalogue yet", is_bad=True)
        elif len(picks) >= PICKS_MAX:
            self.say(f"{PICKS_MAX} indicators at most: take one away first (x)", is_bad=True)
        else:

            def take(name: str | None) -> None:
                if name:
                    picks.append(IndicatorPick(name=name))
                    self.picked(len(picks) - 1)
                    self.picks_changed()

            self.app.push_screen(PickerDialog(cards), take)

    def edit_parameters(self, picks: list[IndicatorPick], index: int) -> None:
        """Let the person change the parameters of one."""
        pick = picks[index]
        card = cards_by_name(self._scene).get(pick.name)
        if card is None or not card.parameters:
            self.say(f"{pick.name} has no parameters")
            return

        def take(chosen: dict[str, float] | None) -> None:
            if chosen is not None:
                picks[index] = IndicatorPick(name=pick.name, parameters=chosen)
                self.picks_changed()

        self.app.push_screen(ParametersDialog(card, pick.parameters), take)

    def picked(self, index: int) -> None:
        """A pick was added there."""

    def picks_changed(self) -> None:
        """Ask the engine about the picks as they are now."""
        self.post_message(AnswersWanted())
        self.sync()
