"""The disasters that can be rehearsed: each a short play with an engine that does not know of it."""

from collections.abc import Awaitable, Callable

import msgspec

from tui_trader.cli.rehearsal import Rehearsal
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.orders import ClientOrderId, OrderStatus

FILLS_AWAY = 120
_SILENCE_S, _AWAY_S, _MUTE_S = 15, 4, 4


class Play(msgspec.Struct, frozen=True, kw_only=True):
    """One disaster.

    Args:
        title: What happens.
        lesson: What an engine must do about it.
    """

    name: str
    title: str
    lesson: str
    perform: Callable[[Rehearsal], Awaitable[None]]


async def _lost_answer(stage: Rehearsal) -> None:
    stage.note("disaster", "the next order will be carried out, its answer lost, and its news, too")
    await stage.strike("ws_silent", seconds=_MUTE_S)
    await stage.strike("drop_reply_after")
    name = await stage.place("0.002")
    await stage.until(lambda: _has_ended(stage, name), "the order to be found")
    stage.note("disaster", "over: the exchange speaks again")
    await stage.strike("clear")
    # The news of the next one shows, by its number, that some were lost.
    await _until_ended(stage, await stage.place("0.002"))


async def _exchange_down(stage: Rehearsal) -> None:
    name = await stage.place("0.002", percent_below="3")
    await stage.until(lambda: _is(stage, name, OrderStatus.OPEN), "the order to rest")
    stage.note("disaster", "the exchange is killed")
    stage.kill_exchange()
    await stage.until(lambda: not stage.is_calm(), "the engine to notice")
    await stage.until(stage.is_calm, "the engine to recover")


async def _engine_killed(stage: Rehearsal) -> None:
    stage.note("disaster", "the exchange will carry the next order out and say nothing")
    await stage.strike("ws_silent", seconds=_MUTE_S)
    await stage.strike("delay_reply", ms=20_000)
    name = await stage.place("0.002")
    await stage.until(lambda: stage.order(name) is not None, "the order to leave")
    await stage.until(stage.is_carried_out, "the exchange to carry it out")
    stage.note("disaster", "the engine is killed while its order is under way")
    await stage.kill_engine()
    stage.note("you", "start the engine again")
    await stage.start_engine()
    await _until_ended(stage, name)


async def _silence(stage: Rehearsal) -> None:
    stage.note("disaster", f"the connections stay open and say nothing for {_SILENCE_S} s")
    await stage.strike("ws_silent", seconds=_SILENCE_S)
    await stage.until(
        lambda: (
            LinkState.UP not in stage.state.links.values()
            or LinkState.DOWN in stage.state.links.values()
        ),
        "the engine to notice the silence",
    )
    await stage.place("0.002")
    await stage.until(stage.is_calm, "the engine to connect anew")
    name = await stage.place("0.002")
    await _until_ended(stage, name)


async def _fills_away(stage: Rehearsal) -> None:
    name = await stage.place("0.012", percent_below="2")
    await stage.until(lambda: _is(stage, name, OrderStatus.OPEN), "the order to rest")
    stage.note(
        "disaster", f"the connections are cut; meanwhile the order fills in {FILLS_AWAY} parts"
    )
    await stage.strike("fills_while_away", fills=FILLS_AWAY, seconds=_AWAY_S)
    await stage.until(lambda: not stage.is_calm(), "the engine to notice")
    await _until_ended(stage, name)
    await stage.until(stage.is_calm, "the engine to recover")


PLAYS = {
    play.name: play
    for play in (
        Play(
            name="lost-answer",
            title="an order is carried out and its answer is lost",
            lesson="never send it again: find out",
            perform=_lost_answer,
        ),
        Play(
            name="exchange-down",
            title="the exchange dies and comes back",
            lesson="trade nothing until journal and exchange agree again",
            perform=_exchange_down,
        ),
        Play(
            name="engine-killed",
            title="the engine is killed while an order is under way",
            lesson="the intent is in the journal: the next engine finds the order",
            perform=_engine_killed,
        ),
        Play(
            name="silence",
            title="the connections stay open and say nothing",
            lesson="notice within seconds, refuse new orders, connect anew",
            perform=_silence,
        ),
        Play(
            name="fills-away",
            title=f"{FILLS_AWAY} fills while nobody listens",
            lesson="the first words after a silence tell 50 fills: ask for all of them",
            perform=_fills_away,
        ),
    )
}


def _is(stage: Rehearsal, name: ClientOrderId, status: OrderStatus) -> bool:
    order = stage.order(name)
    return order is not None and order.status is status


def _has_ended(stage: Rehearsal, name: ClientOrderId) -> bool:
    order = stage.order(name)
    return order is not None and order.status.is_terminal


async def _until_ended(stage: Rehearsal, name: ClientOrderId) -> None:
    await stage.until(lambda: _has_ended(stage, name), "the order to end")
    await stage.until(stage.is_calm, "the engine to be calm")
