"""Realtime models: one file a provider."""
