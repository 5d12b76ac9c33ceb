"""The indicators: one file a family, one line each in `engine/registry.py`."""
