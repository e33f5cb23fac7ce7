"""Readiness, timers and threads."""
