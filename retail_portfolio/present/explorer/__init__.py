"""The plans that a reader moves through in the page."""
