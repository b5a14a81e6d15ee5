"""How the benchmarks drive and decay: fixed, so that times of two versions can be compared.

Both sides read the numbers from here; the plain ones then apply them in their own lines.
"""

from __future__ import annotations

CIRCUITY = 1.3
UPPER_MILES = (2.0, 5.0, 12.0)
MPH = (18.0, 25.0, 32.0, 42.0)
ACCESS_MINUTES = 1.0
CUTOFF_MINUTES = 30.0
SIZE_EXPONENT = 0.8
DISTANCE_EXPONENT = 2.0
OUTSIDE = 0.5
"""Attraction of everything else at each point."""
