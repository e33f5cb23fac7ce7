"""Sound on a line: samples, mixing, speaking and listening, a frame of 20 ms at a time."""
