"""Lets ``python -m retail_portfolio`` do what ``retail-portfolio`` does."""

from __future__ import annotations

from retail_portfolio.cli import main

if __name__ == "__main__":
    main()
