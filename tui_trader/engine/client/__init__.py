"""How a client talks to an engine: frames, the client protocol, its two forms and the mirror."""
