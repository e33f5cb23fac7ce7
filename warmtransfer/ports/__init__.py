"""Touches the world: one file per outside thing, the only importer of its library."""
