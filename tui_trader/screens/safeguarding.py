"""What stands before a trade: armed mode, the way back after a stop, and the way out of everything."""

from tui_trader.engine.messages.commands import FlattenAll, ResumeTrading
from tui_trader.engine.values.modes import Mode
from tui_trader.screens.dialogs.typed import TypedDialog
from tui_trader.screens.screen_base import ScreenBase
from tui_trader.widgets.drawing.position_rows import held

_FLATTEN_WORDS = (
    "Emergency stop, then every position is sold at the market: {what}. Trading stays halted "
    "afterwards, until you resume."
)


class Safeguarding(ScreenBase):
    """Arm, flatten, resume. What takes risk away never needs arming."""

    def may_trade(self) -> bool:
        """Whether a command that trades would go out; says why not."""
        if not self.may_command():
            return False
        if not self._scene.is_asleep:
            return True
        key = next(iter(self._scene.keys.keys_of("arm")), "")
        hint = f"{key} arms them" if key else ":arm does it"
        self.say(f"LIVE, and trading keys are not armed: {hint}; nothing was sent", is_bad=True)
        return False

    def action_arm(self) -> None:
        """Let trading keys act for some minutes, or put them to sleep."""
        scene, arming = self._scene, self._scene.arming
        if scene.state.mode is not Mode.LIVE:
            self.say("only live mode needs arming: here no money is at stake")
        elif arming.left_s(scene.now_ms) is not None:
            arming.disarm()
            self.say("trading keys sleep again")
        elif self.may_command():
            if scene.is_market_old:
                self.say("prices are old: nothing to trade by, not armed", is_bad=True)
                return
            arming.arm(scene.now_ms)
            self.say(f"ARMED for {arming.minutes} minutes: trading keys act, with real money")

    def action_flatten(self) -> None:
        """Stop, and sell every position, after the word was typed."""
        if not self.may_command():
            return
        names = ", ".join(position.symbol for position in held(self._scene.state.positions))
        text = _FLATTEN_WORDS.format(what=names or "none is held now")
        self.app.push_screen(TypedDialog("FLATTEN", text, "FLATTEN"), self._flatten)

    def _flatten(self, is_confirmed: bool | None) -> None:  # noqa: FBT001 a dialog's result
        if is_confirmed and self.may_command():
            self.wish(FlattenAll)
            self.say("flatten sent: everything is cancelled, then sold")

    def action_resume(self) -> None:
        """Unlatch the stop, after the word was typed."""
        if self._scene.state.halt is None:
            self.say("trading is not halted")
        elif self.may_command():
            text = "Trading is halted. Orders will be allowed again; none is placed by this."
            self.app.push_screen(TypedDialog("RESUME TRADING", text, "RESUME"), self._resume)

    def _resume(self, is_confirmed: bool | None) -> None:  # noqa: FBT001 a dialog's result
        if is_confirmed and self.may_command():
            self.wish(ResumeTrading)
