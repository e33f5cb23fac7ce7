"""The REST API of one account: Calls, Conferences, Participants, and what the SDK needs beside them."""
