"""Media streams, as the network opens them: frames out, audio, marks and clear in."""
