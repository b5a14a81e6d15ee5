"""What a person looks at: numbers, tables, charts, maps and pages, all of them offline.

Nothing here computes a result. A module takes what a model handed back (or what a notebook wrote
of it), escapes every text in it, and gives the same bytes for the same input.
"""
