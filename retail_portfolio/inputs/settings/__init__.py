"""The settings of a run: scenarios, overrides, and who set what."""
