"""Engines carry out a plan: ``reference`` is the readable one, on NumPy."""
