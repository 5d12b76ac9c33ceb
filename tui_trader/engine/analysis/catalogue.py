"""The catalogue: indicators by name, each loaded when it is asked for."""

from difflib import get_close_matches

from tui_trader.engine.analysis.declaration import Group, Indicator
from tui_trader.engine.registry import INDICATORS, load
from tui_trader.engine.values.errors import ConfigError, PluginError


def indicator_named(name: str) -> Indicator:
    """The indicator of that name.

    Raises:
        ConfigError: there is none.
        PluginError: what the registry names is no indicator of that name.
    """
    place = INDICATORS.get(name)
    if place is None:
        close = get_close_matches(name.lower(), INDICATORS, n=1)
        hint = f" (did you mean `{close[0]}`?)" if close else ""
        message = f"there is no indicator `{name}`{hint}; see `tui-trader indicators list`"
        raise ConfigError(message)
    found = load(place)
    if not isinstance(found, Indicator) or found.name != name:
        message = f"the registry calls {place} the indicator `{name}`; it is not"
        raise PluginError(message)
    return found


def all_indicators(group: Group | None = None) -> tuple[Indicator, ...]:
    """Every indicator, or those of one group, by group and name."""
    order = list(Group)
    every = (indicator_named(name) for name in INDICATORS)
    chosen = [entry for entry in every if group in {None, entry.group}]
    return tuple(sorted(chosen, key=lambda entry: (order.index(entry.group), entry.name)))
