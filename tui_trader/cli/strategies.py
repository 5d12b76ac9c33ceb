"""`strategies`: what can trade by itself, from what each declares, and what does in the running engine."""

import argparse
from typing import TYPE_CHECKING

from tui_trader.cli.exit_codes import EXIT_OK
from tui_trader.cli.narration import answer, counted
from tui_trader.cli.parser import Subparsers
from tui_trader.cli.table import print_json, print_table
from tui_trader.engine.ports.strategy import StrategyParameter
from tui_trader.engine.values.errors import ConfigError

if TYPE_CHECKING:
    from tui_trader.engine.analysis.strategy import Strategy

LIST, SHOW, START, HOLD, STOP = "list", "show", "start", "hold", "stop"
STATUS = "status"
HEADS = ("NAME", "PARAMETERS", ">REMEMBERS", "SAYS")
PARAMETER_HEADS = ("PARAMETER", ">DEFAULT", ">FROM", ">TO", "UNIT", "MEANS")


def add_parser(subparsers: Subparsers) -> None:
    """Declare `strategies list` and `strategies show`."""
    strategies = subparsers.add_parser(
        "strategies",
        description="What can trade by itself: when each strategy enters and leaves, its parameters with their "
        "bounds, and how many candles it remembers. `start` lets one trade in the running engine, with the "
        "sizes, stops and limits of [rules] and [risk], through the same gate as every order by hand; "
        "`status` tells what runs, and of one why it traded or did not.",
        examples="tui-trader strategies list\n"
        "tui-trader strategies show ~/momentum.py --json\n"
        "tui-trader strategies start sma_cross --pair BTC/USD --timeframe 1h --set fast=10\n"
        "tui-trader strategies status sma_cross\n"
        "tui-trader strategies hold sma_cross         it enters nothing until it is started again\n"
        "tui-trader strategies stop sma_cross --flatten",
    )
    strategies.add_argument(
        "act", choices=(LIST, SHOW, START, HOLD, STOP, STATUS), help="what to do"
    )
    strategies.add_argument(
        "name", nargs="?", metavar="NAME", help="a name, or the path of your own"
    )
    strategies.add_argument(
        "--pair", action="append", metavar="P", help="for start: pair to trade; once for each"
    )
    strategies.add_argument(
        "--timeframe", metavar="T", help="for start: length of its candles (1h)"
    )
    strategies.add_argument(
        "--set", action="append", metavar="NAME=VALUE", help="for start: a parameter"
    )
    strategies.add_argument(
        "--flatten", action="store_true", help="for stop: sell what it holds first"
    )
    strategies.add_argument("--yes", action="store_true", help="for start: do not ask")
    strategies.add_argument("--json", action="store_true", help="JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """List all, show one, or say what to do with one in the running engine.

    Raises:
        ConfigError: there is no such strategy.
        PluginError: the file that was named holds no sound one.
    """
    if args.act in {SHOW, START, HOLD, STOP} and args.name is None:
        message = f"`strategies {args.act}` needs the name of one, as `strategies list` has it"
        raise ConfigError(message)
    if args.act == LIST and args.name is not None:
        message = "`strategies list` lists all of them; `strategies show NAME` tells of one"
        raise ConfigError(message)
    _refuse_idle_options(args)
    if args.act == LIST:
        _list(is_json=args.json)
    elif args.act == SHOW:
        _show(args.name, is_json=args.json)
    else:
        return _run_live(args)
    return EXIT_OK


def _refuse_idle_options(args: argparse.Namespace) -> None:
    """An option that does nothing here was meant to do something."""
    given = (
        (args.pair, "--pair", START),
        (args.timeframe, "--timeframe", START),
        (args.set, "--set", START),
        (args.yes, "--yes", START),
        (args.flatten, "--flatten", STOP),
    )
    for value, option, act in given:
        if value and args.act != act:
            message = f"{option} is for `strategies {act}`; `strategies {args.act}` takes none"
            raise ConfigError(message)


def _run_live(args: argparse.Namespace) -> int:
    # Speaks with an engine; a list does not.
    from tui_trader.cli import strategies_live

    acts = {
        START: strategies_live.start,
        HOLD: strategies_live.hold,
        STOP: strategies_live.stop,
        STATUS: strategies_live.status,
    }
    return acts[args.act](args)


def _list(*, is_json: bool) -> None:
    # numpy and TA-Lib: not for a wrong call.
    from tui_trader.engine.analysis.strategy_catalogue import all_strategies

    found = all_strategies()
    if is_json:
        print_json({"strategies": [_document(strategy) for strategy in found]})
        return
    rows = [
        (
            strategy.name,
            ", ".join(f"{one.name} {one.default:g}" for one in strategy.parameters) or "-",
            f"{_memory(strategy):,}",
            strategy.says,
        )
        for strategy in found
    ]
    print_table(HEADS, rows, empty="no strategy")


def _show(name: str, *, is_json: bool) -> None:
    from tui_trader.engine.backtest.strategy_files import find_strategy

    strategy = find_strategy(name)
    if is_json:
        print_json(_document(strategy))
        return
    answer(f"{strategy.name}: {strategy.title}")
    answer(strategy.says)
    answer(f"remembers {counted(_memory(strategy), 'candle')} at its defaults")
    if strategy.increasing:
        answer(f"{' < '.join(strategy.increasing)}")
    print_table(
        PARAMETER_HEADS,
        [_cells(one) for one in strategy.parameters],
        empty="no parameters",
    )


def _cells(one: StrategyParameter) -> tuple[str, ...]:
    return (one.name, f"{one.default:g}", f"{one.low:g}", f"{one.high:g}", one.unit, one.help)


def _memory(strategy: "Strategy") -> int:
    return strategy.memory_bars(strategy.checked({}))


def _document(strategy: "Strategy") -> dict[str, object]:
    return {
        "name": strategy.name,
        "title": strategy.title,
        "says": strategy.says,
        "memory_bars": _memory(strategy),
        "increasing": strategy.increasing,
        "parameters": [
            {
                "name": one.name,
                "default": one.default,
                "low": one.low,
                "high": one.high,
                "is_whole": one.is_whole,
                "unit": one.unit,
                "help": one.help,
            }
            for one in strategy.parameters
        ],
    }
