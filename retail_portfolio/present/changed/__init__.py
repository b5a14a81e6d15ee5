"""What changed between two reports, as tables and in words."""
