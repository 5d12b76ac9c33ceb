"""The strategies that come with the program, by name, each loaded when it is asked for."""

from difflib import get_close_matches

from tui_trader.engine.analysis.strategy import Strategy
from tui_trader.engine.registry import STRATEGIES, load
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
