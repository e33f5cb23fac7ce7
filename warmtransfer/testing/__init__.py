"""A host app phones itself in its own tests: the pytest plugin, its phone network, and one call."""
