"""Telephones in the browser: their pages, who may open them, and a WebSocket for each."""
