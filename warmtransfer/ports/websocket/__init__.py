"""WebSockets: frames, and the one writer and reader of a socket."""
