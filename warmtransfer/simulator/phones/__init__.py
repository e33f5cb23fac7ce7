"""Scripted phones: what a person, or a machine, does at the far end of a leg."""
