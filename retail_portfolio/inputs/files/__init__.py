"""Files as they come: texts, CSV and YAML, and the numbers and dates written in them."""
