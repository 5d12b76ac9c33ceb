"""The catalogue of indicators on the command line: what there is, and all of it over a file."""

import argparse
from collections.abc import Sequence

from tui_trader.cli.exit_codes import EXIT_OK
from tui_trader.cli.narration import answer, counted
from tui_trader.cli.parser import Subparsers
from tui_trader.cli.table import print_json, print_table
from tui_trader.engine.analysis.catalogue import all_indicators, indicator_named
from tui_trader.engine.analysis.declaration import Group, Indicator
from tui_trader.engine.analysis.description import (
    memory_words,
    needs_words,
    output_list,
    output_words,
    parameter_list,
    parameter_words,
    placement_words,
)
from tui_trader.engine.values.errors import ConfigError

LIST, COMPUTE = "list", "compute"
FOR_COMPUTE = ("data", "out", "only", "columns", "timeframe", "patterns", "force")
HEADS = ("NAME", "GROUP", "PARAMETERS", "OUTPUTS", "SAYS")


def add_parser(subparsers: Subparsers) -> None:
    """Declare `indicators list` and `indicators compute`."""
    indicators = subparsers.add_parser(
        "indicators",
        description="What can be computed from candles: the catalogue, or its values over a file.",
        examples="tui-trader indicators list\n"
        "tui-trader indicators list --group volatility\n"
        "tui-trader indicators list rsi\n"
        "tui-trader indicators compute --data candles.csv --out all.parquet\n"
        'tui-trader indicators compute --data candles.csv --only "rsi(14),ema(50)" --out -',
    )
    indicators.add_argument(
        "action", metavar="list|compute", help="tell what there is, or compute it over a file"
    )
    indicators.add_argument("name", metavar="NAME", nargs="?", help="list: one indicator, in full")
    groups = [group.value for group in Group]
    indicators.add_argument(
        "--group", choices=groups, metavar="G", help=f"list: {', '.join(groups)}"
    )
    indicators.add_argument("--json", action="store_true", help="list: JSON on stdout")
    computing = indicators.add_argument_group("compute")
    computing.add_argument("--data", metavar="FILE", help="candles: CSV, Parquet or Feather")
    computing.add_argument(
        "--out", metavar="FILE", help="FILE.csv or FILE.parquet; - is CSV on stdout"
    )
    computing.add_argument(
        "--only", metavar="NAMES", help="like rsi(14),macd(12,26,9); default: the whole catalogue"
    )
    computing.add_argument("--patterns", action="store_true", help="candlestick patterns as well")
    computing.add_argument(
        "--timeframe", metavar="T", help="make candles of this length of shorter ones"
    )
    computing.add_argument("--columns", metavar="NAMES", help="what the columns of FILE are")
    computing.add_argument("--force", action="store_true", help="replace FILE if it is there")


def run(args: argparse.Namespace) -> int:
    """Carry out the one that was called.

    Raises:
        ConfigError: there is no such action or indicator, or the call asks for two things.
        StoreError: the table cannot be written.
    """
    if args.action == COMPUTE:
        # Loads pyarrow, which a list of names does not need.
        from tui_trader.cli.indicator_files import compute_file

        _refuse_given(args, ("name", "group", "json"), COMPUTE)
        return compute_file(args)
    if args.action != LIST:
        message = (
            f"`indicators {args.action}` does not exist; there are: "
            f"indicators {LIST}, indicators {COMPUTE}"
        )
        raise ConfigError(message)
    _refuse_given(args, FOR_COMPUTE, LIST)
    if args.name is not None and args.group is not None:
        message = "name an indicator or a group, not both"
        raise ConfigError(message)
    if args.name is not None:
        show_one(indicator_named(args.name), is_json=args.json)
    else:
        show_many(all_indicators(Group(args.group) if args.group else None), is_json=args.json)
    return EXIT_OK


def _refuse_given(args: argparse.Namespace, names: Sequence[str], action: str) -> None:
    """Let no option pass that the action would silently ignore."""
    given = [name for name in names if getattr(args, name) not in {None, False}]
    if given:
        option = "NAME" if given[0] == "name" else f"--{given[0]}"
        message = f"`indicators {action}` takes no {option}; see `tui-trader indicators --help`"
        raise ConfigError(message)


def show_many(indicators: Sequence[Indicator], *, is_json: bool) -> None:
    """One row each."""
    if is_json:
        print_json([document(indicator) for indicator in indicators])
        return
    rows = [
        (entry.name, entry.group.value, parameter_list(entry), output_list(entry), entry.says)
        for entry in indicators
    ]
    print_table(HEADS, rows, empty="no indicator")
    answer(f"\n{counted(len(rows), 'indicator')}; `tui-trader indicators list NAME` tells more")


def show_one(indicator: Indicator, *, is_json: bool) -> None:
    """Everything one indicator says about itself."""
    if is_json:
        print_json(document(indicator))
        return
    answer(f"{indicator.name}: {indicator.title}")
    answer(f"{indicator.says}\n")
    facts = [
        ("group", indicator.group.value),
        ("reads", ", ".join(indicator.source.inputs)),
        ("needs", needs_words(indicator) or "candles alone"),
        *((f"takes {knob.name}", parameter_words(knob)) for knob in indicator.parameters),
        *((f"gives {output.name}", output_words(output)) for output in indicator.outputs),
        ("bullish", indicator.bullish or "takes no side"),
        ("bearish", indicator.bearish or "takes no side"),
        ("drawn", placement_words(indicator.draw)),
        ("warm-up", counted(indicator.warm_up_bars(indicator.checked({})), "bar")),
        ("memory", memory_words(indicator)),
    ]
    print_table(("WHAT", "HOW"), facts, empty="")


def document(indicator: Indicator) -> dict[str, object]:
    """The declaration as JSON carries it; warm-up and memory are those of the defaults."""
    defaults = indicator.checked({})
    return {
        "name": indicator.name,
        "title": indicator.title,
        "group": indicator.group.value,
        "says": indicator.says,
        "inputs": indicator.source.inputs,
        "needs": needs_words(indicator) or None,
        "parameters": [
            {"name": knob.name, "default": knob.default, "low": knob.low, "high": knob.high}
            for knob in indicator.parameters
        ],
        "outputs": [
            {"name": line.name, "unit": line.unit.label, "displacement": line.displacement}
            for line in indicator.outputs
        ],
        "bullish": indicator.bullish or None,
        "bearish": indicator.bearish or None,
        "draw": indicator.draw,
        "warm_up_bars": indicator.warm_up_bars(defaults),
        "memory_bars": indicator.memory_bars(defaults),
        "is_steady": indicator.is_steady,
        "anchor": indicator.anchor and indicator.anchor.value,
    }
