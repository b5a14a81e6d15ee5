"""A fictional retailer as a portfolio that runs, and the start of a portfolio of one's own."""
