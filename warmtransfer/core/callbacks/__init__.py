"""Callbacks: what was promised to a caller whom nobody could speak with, and how it is kept.

Pure as the rest of this room: a callback and a fact in, the callback after it and orders out.
"""
