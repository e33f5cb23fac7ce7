"""What a sentence of a caller or an AI says about a handoff: rules by language, no guess by a single word."""
