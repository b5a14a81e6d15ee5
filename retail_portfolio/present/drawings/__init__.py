"""Drawings of the report: charts as SVG, with their axes, names and legends."""
