"""What one call can reach under a carrier that does anything, checked against the promises."""
