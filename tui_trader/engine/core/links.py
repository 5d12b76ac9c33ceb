"""Connections: every time the order stream comes back, the account is compared again."""

from tui_trader.engine.core import reconcile
from tui_trader.engine.core.decision import Decision
from tui_trader.engine.core.pacing import Pacing
from tui_trader.engine.messages.events import LinkChanged
from tui_trader.engine.messages.reports import LinkReport
from tui_trader.engine.values.modes import LinkState


def weigh_link(desk: Decision, pacing: Pacing, report: LinkReport) -> None:
    """Note the change; after a gap nothing is known until the exchange was asked."""
    if desk.state.links.get(report.link) is report.state:
        return
    desk.emit(
        LinkChanged(time_ms=desk.now_ms, link=report.link, state=report.state, detail=report.detail)
    )
    if report.state is LinkState.UP and report.link.endswith("private"):
        reconcile.want(desk, pacing, reason=f"{report.link} connected")
