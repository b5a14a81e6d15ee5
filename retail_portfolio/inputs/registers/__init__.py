"""One reader a table: its columns, what they hold, and what is wrong with it."""
