"""What Twilio's console has to hold for this app: planned, done, undone."""
