"""The keys as one person has them: THE table, after their own wishes.

Law: STOP keeps its keys, whatever anybody wishes; a key means one thing in one place, and where two
wishes clash both are named.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from tui_trader.actions import ACTIONS, TABS, Action, Group, Where
from tui_trader.actions.key_names import key_called, key_shown
from tui_trader.engine.values.errors import ConfigError

KEYS_MAX = 8
"""Most keys of one action."""
FIXED = frozenset({Where.TICKET, Where.DIALOG})
"""Places whose keys stay: digits and letters are typed there."""

Wishes = Mapping[str, Mapping[str, Sequence[str]]]
"""Keys by place and action, as a person writes them."""

_SCREENS = frozenset(tab.where for tab in TABS)


@dataclass(frozen=True)
class KeyTable:
    """Every action with its keys."""

    actions: tuple[Action, ...] = ACTIONS

    def in_place(self, where: Where) -> tuple[Action, ...]:
        """Rows for one place, in table order."""
        return tuple(action for action in self.actions if action.where is where)

    def of_screen(self, where: Where) -> tuple[Action, ...]:
        """Rows that hold on a screen: its own, then those of every screen."""
        places = (where, Where.SCREENS, Where.EVERYWHERE) if where in _SCREENS else (where,)
        return tuple(action for place in places for action in self.in_place(place))

    def ids_by_key(self, where: Where) -> dict[str, str]:
        """What each key of a place does there."""
        return {key: action.id for action in self.in_place(where) for key in action.keys}

    def keys_of(self, *ids: str, where: Where = Where.SCREENS) -> frozenset[str]:
        """Every key of these actions of a place."""
        return frozenset(
            key for action in self.in_place(where) if action.id in ids for key in action.keys
        )

    def bar(self, where: Where, pane: str) -> tuple[Action, ...]:
        """Rows the key bar shows in a place and pane; STOP not among them: it has its own corner.

        Those of every screen come last: they give way where there is no room; safety does not.
        """
        places = (where, Where.SCREENS) if where in _SCREENS else (where,)
        shown = [
            action
            for place in places
            for action in self.in_place(place)
            if action.label and action.shown and (not action.panes or pane in action.panes)
        ]
        return tuple(sorted(shown, key=lambda action: action.group is not Group.SAFETY))

    @cached_property
    def stop(self) -> Action:
        """The row of STOP."""
        return next(action for action in self.actions if action.id == "stop")


def remapped(wishes: Wishes, *, source: str) -> KeyTable:
    """The table with these keys instead of its own.

    Args:
        wishes: Keys by place and action.
        source: File of the wishes, for what is said of a fault.

    Raises:
        ConfigError: a place, an action or a key that does not exist, or two actions on one key.
    """
    changed: dict[tuple[Where, str], tuple[str, ...]] = {}
    for place_name, rows in wishes.items():
        where = _place(place_name, source)
        for name, keys in rows.items():
            action = _action(where, name, source)
            changed[where, action.id] = _keys(action, keys, source)
    table = KeyTable(tuple(_shown_anew(_with_keys(changed), changed)))
    for line in clashes(table):
        raise ConfigError(line, source=source)
    return table


def clashes(table: KeyTable) -> list[str]:
    """A sentence for each key that would mean two things in one place."""
    found = []
    for where in Where:
        seen: dict[str, Action] = {}
        shared = table.in_place(Where.EVERYWHERE) if where is not Where.EVERYWHERE else ()
        wide = table.in_place(Where.SCREENS) if where in _SCREENS else ()
        for action in (*shared, *wide, *table.in_place(where)):
            for key in action.keys:
                other = seen.setdefault(key, action)
                if other is not action:
                    found.append(_clash(key, other, action))
    return list(dict.fromkeys(found))


def _clash(key: str, one: Action, other: Action) -> str:
    return (
        f"{key_shown(key)} is the key of two actions: {_full_name(one)} ({one.tooltip.rstrip('.')}) "
        f"and {_full_name(other)} ({other.tooltip.rstrip('.')}); give one of them another key"
    )


def _full_name(action: Action) -> str:
    return f"[{action.where.name.lower()}] {action.name}"


def _place(name: str, source: str) -> Where:
    known = [where for where in Where if where not in FIXED]
    for where in known:
        if name == where.name.lower():
            return where
    names = ", ".join(where.name.lower() for where in known)
    message = f"keys belong to a place, and there is none of that name; places are {names}"
    raise ConfigError(message, source=source, key=f"[{name}]")


def _action(where: Where, name: str, source: str) -> Action:
    rows = [action for action in ACTIONS if action.where is where]
    for action in rows:
        if name == action.name:
            return action
    message = "there is no such action; `tui-trader keys --json` names them all"
    raise ConfigError(message, source=source, key=f"[{where.name.lower()}] {name}")


def _keys(action: Action, wanted: Sequence[str], source: str) -> tuple[str, ...]:
    key = _full_name(action)
    if len(wanted) > KEYS_MAX:
        message = f"{len(wanted)} keys are too many; {KEYS_MAX} at most"
        raise ConfigError(message, source=source, key=key)
    try:
        keys = tuple(dict.fromkeys(key_called(text) for text in wanted))
    except ValueError as fault:
        raise ConfigError(str(fault), source=source, key=key) from None
    if action.id != "stop":
        return keys
    if not keys:
        message = "STOP cannot be unbound; take this line away, or give it a key beside !"
        raise ConfigError(message, source=source, key=key)
    return tuple(dict.fromkeys((*action.keys, *keys)))


def _with_keys(changed: Mapping[tuple[Where, str], tuple[str, ...]]) -> list[Action]:
    return [
        replace(action, keys=changed.get((action.where, action.id), action.keys))
        for action in ACTIONS
    ]


def _shown_anew(
    actions: Sequence[Action], changed: Iterable[tuple[Where, str]]
) -> Iterable[Action]:
    """Rows as they read now. A row without a word of its own is spoken for by the one above it."""
    names = set(changed)
    heads = [place for place, action in enumerate(ACTIONS) if action.shown]
    for begin, end in pairwise([*heads, len(actions)]):
        family = actions[begin:end]
        if any((action.where, action.id) in names for action in family):
            head = family[0]
            shown = [key_shown(action.keys[0]) for action in family if action.keys]
            yield replace(head, shown=" ".join(dict.fromkeys(shown)))
        else:
            yield family[0]
        yield from family[1:]
