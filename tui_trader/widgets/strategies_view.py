"""What the strategies screen shows, as a function of the scene: who runs, what each holds and made, what it decided.

Law: profit and loss is counted from the orders themselves: what sales brought, less what purchases and fees
took, and what is still held at its price of now. Where one price is missing it is unknown.
"""

from decimal import Decimal

from tui_trader.engine.messages.queries import Query, SettingRow, SettingsAnswer
from tui_trader.engine.messages.strategy_queries import (
    AskDecisions,
    AskStrategies,
    DecisionRow,
    DecisionsAnswer,
    StrategiesAnswer,
)
from tui_trader.engine.state.strategy_record import StrategyRecord
from tui_trader.engine.values.backtests import StrategyDeclaration
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import Side
from tui_trader.widgets.scene import Scene
from tui_trader.widgets.strategies_board import Holding, StrategyCash, StrategyLine

STRATEGIES, SETTINGS = "strategies", "settings"
_DECISIONS = "decisions "
DECISIONS_MAX = 500


def topic_of(strategy: str) -> str:
    """Under which name its decisions are asked for."""
    return f"{_DECISIONS}{strategy}"


def wanted_strategies(scene: Scene) -> list[tuple[str, Query]]:
    """What the screen asks the engine."""
    running = scene.state.strategies
    for name in [name for name in scene.topics if name.startswith(_DECISIONS)]:
        if name.removeprefix(_DECISIONS) not in running and not scene.topics[name].is_under_way:
            del scene.topics[name]
    asked: list[tuple[str, Query]] = [(STRATEGIES, AskStrategies())]
    return asked + [
        (topic_of(name), AskDecisions(strategy=name, limit=DECISIONS_MAX)) for name in running
    ]


def declared(scene: Scene) -> tuple[StrategyDeclaration, ...]:
    """What can be started; empty before the engine has said so."""
    answer = scene.topic(STRATEGIES).answer
    return answer.strategies if isinstance(answer, StrategiesAnswer) else ()


def setting_rows(scene: Scene) -> dict[str, SettingRow]:
    """The settings in force, by key; empty before the engine has told them."""
    answer = scene.topic(SETTINGS).answer
    return {row.key: row for row in answer.rows} if isinstance(answer, SettingsAnswer) else {}


def strategy_lines(scene: Scene) -> list[StrategyLine]:
    """Who was started, in the order of the start."""
    cash = _cash(scene)
    return [
        StrategyLine(
            record=record,
            holds=_holds(scene, record),
            pnl_quote=_pnl(scene, record, cash.get(record.spec.name, StrategyCash())),
            last=next(reversed(decisions_of(scene, record.spec.name)), None),
        )
        for record in scene.state.strategies.values()
    ]


def chosen_line(scene: Scene) -> StrategyLine | None:
    """The marked one."""
    lines = strategy_lines(scene)
    named = [line for line in lines if line.name == scene.strategies.chosen]
    return next(iter(named or lines), None)


def decisions_of(scene: Scene, strategy: str) -> tuple[DecisionRow, ...]:
    """What it decided, oldest first, as far as it was asked."""
    topic = scene.topics.get(topic_of(strategy))
    answer = topic.answer if topic is not None else None
    return answer.rows if isinstance(answer, DecisionsAnswer) else ()


def listed_decisions(scene: Scene) -> list[DecisionRow]:
    """Those of the marked strategy that are asked for, newest first."""
    line = chosen_line(scene)
    rows = decisions_of(scene, line.name) if line is not None else ()
    return [row for row in reversed(rows) if scene.strategies.lists(row)]


def _holds(scene: Scene, record: StrategyRecord) -> tuple[Holding, ...]:
    found = []
    for symbol, pair in record.note.pairs.items():
        held = pair.held
        if held is None:
            continue
        mark = scene.market.mark(symbol)
        found.append(
            Holding(
                symbol=symbol,
                quantity_base=Decimal(held.lots) / Decimal(pair.grid[1]),
                entry=held.entry,
                stop=held.stop or None,
                take=held.take or None,
                open_ratio=None if mark is None or not held.entry else float(mark) / held.entry - 1,
            )
        )
    return tuple(found)


def _cash(scene: Scene) -> dict[str, StrategyCash]:
    """What the orders of every strategy came to; counted again only after another event."""
    board, mirror = scene.strategies, scene.mirror
    as_of = (id(mirror), mirror.sequence if mirror is not None else 0)
    if board.cash_as_of != as_of:
        board.cash_as_of = as_of
        board.cash = {
            name: _counted(scene, name, record.spec.started_ms)
            for name, record in scene.state.strategies.items()
        }
    return board.cash


def _counted(scene: Scene, name: str, since_ms: int) -> StrategyCash:
    cash, actor = StrategyCash(), f"strategy {name}"
    for order in scene.state.orders.values():
        if order.actor != actor or order.submitted_ms < since_ms or not order.filled_base:
            continue
        symbol = order.symbol
        cash.fees += order.fees_quote
        if order.side is Side.BUY:
            cash.paid += order.cost_quote
            cash.bought[symbol] = cash.bought.get(symbol, ZERO) + order.filled_base
            cash.paid_of[symbol] = cash.paid_of.get(symbol, ZERO) + order.cost_quote
        else:
            cash.earned += order.cost_quote
            cash.sold[symbol] = cash.sold.get(symbol, ZERO) + order.filled_base
    return cash


def _pnl(scene: Scene, record: StrategyRecord, cash: StrategyCash) -> Decimal | None:
    total = cash.earned - cash.paid - cash.fees
    for symbol, bought in cash.bought.items():
        gone = record.written_off.get(Symbol(symbol), ZERO)
        # What somebody else has sold is nobody's gain or loss here: it leaves at what it cost.
        total += gone * cash.paid_of[symbol] / bought
        left = bought - cash.sold.get(symbol, ZERO) - gone
        if left > ZERO:
            mark = scene.market.mark(Symbol(symbol))
            if mark is None:
                return None
            total += left * mark
    return total
