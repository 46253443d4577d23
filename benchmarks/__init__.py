"""How fast the engine is, and against what: `make bench`."""
