"""One call's audio, between the carrier's stream and the model."""
