"""Notebooks as pages, and results as JupyterLab shows them."""
