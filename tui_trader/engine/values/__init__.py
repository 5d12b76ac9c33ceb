"""What things are: instruments, money, orders, candles, time, errors and clean text."""
