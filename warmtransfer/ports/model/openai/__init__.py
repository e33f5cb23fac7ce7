"""OpenAI's realtime model, Azure's, and servers that speak the same protocol."""
