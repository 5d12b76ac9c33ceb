"""From a call of `backtest` to a request: candles, strategy, parameters, costs, and which rules hold."""

import argparse
import math
import os
from pathlib import Path
from typing import NamedTuple

from tui_trader.cli.candle_options import LENGTHS, interval_named, moment_named
from tui_trader.cli.surroundings import (
    CONFIG_VARIABLE,
    MODE_VARIABLE,
    chosen_config_file,
    chosen_home,
)
from tui_trader.cli.table import moment
from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.backtest.plain_rules import plain_rules, with_slippage
from tui_trader.engine.backtest.request import BacktestRequest, grid_from_candles
from tui_trader.engine.backtest.strategy_files import find_strategy
from tui_trader.engine.config.fields import VARIABLE_PREFIX
from tui_trader.engine.rules.from_settings import flat_fees, risk_rules, trade_rules
from tui_trader.engine.rules.model import RiskRules, TradeRules
from tui_trader.engine.settings.model import Settings
from tui_trader.engine.stores.candles.store import ParquetCandleStore
from tui_trader.engine.stores.home import Home
from tui_trader.engine.values.backtests import BacktestCall
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.text import sanitize

PAIRS_MAX = 50
CASH_MAX_QUOTE, BPS_MAX = 1e10, 1_000.0
BPS_PER_UNIT = 10_000
OFF = "off"
PLACES = {"TUI_TRADER_HOME", MODE_VARIABLE, CONFIG_VARIABLE}
"""Variables that are no settings."""


class Prepared(NamedTuple):
    """A request, and what was said about it.

    Args:
        sources: Where the candles of each pair come from, in words.
    """

    request: BacktestRequest
    call: BacktestCall
    sources: dict[Symbol, str]


def prepared_run(args: argparse.Namespace) -> Prepared:
    """Everything that a run needs.

    Raises:
        ConfigError: the call, a setting or a file is wrong, or there are no candles.
        PluginError: the strategy's file is not sound.
        StoreError: stored candles are damaged.
    """
    symbols = _pairs(args.pair)
    strategy = find_strategy(args.strategy)
    parameters = parsed_parameters(args.set or [])
    chosen = strategy.checked(parameters)
    rules, risk = _rules(args, pairs=len(symbols))
    cash = _number(args.cash, "--cash", (1.0, CASH_MAX_QUOTE))
    candles, sources, venue = _candles(args, symbols)
    asked = strategy
    if strategy.hears_forecasts:
        # scikit-learn: two seconds that no other strategy needs.
        from tui_trader.cli.forecast_setup import with_forecasts

        strategy, rules = with_forecasts(
            args,
            strategy,
            rules,
            learning=_settings(args).learning,
            pairs=tuple((symbol, columns.interval) for symbol, columns in candles.items()),
        )
    request = BacktestRequest(
        candles=candles,
        strategy=strategy,
        parameters=chosen,
        grids={symbol: grid_from_candles(columns) for symbol, columns in candles.items()},
        cash_quote=cash,
        rules=rules,
        risk=risk,
        cache_root=Home(chosen_home(args)).cache,
    )
    interval = next(iter(candles.values())).interval
    call = BacktestCall(
        pairs=symbols,
        timeframe=interval.value,
        strategy=asked.name,
        strategy_file=args.strategy if Path(args.strategy).suffix else None,
        parameters=chosen,
        start=args.start,
        end=args.end,
        files=tuple(args.data or ()),
        venue=venue,
        cash=cash,
        fee_bps=args.fee_bps,
        slippage_bps=args.slippage_bps,
        risk=args.risk,
        engine=args.engine,
    )
    return Prepared(request, call, sources)


def _pairs(given: list[str]) -> tuple[Symbol, ...]:
    symbols = []
    for text in given:
        base, _, quote = text.partition("/")
        if not base or not quote or "/" in quote:
            message = f"--pair {sanitize(text)!r} is no pair; write it like BTC/USD"
            raise ConfigError(message)
        symbols.append(Symbol(sanitize(text).upper()))
    twice = [symbol for symbol in symbols if symbols.count(symbol) > 1]
    if twice:
        message = f"--pair {twice[0]} is given twice"
        raise ConfigError(message)
    quotes = {symbol.split("/")[1] for symbol in symbols}
    if len(quotes) > 1:
        message = (
            f"one wallet holds one quote asset; the pairs are quoted in {', '.join(sorted(quotes))}"
        )
        raise ConfigError(message)
    if len(symbols) > PAIRS_MAX:
        message = f"{len(symbols)} pairs are more than {PAIRS_MAX}; name fewer"
        raise ConfigError(message)
    return tuple(symbols)


def parsed_parameters(given: list[str]) -> dict[str, object]:
    """`fast=20` as numbers; whether they are allowed, the strategy says.

    Raises:
        ConfigError: one is no parameter, or given twice.
    """
    found: dict[str, object] = {}
    for text in given:
        name, is_set, value = text.partition("=")
        name = name.strip()
        if not is_set or not name:
            message = f"--set {sanitize(text)!r} is no parameter; write it like --set fast=20"
            raise ConfigError(message)
        if name in found:
            message = f"--set {sanitize(name)} is given twice"
            raise ConfigError(message)
        if ":" in value:
            message = f"--set {sanitize(text)!r} is a range; one backtest takes one value"
            raise ConfigError(message)
        found[name] = _parameter(name, value.strip())
    return found


def _parameter(name: str, text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        message = f"--set {sanitize(name)}={sanitize(text)}: {sanitize(text)!r} is no number"
        raise ConfigError(message)
    return value


def _rules(args: argparse.Namespace, *, pairs: int) -> tuple[TradeRules, RiskRules]:
    """Costs and rules of the settings, with what the call says instead.

    Without risk, the signals alone decide: each pair gets its share of all cash, and nothing ends a
    trade but the strategy.
    """
    settings = _settings(args)
    rules, risk = trade_rules(settings.rules), risk_rules(settings.risk)
    if args.risk == OFF:
        rules, risk = plain_rules(rules, pairs=pairs), RiskRules()
    if args.fee_bps is not None:
        fee_bps = _number(args.fee_bps, "--fee-bps", (0.0, BPS_MAX))
        rules = flat_fees(rules, fee_bps / BPS_PER_UNIT)
    if args.slippage_bps is not None:
        rules = with_slippage(rules, _number(args.slippage_bps, "--slippage-bps", (0.0, BPS_MAX)))
    return rules, risk


def _settings(args: argparse.Namespace) -> Settings:
    home, named = chosen_home(args), chosen_config_file(args)
    is_set = any(name.startswith(VARIABLE_PREFIX) and name not in PLACES for name in os.environ)
    files = (home / "config.toml", home / ".env")
    if named is None and not is_set and not any(os.path.lexists(path) for path in files):
        return Settings()
    # A tenth of a second, for a home in which something is set.
    from tui_trader.engine.config.load import load_settings

    return load_settings(config_file=named, home=home, environ=os.environ).settings


def _number(value: float, option: str, bounds: tuple[float, float]) -> float:
    low, high = bounds
    if not low <= value <= high:
        message = f"{option} {value:g} is not from {low:g} to {high:,.0f}"
        raise ConfigError(message)
    return float(value)


def _candles(
    args: argparse.Namespace, symbols: tuple[Symbol, ...]
) -> tuple[dict[Symbol, Candles], dict[Symbol, str], str | None]:
    start_ms = moment_named(args.start, "--start") if args.start else None
    end_ms = moment_named(args.end, "--end") if args.end else None
    if start_ms is not None and end_ms is not None and start_ms >= end_ms:
        message = f"--start {moment(start_ms)} is not before --end {moment(end_ms)} (UTC)"
        raise ConfigError(message)
    interval = interval_named(args.timeframe) if args.timeframe else None
    if args.data:
        found, sources = _of_files(args, symbols, interval=interval, bounds_ms=(start_ms, end_ms))
        return found, sources, args.venue
    if interval is None:
        message = f"--timeframe says which candles to take; there is: {LENGTHS}"
        raise ConfigError(message)
    store = ParquetCandleStore(chosen_home(args))
    found, sources = {}, {}
    venues = {symbol: _venue(args, store, symbol) for symbol in symbols}
    for symbol, venue in venues.items():
        found[symbol] = store.load(venue, symbol, interval, start_ms=start_ms, end_ms=end_ms)
        sources[symbol] = store.source_words(
            venue, symbol, interval, start_ms=start_ms, end_ms=end_ms
        )
    taken = set(venues.values())
    # Kept with the run: a venue that comes later must not take the place of the one it was made of.
    return found, sources, taken.pop() if len(taken) == 1 else None


def _of_files(
    args: argparse.Namespace,
    symbols: tuple[Symbol, ...],
    *,
    interval: Interval | None,
    bounds_ms: tuple[int | None, int | None],
) -> tuple[dict[Symbol, Candles], dict[Symbol, str]]:
    if len(args.data) != len(symbols):
        message = (
            f"{len(symbols)} --pair and {len(args.data)} --data: name one file for each pair, in the "
            "same order, or import them with `tui-trader data import`"
        )
        raise ConfigError(message)
    # Reads all formats there are, which the store needs none of.
    from tui_trader.cli.candle_source import candles_of_file, tell_other_pair

    found, sources = {}, {}
    for symbol, name in zip(symbols, args.data, strict=True):
        path = Path(name).expanduser()
        tell_other_pair(path, symbol)
        whole = candles_of_file(path, interval=interval, columns=args.columns)
        found[symbol] = _within(whole, bounds_ms, name=sanitize(path.name))
        sources[symbol] = f"the file {sanitize(path.name)}"
    return found, sources


def _within(candles: Candles, bounds_ms: tuple[int | None, int | None], *, name: str) -> Candles:
    start_ms, end_ms = bounds_ms
    times = candles.open_time_ms
    first = 0 if start_ms is None else int(times.searchsorted(start_ms))
    last = len(times) if end_ms is None else int(times.searchsorted(end_ms))
    if first >= last:
        message = (
            f"{name}: no candle lies in the range asked for; it has {moment(int(times[0]))} to "
            f"{moment(int(times[-1]))} (UTC)"
        )
        raise ConfigError(message)
    return candles if last - first == len(times) else candles[first:last]


def _venue(args: argparse.Namespace, store: ParquetCandleStore, symbol: Symbol) -> str:
    venues = sorted({series.venue for series in store.series() if series.symbol == symbol})
    if args.venue is not None:
        venues = [venue for venue in venues if venue == args.venue]
    if not venues:
        whose = f" of {sanitize(args.venue)}" if args.venue else ""
        message = (
            f"the store of this home has no candles of {symbol}{whose}; fill it with `tui-trader data"
            f" import FILE --pair {symbol}` or `tui-trader data download --pair {symbol} --timeframe "
            f"{args.timeframe}`, or name a file with --data"
        )
        raise ConfigError(message)
    if len(venues) > 1:
        message = f"{symbol} is stored of {', '.join(venues)}; say which one with --venue"
        raise ConfigError(message)
    return venues[0]
