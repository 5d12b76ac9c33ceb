"""The account as one look found it: what can be read, and the names of what cannot.

Law: a pair that Kraken lists no more, and a debt, stop nobody from trading the rest: they are named.
Anything else that cannot be true still fails the whole look.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeVar

from tui_trader.engine.exchanges.ccxt_bridge import translate, wire
from tui_trader.engine.values.account import AccountSnapshot
from tui_trader.engine.values.text import sanitize

UNREAD_MAX = 20

_Row = TypeVar("_Row")
_Value = TypeVar("_Value")


class Look(NamedTuple):
    """Rows of one look.

    Args:
        orders: By txid.
        trades: By execution id.
        balances: Answer of BalanceEx.
    """

    orders: Mapping[str, wire.OrderRow]
    trades: Mapping[str, wire.TradeRow]
    balances: object

    def names_unlisted(self, pairs: translate.Pairs) -> bool:
        """Whether a row speaks of a pair that `pairs` does not have."""
        names = {row.descr.pair for row in self.orders.values()}
        names |= {row.pair for row in self.trades.values()}
        return not all(map(pairs.lists, names))


def snapshot_of(look: Look, pairs: translate.Pairs, *, taken_ms: int) -> AccountSnapshot:
    """The account, as far as it can be read.

    Raises:
        MalformedAnswer: something in it cannot be true.
    """
    unread: list[str] = []
    orders = _read(
        look.orders.items(),
        lambda row: row.descr.pair,
        lambda name, row: (row.is_over, translate.order_from(name, row, pairs)),
        pairs=pairs,
        unread=unread,
    )
    fills = _read(
        look.trades.items(),
        lambda row: row.pair,
        lambda name, row: translate.fill_from(
            name, row, pairs=pairs, order=look.orders.get(row.ordertxid)
        ),
        pairs=pairs,
        unread=unread,
    )
    balances, debts = translate.balances_from(look.balances)
    unread += debts
    if len(unread) > UNREAD_MAX:
        unread[UNREAD_MAX:] = [f"and {len(unread) - UNREAD_MAX} more"]
    return AccountSnapshot(
        open_orders=tuple(order for is_over, order in orders if not is_over),
        closed_orders=tuple(order for is_over, order in orders if is_over),
        fills=tuple(fills),
        balances=balances,
        taken_ms=taken_ms,
        unread=tuple(unread),
    )


def _read(
    rows: Iterable[tuple[str, _Row]],
    pair_of: Callable[[_Row], str],
    parse: Callable[[str, _Row], _Value],
    *,
    pairs: translate.Pairs,
    unread: list[str],
) -> list[_Value]:
    values = []
    for name, row in rows:
        if pairs.lists(pair_of(row)):
            values.append(parse(name, row))
        else:
            pair = sanitize(pair_of(row), length_max=translate.NAME_LENGTH_MAX)
            short = sanitize(name, length_max=translate.NAME_LENGTH_MAX)
            unread.append(f"{short} is of {pair}, which is not listed any more")
    return values
