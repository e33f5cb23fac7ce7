"""The REST API of one account: calls, conferences, messages, numbers, applications, and what it may dial."""
