"""Closures, conversions and plans in every draw of the ledger."""
