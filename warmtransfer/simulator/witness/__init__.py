"""What a trace and its audio prove of a call, whoever answered it."""
