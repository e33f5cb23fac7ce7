"""The carrier: its REST API, and the messages of its media streams."""
