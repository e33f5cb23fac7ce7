"""Phones: what a script, a machine, or somebody who holds one does at the far end of a leg."""
