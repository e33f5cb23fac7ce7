"""TwiML: fetched, read strictly, and performed verb by verb on a leg."""
