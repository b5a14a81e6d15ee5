"""Draws of the ledger, and what is learnt from any function of them."""
