"""Venues: where prices come from and orders go, one room a venue."""
