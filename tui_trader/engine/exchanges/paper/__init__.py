"""Orders without money: the simulator trades them at the real prices of a feed."""
