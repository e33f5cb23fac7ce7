"""Runs what the core decides: saves, performs, keeps time, moves audio."""
