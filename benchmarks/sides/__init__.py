"""The two sides of every claim: ours, and the peer's or a plain one written out here."""
