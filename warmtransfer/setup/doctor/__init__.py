"""Looks at everything a deployment needs, one thing after the other, and says what to do about each fault."""
