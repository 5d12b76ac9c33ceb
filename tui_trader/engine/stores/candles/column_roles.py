"""Which column of somebody's file is what: by its head, by what the user says, or by its place.

Known places, for files without a head (times first in each):
Kraken's OHLCVT export: open, high, low, close, volume, trades. Kraken's REST rows: the average price
stands before the volume. Bitfinex: open, close, high, low. Binance: twelve columns.
"""

from collections.abc import Sequence
from enum import Enum

from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.text import sanitize


class Role(Enum):
    """What a column means; the value is its name in `--columns`."""

    TIME = "time"
    OPEN = "open"
    HIGH = "high"
    LOW = "low"
    CLOSE = "close"
    VOLUME = "volume"
    PRICE = "price"
    QUANTITY = "quantity"
    IGNORED = "-"


Roles = tuple[Role, ...]
"""The role of each column, by place."""

_CANDLE = (Role.TIME, Role.OPEN, Role.HIGH, Role.LOW, Role.CLOSE, Role.VOLUME)
_SKIP = Role.IGNORED
BITFINEX = (Role.TIME, Role.OPEN, Role.CLOSE, Role.HIGH, Role.LOW, Role.VOLUME)
TRADE = (Role.TIME, Role.PRICE, Role.QUANTITY)
_BY_PLACE: dict[int, Roles] = {
    3: TRADE,
    6: _CANDLE,
    7: (*_CANDLE, _SKIP),
    8: (*_CANDLE[:5], _SKIP, Role.VOLUME, _SKIP),
    12: (*_CANDLE, *(_SKIP,) * 6),
}
# In order of preference: a file may have a `unix` beside a `date`.
_HEADS: dict[Role, tuple[str, ...]] = {
    Role.TIME: (
        "open_time_ms", "open_time", "open time", "opentime", "timestamp", "time", "unix", "mts",
        "ts", "date", "datetime", "start", "__index_level_0__",
        # pandas leaves the head of an index empty.
        "index", "",
    ),
    Role.OPEN: ("open", "o", "open_price"),
    Role.HIGH: ("high", "h", "high_price"),
    Role.LOW: ("low", "l", "low_price"),
    Role.CLOSE: ("close", "c", "close_price"),
    Role.VOLUME: ("volume", "vol", "v", "base_volume", "volume_base"),
    Role.PRICE: ("price",),
    Role.QUANTITY: ("quantity", "qty", "amount", "size", "volume", "vol"),
}  # fmt: skip
_HINT = "name them in order with --columns, like --columns time,open,high,low,close,volume"


def is_head(fields: Sequence[str]) -> bool:
    """Whether a first line names columns."""
    known = {name for names in _HEADS.values() for name in names if name}
    return any(field.strip().strip('"').lower() in known for field in fields)


def roles_of_head(heads: Sequence[str]) -> Roles:
    """Roles by the names of the columns.

    Raises:
        ConfigError: one is missing, or stands there twice.
    """
    names = [head.strip().strip('"').lower() for head in heads]
    is_trades = "price" in names and "open" not in names
    wanted = TRADE if is_trades else _CANDLE
    roles = [Role.IGNORED] * len(names)
    for role in wanted:
        name = next((one for one in _HEADS[role] if one in names), None)
        if name is None or names.count(name) > 1:
            fault = "no column" if name is None else f"two columns {name!r}"
            message = f"{fault} for {role.value} among {sanitize(', '.join(heads))}; {_HINT}"
            raise ConfigError(message)
        roles[names.index(name)] = role
    return tuple(roles)


def roles_named(text: str) -> Roles:
    """Roles as the user names them.

    Raises:
        ConfigError: a name is unknown, missing or there twice.
    """
    roles = []
    for name in text.split(","):
        try:
            roles.append(Role(name.strip().lower()))
        except ValueError:
            known = ", ".join(role.value for role in Role)
            message = f"--columns: {sanitize(name.strip())!r} is none of {known} (- is ignored)"
            raise ConfigError(message) from None
    wanted = TRADE if Role.PRICE in roles else _CANDLE
    for role in wanted:
        if roles.count(role) != 1:
            count = "missing" if role not in roles else "there twice"
            message = f"--columns: {role.value} is {count}; {_HINT}"
            raise ConfigError(message)
    return tuple(role if role in wanted else Role.IGNORED for role in roles)


def roles_by_place(sample: Sequence[Sequence[str]], count: int) -> Roles:
    """Roles of a file without a head.

    Args:
        sample: Its first rows.
        count: Columns of each.

    Raises:
        ConfigError: no known format has so many columns.
    """
    if count not in _BY_PLACE:
        message = f"no known format without a head has {count} columns; {_HINT}"
        raise ConfigError(message)
    if count == len(BITFINEX) and _is_close_before_high(sample):
        return BITFINEX
    return _BY_PLACE[count]


def _is_close_before_high(sample: Sequence[Sequence[str]]) -> bool:
    """Whether every row makes a candle as open, close, high, low, and some row does not otherwise.

    A row that fits both orders has four equal prices, so it reads the same either way.
    """
    is_proven = False
    for row in sample:
        try:
            first, second, third, fourth = (float(field) for field in row[1:5])
        except ValueError:
            continue
        if third < max(first, second) or fourth > min(first, second):
            return False
        is_proven |= second < max(first, fourth) or third > min(first, fourth)
    return is_proven
