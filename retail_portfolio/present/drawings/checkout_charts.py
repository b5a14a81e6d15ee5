"""The drawings of the checkout notebook: what a year is made of, where costs cross, who gains."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from retail_portfolio.present.drawings.axes import (
    AMOUNTS_PX,
    number_axis,
    scale_of,
    tips,
    upright_axis,
)
from retail_portfolio.present.drawings.charts import Chart, chart_from, range_dots, stacked_bars
from retail_portfolio.present.drawings.line_ends import line_ends, names_at_ends
from retail_portfolio.present.formats import percent, usd, value_text
from retail_portfolio.present.palette import CLOSES, CONVERTS, INK, PARTS, QUIET
from retail_portfolio.present.words import SITE_TYPES, technology_words, walk_out

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retail_portfolio.inputs.settings.scenario_parts import Format
    from retail_portfolio.model.checkouts.checkout_codes import Codes
    from retail_portfolio.model.result import Result
    from retail_portfolio.present.drawings.axes import Scale

_SOURCE: Final = "checkout model on assumptions.csv"
#: Parts of a cost as they are drawn together: fewer colours than parts.
_GROUPS: Final = {
    "capital": "equipment and upkeep",
    "maintenance": "equipment and upkeep",
    "lanes": "equipment and upkeep",
    "technology_year": "yearly figure",
    "cloud": "cloud and edge",
    "cashiers": "cashiers",
    "attendants": "attendants, entry, age check",
    "entry": "attendants, entry, age check",
    "remote_review": "review, tags, payment",
    "tags": "review, tags, payment",
    "payment": "review, tags, payment",
    "shrink": "loss beyond staffed lanes",
}
#: Groups in the order they are drawn, each with its colour.
_COLOURS: Final = {
    "equipment and upkeep": PARTS[0],
    "yearly figure": PARTS[1],
    "cloud and edge": PARTS[2],
    "cashiers": PARTS[3],
    "attendants, entry, age check": PARTS[4],
    "review, tags, payment": PARTS[5],
    "loss beyond staffed lanes": PARTS[6],
}
_HEIGHT_PX: Final = 280
_KEYS: Final = ["technology", "reading"]
_LINE_COLOURS: Final = {"staffed": INK, "self_checkout": PARTS[2], "smart_cart": PARTS[1]}
_READING_COLOURS: Final = {"installed": CONVERTS, "annualised": CLOSES}


def stack_chart(stack: Result, fmt: str, formats: Mapping[str, Format]) -> Chart:
    """Draw what a year of each technology is made of in the own stores of a format, USD.

    Parameters
    ----------
    stack
        Result of `retail_portfolio.model.checkouts.checkout.cost_stack`.

    Raises
    ------
    ValueError
        If the format has no rows.
    """
    rows = stack.table[(stack.table["format"] == fmt) & (stack.table["site_type"] == "own")]
    codes = walk_out(stack.words)
    frame = _grouped(rows.assign(what=_bar_words(rows, codes), amount=rows["usd_year"]))
    label = formats[fmt].label if fmt in formats else fmt
    return stacked_bars(
        frame,
        label="what",
        part="group",
        value="amount",
        unit="usd_year",
        title=_largest(rows, label, codes),
        source=_SOURCE,
        colours=_COLOURS,
        words=stack.words,
    )


def _bar_words(rows: pd.DataFrame, codes: Codes) -> list[str]:
    """Name each bar in a few letters, which is all a telephone has room for."""
    few = (codes.brief, f"{codes.brief} by RFID", f"{codes.brief} + lanes")
    short = codes.words | dict(zip(codes.walk_out, few, strict=True))
    names = [short.get(code, code) for code in rows["technology"]]
    return [f"{n} ({r})" if r else n for n, r in zip(names, rows["reading"], strict=True)]


def _grouped(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum parts into the groups that are drawn; each bar has every group, in one order."""
    frame = rows.assign(group=rows["part"].map(_GROUPS))
    sums = frame.groupby(["what", "group"], sort=False)["amount"].sum()
    groups = [group for group in _COLOURS if group in set(frame["group"])]
    bars = list(dict.fromkeys(frame["what"]))
    index = pd.MultiIndex.from_product([bars, groups], names=["what", "group"])
    return sums.reindex(index, fill_value=0.0).reset_index()


def _largest(rows: pd.DataFrame, label: str, codes: Codes) -> str:
    """Say what most of walk-out checkout is, and how much of staffed lanes is cashiers."""
    said = []
    named = f"{codes.label} ({codes.short})" if codes.short else codes.label
    for technology, words in ((codes.vision, named), ("staffed", codes.words["staffed"])):
        one = rows[(rows["technology"] == technology) & rows["reading"].isin(["", "installed"])]
        if len(one):
            groups = one.groupby(one["part"].map(_GROUPS), sort=False)["usd_year"].sum()
            part = groups.max() / groups.sum()
            said.append(f"{percent(part)} of {words} is {groups.idxmax()}")
    return f"{label}: {', '.join(said)}"


def break_even_chart(curves: Result) -> Chart:
    """Draw yearly cost over sales, a line a technology, with the sales of the worked case.

    Parameters
    ----------
    curves
        Result of `retail_portfolio.model.checkouts.checkout_curves.cost_curves`.

    Raises
    ------
    ValueError
        If there are no rows.
    """
    table, currency = curves.table, curves.words.currency
    if not len(table):
        raise ValueError("there is nothing to draw: the table has no rows")
    keys = list(dict.fromkeys(zip(table["technology"], table["reading"], strict=True)))
    told = technology_words(pd.DataFrame(keys, columns=_KEYS), curves.words)
    names = dict(zip(keys, told, strict=True))
    sales, costs = table["sales_usd_year"], table["annual_cost_usd"]
    scales = (scale_of("usd", sales, currency), scale_of("usd", costs, currency))
    drawn = pd.DataFrame(
        {
            "x": sales / scales[0].divisor,
            "y": costs / scales[1].divisor,
            "line": [names[k] for k in zip(table["technology"], table["reading"], strict=True)],
            "sales": [value_text(one, "usd_year", currency) for one in sales],
            "cost": [value_text(one, "usd_year", currency) for one in costs],
        }
    )
    today = float(drawn.loc[table["reference"], "x"].iloc[0])
    colours = _LINE_COLOURS | _READING_COLOURS  # what has readings has a line of each
    paints = {names[key]: colours.get(key[1] or key[0], QUIET) for key in keys}
    ends = drawn.groupby("line", sort=False)["cost"].last()
    words = "; ".join(f"{name} {cost}" for name, cost in ends.items())
    return chart_from(
        partial(_lines, drawn, today, paints, scales),
        title=curves.sentence,
        alt_text=f"Cost lines over sales; at their right ends: {words}.",
        source=_SOURCE,
    )


def _lines(
    drawn: pd.DataFrame,
    today: float,
    paints: Mapping[str, str],
    scales: tuple[Scale, Scale],
    width: int,
) -> Any:
    import altair as alt  # noqa: PLC0415 - two seconds to import

    last = {str(k): float(v) for k, v in drawn.groupby("line", sort=False)["y"].last().items()}
    span = (0.0, 1.04 * float(drawn["y"].max()))
    ends = line_ends(last, span, _HEIGHT_PX, width)
    plot = width - AMOUNTS_PX - ends.room
    sales = alt.Scale(domain=[0.0, float(drawn["x"].max())], nice=False)
    x = alt.X("x:Q", scale=sales, axis=number_axis(scales[0], "Sales a year", plot))
    y = alt.Y(
        "y:Q",
        scale=alt.Scale(domain=list(span), nice=False),
        axis=upright_axis(scales[1], "Checkout a year"),
    )
    scale = alt.Scale(domain=list(paints), range=list(paints.values()))
    colour = alt.Color("line:N", scale=scale, legend=None)
    lines = alt.Chart(drawn).mark_line(strokeWidth=2.2)
    encoded = lines.encode(
        x=x, y=y, color=colour, tooltip=tips(line="Technology", sales="Sales", cost="Checkout")
    )
    return alt.layer(*_worked_case(today), encoded, *names_at_ends(ends, plot, colour)).properties(
        width=plot, height=_HEIGHT_PX
    )


def _worked_case(sales: float) -> list[Any]:
    """Mark the sales of the worked case with an upright line."""
    import altair as alt  # noqa: PLC0415 - as above

    here = pd.DataFrame({"x": [sales], "text": ["worked case"], "y": [0.0]})
    rule = alt.Chart(here).mark_rule(color=QUIET, strokeDash=[4, 3]).encode(x="x:Q")
    words = (
        alt.Chart(here)
        .mark_text(align="left", dx=5, dy=-6, color=QUIET, baseline="bottom")
        .encode(x="x:Q", y="y:Q", text="text:N")
    )
    return [rule, words]


def third_party_chart(third: Result) -> Chart:
    """Draw the operator's gain at each kind of third-party site, with its range.

    Parameters
    ----------
    third
        Result of `retail_portfolio.model.checkouts.checkout_third_party.checkout_third_party`.

    Raises
    ------
    ValueError
        If there are no rows.
    """
    table = third.table
    return range_dots(
        table.assign(site=[SITE_TYPES.get(kind, kind) for kind in table["site_type"]]),
        label="site",
        value="net_benefit_usd_year",
        low="net_benefit_low_usd_year",
        high="net_benefit_high_usd_year",
        unit="usd_year",
        title=_who_gains(third),
        source=f"{_SOURCE}; range: assumptions moved one at a time",
        words=third.words,
    )


def _who_gains(third: Result) -> str:
    """Say where a licence pays the operator of a site most, and where it does not pay."""
    table = third.table
    words = [SITE_TYPES.get(kind, kind) for kind in table["site_type"]]
    gains = dict(zip(words, table["net_benefit_usd_year"].astype(float), strict=True))
    if not gains:
        return ""
    best = max(gains, key=lambda site: gains[site])
    losing = [site for site, gain in gains.items() if gain < 0]
    what = f"{walk_out(third.words).start} on licence"
    if gains[best] < 0:
        return f"{what} pays the operator at no kind of site"
    most = usd(gains[best], currency=third.words.currency)
    said = f"{what} pays the operator of a {best} most, {most} a year"
    return f"{said}, and costs more than it brings in at: {', '.join(losing)}" if losing else said
