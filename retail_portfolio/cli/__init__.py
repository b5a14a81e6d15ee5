"""The door: what a person or a scheduler types, and the exit status they get."""

from retail_portfolio.cli import questions, reports, sweeps  # noqa: F401 - each adds its commands
from retail_portfolio.cli.app import app
from retail_portfolio.cli.door import EXIT_STATUS, OUR_FAULT, main

__all__ = ["EXIT_STATUS", "OUR_FAULT", "app", "main"]
