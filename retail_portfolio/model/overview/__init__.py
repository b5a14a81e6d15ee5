"""A whole case at once: its register, what it needs of the ledger, and its answer in numbers."""
