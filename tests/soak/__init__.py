"""Hours of calls with restarts in between: nothing grows, and no promise is broken."""
