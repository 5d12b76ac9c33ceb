"""Why an order ended before it was filled, in Kraken's words where they are known."""

USER_REQUESTED = "User requested"
NO_LIQUIDITY = "Insufficient liquidity"
NO_FUNDS = "Insufficient funds"
SELF_TRADE = "Self trade prevention"
EXPIRED = "Order expired"
SWITCH_FIRED = "Cancel all orders after timeout"
