"""Which stores to close, which to convert, and what each choice costs."""

from retail_portfolio._late_grammar import put_off

__version__ = "0.1.0"

put_off()
