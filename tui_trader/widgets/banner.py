"""The banner: what must stay in sight until it is over, above all the emergency stop."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.engine.state.trading_state import Halt
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import format_clock
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.banner_rows import Bulletin, Tone, banner
from tui_trader.widgets.drawing.numbers import age
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import SILENCE_MS, Attachment, Scene, StopCall

SHELL_STOP = "tui-trader halt"
CONNECTING_QUIETLY_MS = 500
_WORDS_MAX = 60


class Banner(Pane):
    """Bulletins above the panes; no line at all when there are none."""

    pane_name = "banner"

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The bulletins."""
        return (bulletins(scene),)

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """All of them."""
        return banner(bulletins(scene), width=self.size.width, palette=palette)


def banner_height(scene: Scene, width: int, palette: Palette) -> int:
    """Lines the banner needs at `width`."""
    return len(banner(bulletins(scene), width=width, palette=palette))


def bulletins(scene: Scene) -> list[Bulletin]:
    """Everything that must be in sight now, the most urgent first."""
    found = [_stop(scene), _halt(scene), _attachment(scene), _account(scene)]
    return [bulletin for bulletin in found if bulletin is not None]


def _stop(scene: Scene) -> Bulletin | None:
    if scene.stop is None:
        return None
    when = format_clock(scene.stop_ms)
    text = {
        StopCall.SENT: f"STOP sent {when} UTC, waiting for the engine…",
        StopCall.UNCONFIRMED: (
            f"STOP was sent {when} UTC but the engine has NOT confirmed it. "
            f"In a shell: {SHELL_STOP}"
        ),
        StopCall.NOT_REACHED: (
            f"STOP pressed {when} UTC did NOT reach the engine{_why_not(scene)}. {_instead(scene)}"
        ),
        StopCall.READ_ONLY: (
            f"STOP pressed {when} UTC was NOT sent: this console is read-only. "
            f"In a shell: {SHELL_STOP}"
        ),
    }[scene.stop]
    return Bulletin(tone=Tone.HALT, text=text)


def _why_not(scene: Scene) -> str:
    return {
        Attachment.CONNECTING: ": none is attached yet",
        Attachment.GONE: ": it is gone",
        Attachment.ATTACHED: "",
    }[scene.attachment]


def _instead(scene: Scene) -> str:
    if scene.stop_beside:
        return scene.stop_beside
    if scene.attachment is Attachment.ATTACHED:
        return "Orders may be open at the exchange. The engine is there now: press ! again."
    return f"Orders may be open at the exchange. Now, in a shell: {SHELL_STOP}"


def _halt(scene: Scene) -> Bulletin | None:
    halt = scene.state.halt
    if halt is None:
        return None
    # Cut, so that no reason pushes what was cancelled out of the banner.
    who, why = (sanitize(text, length_max=_WORDS_MAX) for text in (halt.actor, halt.reason))
    text = (
        f"HALTED by {who} at {format_clock(halt.time_ms)} UTC: {why}. {_cancelled(halt)} "
        "No new orders. R resumes."
    )
    return Bulletin(tone=Tone.HALT, text=text)


def _cancelled(halt: Halt) -> str:
    open_words = (
        "1 order was open"
        if halt.open_order_count == 1
        else (f"{halt.open_order_count} orders were open")
    )
    if halt.is_cancel_confirmed:
        return f"{open_words}, {halt.cancelled_count} cancelled, confirmed by the exchange."
    return f"{open_words}, cancelling… not yet confirmed."


def _attachment(scene: Scene) -> Bulletin | None:
    if scene.is_shutting_down:
        return Bulletin(tone=Tone.WARN, text="Shutting the engine down…")
    detail = sanitize(scene.attachment_detail, length_max=_WORDS_MAX)
    detail = f" ({detail})" if detail else ""
    if scene.attachment is Attachment.CONNECTING:
        # Most starts are over before this could be read; it would only flicker.
        if not detail and scene.engine_silence_ms < CONNECTING_QUIETLY_MS:
            return None
        return Bulletin(tone=Tone.NOTE, text=f"Connecting to the engine…{detail}")
    if scene.attachment is Attachment.GONE:
        old = age(scene.engine_silence_ms)
        text = (
            f"ENGINE GONE{detail}. What you see is {old} old. Trying to attach again; q quits. "
            f"Stop from a shell: {SHELL_STOP}"
        )
        return Bulletin(tone=Tone.HALT, text=text)
    if scene.engine_silence_ms > SILENCE_MS:
        silence, old = age(scene.engine_silence_ms), age(scene.market_age_ms)
        text = f"The engine has been silent for {silence}: prices are {old} old."
        return Bulletin(tone=Tone.WARN, text=text)
    return None


def _account(scene: Scene) -> Bulletin | None:
    if scene.attachment is not Attachment.ATTACHED:
        return None
    troubles = scene.feed_troubles()
    if troubles:
        named = ", ".join(f"{sanitize(name)} {trouble}" for name, trouble in troubles)
        what = "Orders and balances may be old."
        if scene.is_market_old:
            what = f"Prices are {age(scene.market_age_ms)} old; no order will pass."
        return Bulletin(tone=Tone.WARN, text=f"Exchange: {named}. {what}")
    if not scene.state.is_reconciled:
        return Bulletin(tone=Tone.NOTE, text="Checking the account; no orders yet.")
    return None
