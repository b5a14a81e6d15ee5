"""A range as a thin bar beside its number."""

from __future__ import annotations

from markupsafe import Markup

from retail_portfolio.present.formats import as_number


def bar(
    low: object, value: object, high: object, scale: tuple[float, float] | None = None
) -> Markup:
    """Draw a range as a thin bar with its value on it; empty where there is none.

    Parameters
    ----------
    low, value, high
        The range and the number in it, in one unit; blank where not known.
    scale
        What the whole width stands for, so that several bars compare. By default from zero, or
        from the low end where that is below, to the high end.
    """
    left, middle, right = (as_number(one) for one in (low, value, high))
    if left is None or middle is None or right is None or right <= left:
        return Markup("")
    start, end = scale or (min(0.0, left), max(0.0, right))

    def at(number: float) -> float:
        return 100 * (min(max(number, start), end) - start) / (end - start)

    return Markup(
        '<span class="range" aria-hidden="true"><i style="left:{}%;width:{}%"></i>'
        '<b style="left:{}%"></b></span>'
    ).format(f"{at(left):.1f}", f"{at(right) - at(left):.1f}", f"{at(middle):.1f}")
