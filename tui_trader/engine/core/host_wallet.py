"""What an account has for a strategy: cash for its entries, the wallet it is marked by, coins to sell."""

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


def free_lots(desk: Decision, symbol: Symbol) -> int:
    """Coins of a pair that can be sold now, whoever bought them."""
    instrument = desk.market.instruments[symbol]
    quote = Asset(desk.settings.market.quote_asset)
    return max(0, int(available(desk.state, instrument.base, quote) / instrument.lot))
