"""What it costs to leave a store: lease, people, assets, in cash and in the books."""
