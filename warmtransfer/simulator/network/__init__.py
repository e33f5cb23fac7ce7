"""The phone network: legs, rooms, dialling, the news it sends, and the laws it follows."""
