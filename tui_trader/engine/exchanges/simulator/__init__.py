"""An exchange as arithmetic: matching, accounts and a market, without clock, chance or I/O."""
