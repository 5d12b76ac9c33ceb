"""Settings from file, `.env` and environment, each with where it came from; faults name their line."""
