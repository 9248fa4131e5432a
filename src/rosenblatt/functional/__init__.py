"""The mathematics: pure functions on arrays, each beside its derivative and its equation."""
