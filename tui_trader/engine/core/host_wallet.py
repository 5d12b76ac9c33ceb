"""What an account has for a strategy: cash for its entries, the wallet it is marked by, coins to sell."""

from collections.abc import Mapping

from tui_trader.engine.core.decision import Decision
from tui_trader.engine.rules.grid import MONEY_PER_QUOTE
from tui_trader.engine.state.valuation import available
from tui_trader.engine.values.instruments import Asset, Symbol
from tui_trader.engine.values.money import ZERO


def free_cash(desk: Decision) -> int:
    """Cash that an entry may take, in money steps."""
    quote = Asset(desk.settings.market.quote_asset)
    return int(available(desk.state, quote, quote) * MONEY_PER_QUOTE)


def whole_cash(desk: Decision) -> int:
    """Cash that is there, whatever is held for open orders: a hold is no loss."""
    quote = Asset(desk.settings.market.quote_asset)
    state = desk.state
    total = state.balances.get(quote, ZERO) - state.unsettled.get(quote, ZERO)
    return int(total * MONEY_PER_QUOTE)


def wallet_beside(desk: Decision, lots: Mapping[Symbol, int]) -> int:
    """What the account is worth beside the coins of one strategy, in money steps.

    Cash, and what hands and other strategies hold, at its marks: a coin that somebody bought is no
    loss of everybody else's. A position without a mark counts at what was paid for it; one that was paid
    in another currency does not count, as that currency does not.
    """
    total, quote = ZERO, desk.settings.market.quote_asset
    for symbol, position in desk.state.positions.items():
        instrument = desk.market.instruments.get(symbol)
        paid_in = symbol.partition("/")[2] if instrument is None else instrument.quote
        if paid_in != quote:
            continue
        own = ZERO if instrument is None else lots.get(symbol, 0) * instrument.lot
        others = position.quantity_base - own
        if others != ZERO:
            mark = desk.market.mark(symbol)
            total += others * (position.price_average if mark is None else mark)
    return whole_cash(desk) + int(total * MONEY_PER_QUOTE)


def free_lots(desk: Decision, symbol: Symbol) -> int:
    """Coins of a pair that can be sold now, whoever bought them."""
    instrument = desk.market.instruments[symbol]
    quote = Asset(desk.settings.market.quote_asset)
    return max(0, int(available(desk.state, instrument.base, quote) / instrument.lot))
