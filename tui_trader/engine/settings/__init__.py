"""Every setting as a frozen struct, with unit, bounds and one sentence of help; pure."""
