"""Catalogue: perceived rewards → effort."""
