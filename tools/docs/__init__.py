"""What the documentation is made with: pages generated from the code, formulas without scripts."""
