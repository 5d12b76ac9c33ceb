"""The four words, Command, Event, Report and Request, and the Queries beside them.

Messages are frozen structs tagged with their class name: the same types travel through the core,
over the socket and into the journal. No NaN in a message: unknown is `None`.
"""
