"""What happened, folded: the order life, the ledger, the trading state and the view of the market."""
