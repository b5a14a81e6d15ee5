"""Notebooks executed, each in a process of its own, and how far they are."""
