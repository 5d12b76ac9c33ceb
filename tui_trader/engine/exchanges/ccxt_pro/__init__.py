"""Any exchange that ccxt.pro knows, behind our two ports, with its limits declared."""
