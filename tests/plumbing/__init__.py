"""Checks of the repository as a whole: packages, floors, notebooks, what lies where."""
