"""HiGHS as the plan uses it: silent, on one thread, the same answer every time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

TOLERANCE = 1e-9


def quiet_model() -> Any:
    """Return a HiGHS model that says nothing and uses one thread."""
    import highspy  # noqa: PLC0415 - keeps the import of the models light

    model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("parallel", "off"),
        ("primal_feasibility_tolerance", TOLERANCE),
        ("dual_feasibility_tolerance", TOLERANCE),
        ("mip_feasibility_tolerance", TOLERANCE),
    ):
        model.setOptionValue(option, value)
    return model


def site_rows(site: Ints) -> Floats:
    """Return a row a site over its columns, shape ``(sites, columns)``."""
    rows: Floats = (np.unique(site)[:, None] == site).astype(float)
    return rows


def add_columns(model: Any, cost: Floats, high: Floats | float, low: float = 0.0) -> None:
    """Add columns without entries."""
    nothing = np.zeros(0, np.int32)
    model.addCols(
        len(cost),
        cost,
        np.full(len(cost), low),
        np.broadcast_to(high, cost.shape).astype(float),
        0,
        nothing,
        nothing,
        np.zeros(0),
    )


def add_rows(model: Any, rows: Floats, low: Floats | float, high: Floats | float) -> None:
    """Add rows, shape ``(rows, columns)``, with bounds."""
    where, entry = np.nonzero(rows)
    starts = np.searchsorted(where, np.arange(len(rows))).astype(np.int32)
    model.addRows(
        len(rows),
        np.broadcast_to(low, len(rows)).astype(float),
        np.broadcast_to(high, len(rows)).astype(float),
        len(entry),
        starts,
        entry.astype(np.int32),
        rows[where, entry],
    )
