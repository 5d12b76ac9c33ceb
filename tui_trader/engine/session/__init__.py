"""The live loop: take what is there, step, journal, publish, dispatch."""
