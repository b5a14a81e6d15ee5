"""What checkout costs with each technology, and where walk-out checkout would pay."""
