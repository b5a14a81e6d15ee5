"""The models: checked tables and frozen settings in, frozen results out.

Every module here holds one model as pure functions. Nothing in this floor reads a file,
draws a chart or keeps state, so that a notebook, a sweep and a test call the same code.
"""
