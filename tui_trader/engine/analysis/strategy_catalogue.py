"""The strategies that come with the program, by name, each loaded when it is asked for."""

from difflib import get_close_matches
from functools import cache

from tui_trader.engine.analysis.strategy import Strategy
from tui_trader.engine.registry import STRATEGIES, load
from tui_trader.engine.values.backtests import ParameterDeclaration, StrategyDeclaration
from tui_trader.engine.values.errors import ConfigError, PluginError


def strategy_named(name: str) -> Strategy:
    """The strategy of that name.

    Raises:
        ConfigError: there is none.
        PluginError: what the registry names is no strategy of that name.
    """
    place = STRATEGIES.get(name)
    if place is None:
        close = get_close_matches(name.lower(), STRATEGIES, n=1)
        hint = f" (did you mean `{close[0]}`?)" if close else ""
        message = f"there is no strategy `{name}`{hint}; there are: {', '.join(STRATEGIES)}"
        raise ConfigError(message)
    found = load(place)
    if not isinstance(found, Strategy) or found.name != name:
        message = f"the registry calls {place} the strategy `{name}`; it is not"
        raise PluginError(message)
    return found


def all_strategies() -> tuple[Strategy, ...]:
    """Every strategy that comes with the program, in the order of the registry."""
    return tuple(strategy_named(name) for name in STRATEGIES)


@cache
def strategy_declarations() -> tuple[StrategyDeclaration, ...]:
    """What every one of them says about itself."""
    return tuple(declaration_of(strategy) for strategy in all_strategies())


def declaration_of(strategy: Strategy) -> StrategyDeclaration:
    """What a strategy says about itself, as plain values."""
    return StrategyDeclaration(
        name=strategy.name,
        title=strategy.title,
        says=strategy.says,
        memory_bars=strategy.memory_bars(strategy.checked({})),
        increasing=strategy.increasing,
        parameters=tuple(
            ParameterDeclaration(
                name=one.name,
                default=one.default,
                low=one.low,
                high=one.high,
                is_whole=one.is_whole,
                unit=one.unit,
                help=one.help,
            )
            for one in strategy.parameters
        ),
    )
