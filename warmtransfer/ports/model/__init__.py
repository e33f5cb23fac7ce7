"""Realtime models: the protocol that each speaks to us, and one file or folder a provider."""
