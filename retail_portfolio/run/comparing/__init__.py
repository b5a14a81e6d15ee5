"""What changed between two reports, and which input did it."""
