"""Signals whose confidence can be believed: labels, models, honest validation, stored versions.

Law: a forecast is made from closed candles by a model that never saw a label ending after its
training. What cannot be shown to be better than chance is "no opinion", whatever it earned.
"""
