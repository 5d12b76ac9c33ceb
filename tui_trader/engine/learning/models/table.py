"""Models by name, each loaded when it is asked for."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import cast

from tui_trader.engine.learning.models.declaration import Kind
from tui_trader.engine.registry import MODELS, load
from tui_trader.engine.values.errors import ConfigError, PluginError


def kind_named(name: str) -> Kind:
    """The model of that name.

    Raises:
        ConfigError: there is none.
        PluginError: what the registry names is no model of that name.
    """
    place = MODELS.get(name)
    if place is None:
        close = get_close_matches(name.lower(), MODELS, n=1)
        hint = f" (did you mean `{close[0]}`?)" if close else ""
        message = f"there is no model `{name}`{hint}; there are: {', '.join(MODELS)}"
        raise ConfigError(message, key="learning.models")
    found = cast("Kind", load(place))
    if getattr(found, "name", None) != name:
        message = f"the registry calls {place} the model `{name}`; it is not"
        raise PluginError(message)
    return found


def chosen_kinds(names: Sequence[str]) -> tuple[Kind, ...]:
    """The models named, in that order.

    Raises:
        ConfigError: a name is unknown or named twice, or there is none.
    """
    if not names:
        message = f"name at least one model of: {', '.join(MODELS)}"
        raise ConfigError(message, key="learning.models")
    if len(set(names)) < len(names):
        twice = next(name for name in names if list(names).count(name) > 1)
        message = f"model `{twice}` is named twice; once is enough"
        raise ConfigError(message, key="learning.models")
    return tuple(kind_named(name) for name in names)
