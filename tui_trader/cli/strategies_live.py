"""`strategies start|stop|status`: what trades by itself in the running engine."""

import argparse
import asyncio
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tui_trader.cli.candle_options import DEFAULT_TIMEFRAME, interval_named
from tui_trader.cli.conversation import ACTOR, new_command_id, raise_if_refused, talk
from tui_trader.cli.exit_codes import EXIT_INTERRUPTED, EXIT_OK, Unconfirmed
from tui_trader.cli.narration import answer, counted, is_agreed, is_person_there, tell
from tui_trader.cli.table import moment, money, print_json, print_table
from tui_trader.engine.client.conversation import carry_out
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.messages.commands import HoldStrategy, StartStrategy, StopStrategy
from tui_trader.engine.messages.events import Event, StrategyContinued, StrategyStopped
from tui_trader.engine.messages.queries import AskSettings, AskStatus, SettingsAnswer, StatusAnswer
from tui_trader.engine.messages.strategy_queries import AskDecisions, DecisionsAnswer
from tui_trader.engine.state.strategy_record import StrategyRecord
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.text import sanitize

if TYPE_CHECKING:
    from tui_trader.engine.analysis.strategy import Strategy

CLOSE_SECONDS = 30.0
HEADS = ("NAME", "PAIRS", "CANDLES", "PHASE", ">EQUITY", ">ENTRIES TODAY", "HOLDS", "WHY")
ROW_HEADS = ("CANDLE", "PAIR", ">SIGNAL", "OUTCOME", "GATE", "WHY")
_SIGNALS = {1: "in", 0: "-", -1: "out"}
DECISIONS_SHOWN = 20
DECISIONS_JSON = 500


def start(args: argparse.Namespace) -> int:
    """Say what the strategy may do, ask, and let it.

    Raises:
        ConfigError: the call is wrong.
        Refused: the engine would not.
    """
    # numpy and TA-Lib: not for a wrong call.
    from tui_trader.cli.backtest_setup import parsed_parameters
    from tui_trader.engine.backtest.strategy_files import find_strategy

    if not args.pair:
        message = "`strategies start NAME` needs --pair, such as --pair BTC/USD"
        raise ConfigError(message)
    interval = interval_named(args.timeframe or DEFAULT_TIMEFRAME)
    strategy = find_strategy(args.name)
    command = StartStrategy(
        command_id=new_command_id(),
        actor=ACTOR,
        name=strategy.name,
        file=str(Path(args.name).expanduser().resolve()) if Path(args.name).suffix else "",
        symbols=tuple(Symbol(sanitize(text).upper()) for text in args.pair),
        interval=interval,
        parameters=strategy.checked(parsed_parameters(args.set or [])),
    )
    if not args.yes:
        if not is_person_there():
            message = "a strategy needs a yes, and no terminal is there to ask at: add --yes"
            raise ConfigError(message)
        for line in talk(args, lambda client: _terms(client, command), is_read_only=True):
            tell(line)
        if not is_agreed(f"Let {command.name} trade by itself? [y/N]"):
            tell("nothing was started")
            return EXIT_INTERRUPTED
    event = talk(args, lambda client: _said(client, command))
    verb = "goes on" if isinstance(event, StrategyContinued) else "started"
    if args.json:
        print_json({"strategy": command.name, "outcome": verb.replace(" ", "_")})
    tell(
        f"{command.name} {verb} on {', '.join(command.symbols)}, candles of {interval.value}; it decides "
        "when the next candle begins"
    )
    _tell_memory(strategy, command.parameters)
    return EXIT_OK


def hold(args: argparse.Namespace) -> int:
    """Let a strategy enter nothing more; its exits go on.

    Raises:
        Refused: none of that name runs.
    """
    command = HoldStrategy(command_id=new_command_id(), actor=ACTOR, name=sanitize(args.name))
    talk(args, lambda client: _said(client, command))
    if args.json:
        print_json({"strategy": command.name, "outcome": "held"})
    tell(
        f"{command.name} enters nothing until it is started again as it was; stops and exits go on"
    )
    return EXIT_OK


def stop(args: argparse.Namespace) -> int:
    """End a strategy; with --flatten, when it has sold what it holds.

    Raises:
        Refused: none of that name was started.
        Unconfirmed: what it holds is not sold yet.
    """
    command = StopStrategy(
        command_id=new_command_id(),
        actor=ACTOR,
        name=sanitize(args.name),
        is_flattening=args.flatten,
    )
    event = talk(args, lambda client: _stopped(client, command))
    if args.json:
        print_json({"strategy": event.strategy, "left": event.left})
    left = f"; it leaves {event.left}, which nothing protects now" if event.left else ""
    tell(f"{event.strategy} ended{left}")
    return EXIT_OK


def status(args: argparse.Namespace) -> int:
    """What runs, or what one decided lately."""
    if args.name is None:
        records = talk(args, _records, is_read_only=True)
        if args.json:
            print_json({"strategies": [document(record) for record in records]})
        else:
            print_table(HEADS, [_cells(record) for record in records], empty="no strategy runs")
        return EXIT_OK
    limit = DECISIONS_JSON if args.json else DECISIONS_SHOWN
    record, decisions = talk(
        args, lambda client: _one(client, sanitize(args.name), limit=limit), is_read_only=True
    )
    if args.json:
        print_json(document(record) | {"decisions": msgspec.to_builtins(decisions.rows)})
        return EXIT_OK
    print_table(HEADS, [_cells(record)], empty="")
    answer("")
    rows = [
        (moment(row.candle_ms), row.symbol, _SIGNALS[row.signal], row.outcome, row.gate, row.text)
        for row in decisions.rows
    ]
    print_table(ROW_HEADS, rows, empty="nothing was decided yet")
    return EXIT_OK


def document(record: StrategyRecord) -> dict[str, object]:
    """A started strategy for scripts; prices and quantities in units, unknown is null."""
    spec, note = record.spec, record.note
    held = []
    for symbol, pair in note.pairs.items():
        if pair.held is not None:
            held.append(
                {
                    "pair": symbol,
                    "quantity": pair.held.lots / pair.grid[1],
                    "entry_price": pair.held.entry,
                    "stop_price": pair.held.stop or None,
                    "take_profit_price": pair.held.take or None,
                    "candles_held": pair.held.bars,
                }
            )
    return {
        "name": spec.name,
        "file": spec.file or None,
        "pairs": spec.symbols,
        "timeframe": spec.interval.value,
        "parameters": spec.parameters,
        "phase": record.phase.value,
        "reason": record.reason or None,
        "started_ms": spec.started_ms,
        "started_by": record.actor,
        "candle_ms": note.candle_ms or None,
        "equity": note.equity if note.is_marked else None,
        "entries_today": note.entries_today,
        "positions": held,
        "written_off": [
            {"pair": symbol, "quantity": float(quantity)}
            for symbol, quantity in record.written_off.items()
        ],
        "rules": spec.rules,
        "risk": spec.risk,
    }


async def _records(client: EngineClient) -> tuple[StrategyRecord, ...]:
    return tuple(client.welcome.state.strategies.values())


async def _one(
    client: EngineClient, name: str, *, limit: int
) -> tuple[StrategyRecord, DecisionsAnswer]:
    record = client.welcome.state.strategies.get(name)
    found = await client.ask(AskDecisions(strategy=name, limit=limit))
    if record is None or not isinstance(found, DecisionsAnswer):
        running = ", ".join(client.welcome.state.strategies) or "none"
        message = f"no strategy {name} was started; running: {running}"
        raise ConfigError(message)
    return record, found


async def _said(client: EngineClient, command: StartStrategy | HoldStrategy) -> Event:
    events = await carry_out(client, command)
    raise_if_refused(events[-1])
    return events[-1]


async def _stopped(client: EngineClient, command: StopStrategy) -> StrategyStopped:
    events = await carry_out(client, command)
    raise_if_refused(events[-1])
    if isinstance(events[-1], StrategyStopped):
        return events[-1]
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            async for frame in client.updates():
                event = getattr(frame, "event", None)
                if isinstance(event, StrategyStopped) and event.strategy == command.name:
                    return event
    except TimeoutError:
        pass
    message = (
        f"{command.name} enters nothing more, but has not sold everything within "
        f"{CLOSE_SECONDS:g} s; it goes on trying: see `tui-trader strategies status {command.name}`"
    )
    raise Unconfirmed(message)


async def _terms(client: EngineClient, command: StartStrategy) -> list[str]:
    """What the strategy may do, in lines for a person."""
    found, account = await client.ask(AskSettings()), await client.ask(AskStatus())
    assert isinstance(found, SettingsAnswer), found
    assert isinstance(account, StatusAnswer), account
    settings = {row.key: row.value.strip('"') for row in found.rows}
    chosen = ", ".join(f"{name} {value:g}" for name, value in command.parameters.items())
    return [
        (
            f"{command.name}{f' ({chosen})' if chosen else ''} trades {', '.join(command.symbols)} on candles "
            f"of {command.interval.value}, in {account.mode} mode, by itself:"
        ),
        (
            f"  size by {settings['rules.sizing']}; largest position {_largest(settings, account.equity)}"
            f" {settings['market.quote_asset']}, at most {settings['risk.positions_max']} at once, "
            f"{settings['risk.exposure_max_percent']} % of equity together"
        ),
        (
            f"  first stop {settings['rules.stop_percent']} % or {settings['rules.stop_atr']} true ranges below "
            f"the entry, trailing {settings['rules.trail_percent']} % (0 is none); the engine watches them, "
            "none rests at the exchange"
        ),
        (
            f"  nobody enters after {settings['risk.daily_loss_max_percent']} % lost in a day, "
            f"{settings['risk.drawdown_max_percent']} % below the highest equity, "
            f"{settings['risk.losing_streak_max']} losing trades in a row or "
            f"{settings['risk.trades_per_day_max']} entries a day (0 is no limit)"
        ),
        "  it goes on after a restart; a halt holds it until it is started again",
    ]


def _largest(settings: dict[str, str], equity: Decimal | None) -> str:
    bounds = [Decimal(settings["limits.position_value_max_quote"])]
    quote = Decimal(settings["risk.position_max_quote"])
    share = Decimal(settings["risk.position_max_percent"])
    if quote:
        bounds.append(quote)
    if share and equity is not None:
        bounds.append(equity * share / 100)
    return money(min(bounds))


def _tell_memory(strategy: "Strategy", choices: dict[str, float]) -> None:
    bars = counted(strategy.memory_bars(choices), "candle")
    if strategy.hears_forecasts:
        tell("it decides on what models say: `tui-trader signals` and `tui-trader why` show it")
        return
    tell(f"it looks back over {bars} of the exchange's history")


def _cells(record: StrategyRecord) -> tuple[str, ...]:
    shown = document(record)
    held = [
        f"{pair.held.lots / pair.grid[1]:.8g} {symbol.partition('/')[0]}"
        for symbol, pair in record.note.pairs.items()
        if pair.held is not None
    ]
    gone = [
        f"{quantity.normalize():f} {symbol.partition('/')[0]} written off"
        for symbol, quantity in record.written_off.items()
    ]
    equity = money(Decimal(str(shown["equity"]))) if record.note.is_marked else "n/a"
    return (
        record.spec.name,
        ", ".join(record.spec.symbols),
        record.spec.interval.value,
        record.phase.value,
        equity,
        str(record.note.entries_today),
        ", ".join(held) or "nothing",
        "; ".join(text for text in (record.reason, *gone) if text),
    )
