"""Pictures, each from tables alone."""
