"""The catalogue of indicators on the command line."""

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

LIST = "list"
KEPT_FOR_LATER = ("compute",)
HEADS = ("NAME", "GROUP", "PARAMETERS", "OUTPUTS", "SAYS")


def add_parser(subparsers: Subparsers) -> None:
    """Declare `indicators list`, and keep `indicators compute` for later."""
    indicators = subparsers.add_parser(
        "indicators",
        description="What can be computed from candles: all of it, one group, or one in full.",
        examples="tui-trader indicators list\n"
        "tui-trader indicators list --group volatility\n"
        "tui-trader indicators list rsi\n"
        "tui-trader indicators list --json",
    )
    indicators.add_argument("action", metavar="list", help="tell what there is")
    indicators.add_argument("name", metavar="NAME", nargs="?", help="one indicator, in full")
    groups = [group.value for group in Group]
    indicators.add_argument("--group", choices=groups, metavar="G", help=", ".join(groups))
    indicators.add_argument("--json", action="store_true", help="JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """Carry out the one that was called.

    Raises:
        ConfigError: there is no such action or indicator, or the call asks for two things.
    """
    if args.action != LIST:
        is_kept = args.action in KEPT_FOR_LATER
        fault = "is not in this version yet" if is_kept else "does not exist"
        message = f"`indicators {args.action}` {fault}; there is: indicators {LIST}"
        raise ConfigError(message)
    if args.name is not None and args.group is not None:
        message = "name an indicator or a group, not both"
        raise ConfigError(message)
    if args.name is not None:
        show_one(indicator_named(args.name), is_json=args.json)
    else:
        show_many(all_indicators(Group(args.group) if args.group else None), is_json=args.json)
    return EXIT_OK


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
