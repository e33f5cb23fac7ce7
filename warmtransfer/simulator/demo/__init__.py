"""The demo: one call told in real time, heard by every leg, and judged from the network's side."""
