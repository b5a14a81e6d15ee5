"""The shell of every page of a report: one style sheet, one footer, one policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from retail_portfolio.present.files import write_text
from retail_portfolio.present.formats import (
    ORIGIN_MARKS,
    as_number,
    figure_text,
    range_text,
    value_text,
)
from retail_portfolio.present.offline import offline_page
from retail_portfolio.present.tables import origin_mark

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from retail_portfolio.model.result import Figure
    from retail_portfolio.present.outputs import ChartFile


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What every page says of the run, beside its results.

    Parameters
    ----------
    run_id, scenario, title, as_of
        Which run; the scenario's name and title; the day the report speaks of.
    retailer, why, created, currency, base_year, seed, overrides, input_hash, versions, git
        The rest of what a reader may ask of a run; blank where not said.
    formats
        Format code to its ``label`` and ``role``, as in the scenario. Without it the map names
        formats by their codes.
    """

    run_id: str
    scenario: str
    title: str
    as_of: str
    retailer: str = ""
    why: str = ""
    created: str = ""
    currency: str = "USD"
    base_year: int | None = None
    seed: int | None = None
    overrides: tuple[str, ...] = ()
    input_hash: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    git: object = None
    formats: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: RunFacts | Mapping[str, Any]) -> RunFacts:
        """Return ``facts`` as `RunFacts`; what a mapping says beyond them is left out."""
        if isinstance(facts, RunFacts):
            return facts
        known = {one.name for one in fields(cls)}
        values = {key: value for key, value in facts.items() if key in known}
        values["overrides"] = tuple(str(one) for one in values.get("overrides") or ())
        return cls(**values)

    @property
    def changed(self) -> str:
        """What makes the run differ from its scenario, as a clause; empty where nothing does."""
        return changed_words(self.overrides)


def changed_words(overrides: Iterable[object]) -> str:
    """Write overrides as a clause: ``changed: lease_termination_months=24``."""
    text = "; ".join(str(one) for one in overrides)
    return f"changed: {text}" if text else ""


_PER = " a year"


# -------------------------------------------------------------------------------- templates
def glossary() -> list[tuple[str, str]]:
    """Return the terms of the field with what they mean here, in the alphabet's order."""
    lines = resource("glossary.txt").splitlines()
    return [(term, words) for term, _, words in (line.partition(" | ") for line in lines)]


@cache
def resource(name: str) -> str:
    """Return the text of a template, style sheet or script of this package."""
    return (resources.files("retail_portfolio.present") / "templates" / name).read_text("utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(resource),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["figure"] = figure_text
    environment.filters["value"] = lambda one: value_text(one.value, one.unit)
    environment.filters["headline"] = headline
    environment.filters["per"] = per
    environment.filters["spread"] = lambda one: range_text(one.low, one.high, one.unit)
    environment.filters["mark"] = lambda origin: Markup(origin_mark(origin))  # noqa: S704 - ours
    environment.filters["thin_range"] = thin_range
    environment.filters["drawing"] = drawing
    return environment


def headline(figure: Figure) -> str:
    """Write a figure to stand large: what it is per (``a year``) stands with its range."""
    return value_text(figure.value, figure.unit).removesuffix(_PER)


def per(figure: Figure) -> str:
    """Write what a figure is per, where it has no range to say it."""
    text = value_text(figure.value, figure.unit)
    return f"{_PER.strip()}; " if text.endswith(_PER) else ""


def thin_range(figure: Figure) -> Markup:
    """Draw a figure's range as a thin bar with its value on it; empty where it has none.

    The bar begins at zero where the range does not cross it, so that bars compare.
    """
    low, value, high = (as_number(one) for one in (figure.low, figure.value, figure.high))
    if low is None or value is None or high is None or high <= low:
        return Markup("")
    start, end = min(0.0, low), max(0.0, high)
    left, width, dot = (
        100 * (low - start) / (end - start),
        100 * (high - low) / (end - start),
        100 * (value - start) / (end - start),
    )
    return Markup(
        '<span class="range" aria-hidden="true"><i style="left:{}%;width:{}%"></i>'
        '<b style="left:{}%"></b></span>'
    ).format(f"{left:.1f}", f"{width:.1f}", f"{dot:.1f}")


def drawing(chart: ChartFile) -> Markup:
    """Put a chart into a page, in the width of the paper and in that of a telephone."""
    wide = Markup(chart.svg)  # noqa: S704 - drawn by `charts`, and the page is checked as a whole
    narrow = Markup(chart.narrow)  # noqa: S704 - as above
    if not narrow:
        return Markup('<figure class="chart"><div class="scroll">{}</div></figure>').format(wide)
    return Markup(
        '<figure class="chart"><div class="wide">{}</div><div class="narrow">{}</div></figure>'
    ).format(wide, narrow)


def write_html(template: str, path: Path, *, title: str, **values: object) -> Path:
    """Write a page from a template, self-contained, under its policy.

    Parameters
    ----------
    template
        Name of the template.
    path
        Where to write.
    title
        The page's title.
    **values
        What the template asks for; every text in it is escaped.

    Raises
    ------
    retail_portfolio.present.offline.OfflineError
        If the page would load anything.
    """
    marks = [(letter, words) for letter, words in ORIGIN_MARKS.values()]
    style = Markup(resource("site.css"))  # noqa: S704 - ours
    page = _environment().get_template(template)
    text = page.render(title=title, style=style, marks=marks, **values)
    return write_text(path, offline_page(text, title=title))
