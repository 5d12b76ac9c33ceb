"""Table of Kraken's private REST endpoints."""

from collections.abc import Callable, Mapping

from tui_trader.engine.exchanges.local_kraken import rest_account, rest_trading
from tui_trader.engine.exchanges.local_kraken.forms import Form
from tui_trader.engine.exchanges.local_kraken.rest_trading import Office

PrivateEndpoint = Callable[[Office, Form], object]

PRIVATE_ENDPOINTS: Mapping[str, PrivateEndpoint] = {
    "AddOrder": rest_trading.add_order,
    "AddOrderBatch": rest_trading.add_order_batch,
    "AmendOrder": rest_trading.amend_order,
    "EditOrder": rest_trading.edit_order,
    "CancelOrder": rest_trading.cancel_order,
    "CancelOrderBatch": rest_trading.cancel_order_batch,
    "CancelAll": rest_trading.cancel_all,
    "CancelAllOrdersAfter": rest_trading.cancel_all_after,
    "QueryOrders": rest_account.query_orders,
    "OpenOrders": rest_account.open_orders,
    "ClosedOrders": rest_account.closed_orders,
    "OrderAmends": rest_account.order_amends,
    "TradesHistory": rest_account.trades_history,
    "QueryTrades": rest_account.query_trades,
    "Ledgers": rest_account.ledgers,
    "QueryLedgers": rest_account.query_ledgers,
    "DepositStatus": rest_account.deposit_status,
    "WithdrawStatus": rest_account.withdraw_status,
    "Balance": rest_account.balance,
    "BalanceEx": rest_account.balance_extended,
    "TradeBalance": rest_account.trade_balance,
    "OpenPositions": rest_account.open_positions,
    "TradeVolume": rest_account.trade_volume,
    "GetApiKeyInfo": rest_account.api_key_rights,
}
