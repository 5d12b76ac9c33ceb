"""Screens: they lay panes out, turn keys into wishes, and post those up to the app."""
