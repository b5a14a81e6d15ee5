"""The door: what a person or a scheduler types, and the exit status they get."""

from retail_portfolio.cli import (  # noqa: F401 - each adds its commands
    build,
    build_ledger,
    build_points,
    changes,
    init,
    questions,
    reports,
    schedule,
    schema,
    sweeps,
)
from retail_portfolio.cli.app import app
from retail_portfolio.cli.door import main

__all__ = ["app", "main"]
