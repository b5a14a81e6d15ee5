"""What a site is worth when a store opens in it, stays in it or moves from it."""
