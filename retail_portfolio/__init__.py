"""Which stores to close, which to convert, and what each choice costs."""

__version__ = "0.1.0"
