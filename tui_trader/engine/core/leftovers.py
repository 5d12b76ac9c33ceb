"""Ends of closings and of the sale of everything, with what stays in plain words."""

from tui_trader.engine.core.decision import Decision
from tui_trader.engine.messages.hand_events import CloseEnded, FlattenEnded
from tui_trader.engine.state.closing_record import Closing
from tui_trader.engine.values.instruments import Asset, Symbol
from tui_trader.engine.values.money import ZERO


def end_closing(desk: Decision, closing: Closing, *, reason: str) -> None:
    """No more is sold of one position."""
    left_base = closing.rest_base
    desk.emit(
        CloseEnded(
            time_ms=desk.now_ms,
            command_id=closing.command_id,
            symbol=closing.symbol,
            sold_base=closing.sold_base,
            left_base=left_base,
            reason=reason if left_base else "",
        )
    )


def end_flatten(desk: Decision, *, reason: str = "") -> None:
    """No more is sold of anything; every position that stays is named, and why."""
    flatten = desk.state.leaving.flatten
    assert flatten is not None, reason
    sentences = []
    for symbol, position in sorted(desk.state.positions.items()):
        if position.quantity_base:
            known = flatten.left.get(symbol)
            why = reason or ("" if known is None else known.reason)
            base = symbol.partition("/")[0]
            sentences.append(f"{position.quantity_base.normalize():f} {base} stay: {why}")
    sentences += _strangers(desk)
    desk.emit(
        FlattenEnded(time_ms=desk.now_ms, command_id=flatten.command_id, left=tuple(sentences))
    )


def end_everything(desk: Decision, *, reason: str) -> None:
    """Whatever is being closed is not sold any further."""
    for closing in tuple(desk.state.leaving.closings.values()):
        end_closing(desk, closing, reason=reason)
    if desk.state.leaving.flatten is not None:
        end_flatten(desk, reason=reason)


def _strangers(desk: Decision) -> list[str]:
    """Coins of the account that no fill here has bought: they are nobody's position."""
    quote = Asset(desk.settings.market.quote_asset)
    sentences = []
    for asset, told in sorted(desk.state.balances.items()):
        position = desk.state.positions.get(Symbol(f"{asset}/{quote}"))
        # What was sold a moment ago may still be in the balance that was told last.
        total = told - desk.state.unsettled.get(asset, ZERO)
        more = total - (ZERO if position is None else position.quantity_base)
        if asset != quote and more > ZERO:
            sentences.append(f"{more.normalize():f} {asset} stay: not bought through this program")
    return sentences
