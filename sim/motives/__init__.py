"""Catalogue: what a member wants."""
