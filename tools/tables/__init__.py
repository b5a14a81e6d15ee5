"""Builds the tables of the data folder from a folder of sources.

Run as ``python -m tools.tables --sources DIR --out data``. What each input must hold is in
`tools.tables.sources.FILES` and in data/SOURCES.md.
"""
