"""What we decide: the trader, its risk gate, the emergency stop and reconciliation. No I/O at all."""
