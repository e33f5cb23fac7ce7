"""The rules of each language: one module each, data only."""
