"""Makes tables of a data folder from outside sources, around the stores that are in it already."""
