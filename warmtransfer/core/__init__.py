"""Decides what happens to a call: events in, orders out, no IO and no clock."""
