"""Speaks HTTP: signatures in, events on, TwiML out."""
