"""Where sentiment is fetched, one source a file.

Law: a source may be slow, dead or hostile and nobody waits for it; its text is untrusted.
"""
