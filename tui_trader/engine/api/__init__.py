"""How the outside reaches a session: the unix socket."""
