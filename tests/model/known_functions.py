"""Functions whose Sobol indices are known in closed form, as outputs of names."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
A, B = 7.0, 0.1
G = (0.0, 1.0, 4.5, 9.0, 99.0)
WEIGHTS = (4.0, 2.0, 1.0)


def ishigami(uniforms: Mapping[str, Floats]) -> dict[str, Floats]:
    """Ishigami and Homma 1990: sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1 over [-pi, pi]^3."""
    x1, x2, x3 = (2 * np.pi * uniforms[name] - np.pi for name in ("x1", "x2", "x3"))
    return {"y": np.sin(x1) + A * np.sin(x2) ** 2 + B * x3**4 * np.sin(x1)}


def ishigami_indices() -> tuple[dict[str, float], dict[str, float]]:
    own = {"x1": 0.5 * (1 + B * np.pi**4 / 5) ** 2, "x2": A**2 / 8, "x3": 0.0}
    both = B**2 * np.pi**8 * (1 / 18 - 1 / 50)
    variance = sum(own.values()) + both
    total = {"x1": own["x1"] + both, "x2": own["x2"], "x3": both}
    return (
        {name: part / variance for name, part in own.items()},
        {name: part / variance for name, part in total.items()},
    )


def sobol_g(uniforms: Mapping[str, Floats]) -> dict[str, Floats]:
    """Sobol's g: the product of (|4 u - 2| + a) / (1 + a)."""
    parts = [(np.abs(4 * uniforms[f"g{n}"] - 2) + a) / (1 + a) for n, a in enumerate(G)]
    return {"g": np.prod(parts, axis=0)}


def sobol_g_indices() -> tuple[dict[str, float], dict[str, float]]:
    own = {f"g{n}": 1 / (3 * (1 + a) ** 2) for n, a in enumerate(G)}
    whole = np.prod([1 + part for part in own.values()])
    return (
        {name: part / (whole - 1) for name, part in own.items()},
        {name: part * whole / (1 + part) / (whole - 1) for name, part in own.items()},
    )


def additive(uniforms: Mapping[str, Floats]) -> dict[str, Floats]:
    """A weighted sum, in which the first order is the total, and one that nothing moves."""
    total = sum(w * uniforms[f"a{n}"] for n, w in enumerate(WEIGHTS))
    return {"sum": np.asarray(total), "still": np.full_like(uniforms["a0"], 5.0)}


def additive_indices() -> dict[str, float]:
    squares = [w * w for w in WEIGHTS]
    return {f"a{n}": square / sum(squares) for n, square in enumerate(squares)}
