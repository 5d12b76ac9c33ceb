"""The status bar, and the one line that stands for everything on a terminal that is too small."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.engine.state.valuation import day_pnl_quote
from tui_trader.engine.values.orders import OrderStatus
from tui_trader.engine.values.time import MS_PER_SECOND
from tui_trader.themes import Palette
from tui_trader.widgets.banner import bulletins
from tui_trader.widgets.drawing.banner_rows import banner
from tui_trader.widgets.drawing.key_rows import stop_hint
from tui_trader.widgets.drawing.lines import line, wrapped
from tui_trader.widgets.drawing.numbers import signed
from tui_trader.widgets.drawing.status_line import StatusPicture, mode_chip, status_line
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import SILENCE_MS, Attachment, Scene, is_account

_BYTES_PER_KB = 1_000


class StatusBar(Pane):
    """Top line of the desk."""

    pane_name = "status"

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The whole picture, with the clock in whole seconds."""
        return (status_picture(scene),)

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """One line."""
        return [status_line(status_picture(scene), width=self.size.width, palette=palette)]


class TooSmall(Pane):
    """All there is when the terminal has fewer than 80 columns or 24 lines."""

    pane_name = "too-small"

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The status, without the clock."""
        notice = scene.current_notice
        return (
            scene.state.mode,
            _day(scene),
            scene.state.halt,
            scene.is_market_old,
            _unknown_count(scene),
            bulletins(scene),
            notice,
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Mode, P&L and STOP first; then what is wrong, for whoever presses STOP here."""
        width = self.size.width
        mode = mode_chip(scene.state.mode, palette)
        halted = [(" HALTED ", palette.halt)] if scene.state.halt is not None else []
        unknown = _unknown_count(scene)
        lost = [(f" {unknown} UNKNOWN ", palette.halt)] if unknown else []
        pnl = (_day(scene), palette.muted if scene.is_market_old else None)
        rows = [
            line(width, palette.base, [mode, *halted, *stop_hint(palette)]),
            line(width, palette.base, [("day ", palette.muted), pnl, (" ", None), *lost]),
            line(width, palette.base, [("need 80x23", palette.warn)]),
            *banner(bulletins(scene), width=width, palette=palette),
        ]
        notice = scene.current_notice
        if notice is not None:
            rows += [
                line(width, palette.base, [(part, palette.warn)])
                for part in wrapped(notice.text, max(1, width), lines_max=2)
            ]
        return rows


def _unknown_count(scene: Scene) -> int:
    return sum(order.status is OrderStatus.UNKNOWN for order in scene.orders)


def _day(scene: Scene) -> str:
    return signed(day_pnl_quote(scene.state, scene.equity, scene.now_ms))


def status_picture(scene: Scene) -> StatusPicture:
    """What the status bar says of `scene`."""
    state, equity = scene.state, scene.equity
    pnl, start = day_pnl_quote(state, equity, scene.now_ms), state.equity_day_start
    troubles = scene.feed_troubles()
    silence_ms = scene.engine_silence_ms
    is_attached = scene.attachment is Attachment.ATTACHED
    return StatusPicture(
        mode=state.mode,
        venue=state.venue,
        feed=_feed(troubles),
        is_feed_ok=not troubles,
        is_attached=is_attached,
        engine_silence_s=silence_ms // MS_PER_SECOND if silence_ms > SILENCE_MS else None,
        is_halted=state.halt is not None,
        is_read_only=scene.is_read_only,
        equity=equity,
        quote=scene.quote,
        day_pnl=pnl,
        day_ratio=float(pnl / start) if pnl is not None and start else None,
        open_orders=len(scene.orders),
        unknown_orders=_unknown_count(scene),
        now_ms=scene.now_ms // MS_PER_SECOND * MS_PER_SECOND,
        is_old=scene.is_market_old,
        armed_s=scene.arming.left_s(scene.now_ms),
        link=_link(scene),
    )


def _link(scene: Scene) -> str:
    """`42ms 1.2KB/s`, coarse enough to stay the same while nothing changes."""
    link = scene.link
    if link is None:
        return ""
    trip = "" if link.round_trip_ms is None else f"{_two_digits(link.round_trip_ms)}ms "
    return f"{trip}{link.bytes_per_s / _BYTES_PER_KB:.1f}KB/s"


def _two_digits(value: float) -> str:
    return f"{max(1, int(float(f'{value:.1e}')))}"


def _feed(troubles: list[tuple[str, str]]) -> str:
    """The worst in a word or two; the banner names the links."""
    if not troubles:
        return "feed ok"
    prices = [trouble for name, trouble in troubles if not is_account(name)]
    return f"feed {prices[0]}" if prices else f"account {troubles[0][1]}"
