"""Pages for the person who answers for the calls: what happens now, what happened, and what can be done."""
