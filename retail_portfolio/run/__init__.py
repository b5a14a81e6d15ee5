"""Executes notebooks and publishes reports; nothing below this floor knows that it exists."""
