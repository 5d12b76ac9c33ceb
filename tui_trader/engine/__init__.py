"""The trading engine: everything that decides, remembers and talks to exchanges, without a terminal."""
