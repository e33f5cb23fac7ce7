"""The phone network: legs, rooms, dialling, what the account holds, its news, and the laws it follows."""
