"""Catalogue: scores → rewards, and the incentive they bring."""
