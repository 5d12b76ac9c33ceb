"""Dialogs above the desk: a choice of few, or one word to type."""
