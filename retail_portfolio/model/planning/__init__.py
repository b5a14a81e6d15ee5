"""Which stores close, convert, stay and move, chosen together and proven."""
