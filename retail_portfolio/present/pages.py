"""The shell of every page of a report: one style sheet, one footer, one policy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from retail_portfolio.inputs.speech import Speech
from retail_portfolio.present.files import write_text
from retail_portfolio.present.formats import (
    ORIGIN_MARKS,
    basis_words,
    figure_spread,
    figure_text,
    figure_value,
)
from retail_portfolio.present.offline import offline_page
from retail_portfolio.present.range_bars import bar
from retail_portfolio.present.tables import origin_mark
from retail_portfolio.present.words import walk_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from retail_portfolio.model.result import Figure
    from retail_portfolio.present.outputs import ChartFile


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What every page says of the run, beside its results.

    Parameters
    ----------
    run_id, scenario, title, as_of, currency
        Which run; the scenario's name and title; the day the report speaks of; of all
        money, three letters.
    retailer, why, created, base_year, seed, overrides, input_hash, versions, git
        The rest of what a reader may ask of a run; blank where not said.
    formats
        Format code to its ``label`` and ``role``, as in the scenario. Without it the map names
        formats by their codes.
    map_tiles
        ``url`` and ``credit`` of online tiles that the report's map offers; none by default.
    money
        What stands in which currency, where not all of it is in US dollars; see
        `retail_portfolio.inputs.settings.currency`.
    walk_out
        ``code``, ``label`` and ``short`` of walk-out checkout, as in the scenario.
    settings
        The scenario's settings as applied, by name, for the parameters that leave it their value.
    stale
        What is older than the scenario allows, a sentence each; see `inputs.data_age`.
    own_notebooks
        Notebooks of an analyst's own by name: the ``file`` each was, and ``extra``, whether it
        stands there in addition and not in the place of one of the report's.
    """

    run_id: str
    scenario: str
    title: str
    as_of: str
    currency: str
    retailer: str = ""
    why: str = ""
    created: str = ""
    base_year: int | None = None
    seed: int | None = None
    overrides: tuple[str, ...] = ()
    input_hash: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    git: object = None
    formats: Mapping[str, Any] = field(default_factory=dict)
    map_tiles: Mapping[str, str] | None = None
    money: str = ""
    walk_out: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    stale: tuple[str, ...] = ()
    own_notebooks: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: RunFacts | Mapping[str, Any]) -> RunFacts:
        """Return ``facts`` as `RunFacts`; what a mapping says beyond them is left out."""
        if isinstance(facts, RunFacts):
            return facts
        known = {one.name for one in fields(cls)}
        values = {key: value for key, value in facts.items() if key in known}
        for key in ("overrides", "stale"):
            values[key] = tuple(str(one) for one in values.get(key) or ())
        return cls(**values)

    @property
    def words(self) -> Speech:
        """What the run's scenario decides about words."""
        return Speech.of_settings({"currency": self.currency, "walk_out": self.walk_out})

    @property
    def changed(self) -> str:
        """What makes the run differ from its scenario, as a clause; empty where nothing does."""
        return changed_words(self.overrides, self.own_notebooks)


def changed_words(
    overrides: Iterable[object], own_notebooks: Mapping[str, Any] | None = None
) -> str:
    """Write overrides, and notebooks that were exchanged, as a clause.

    ``changed: lease_termination_months=24; notebook 03_conversion``.
    """
    own = (own_notebooks or {}).items()
    exchanged = [name for name, said in own if isinstance(said, dict) and not said.get("extra")]
    parts = [*map(str, overrides), *(f"notebook {name}" for name in exchanged)]
    text = "; ".join(parts)
    return f"changed: {text}" if text else ""


_PER = " a year"
_UNITS = r"(?<=\d) (?=(?:[MBk]|mi|km|min|sq ft)\b|%)"


# -------------------------------------------------------------------------------- templates
def glossary(words: Speech) -> list[tuple[str, str]]:
    """Return the terms of the field with what they mean here, in the alphabet's order.

    Walk-out checkout stands under the name that the portfolio gives it.
    """
    codes, text = walk_out(words), resource("glossary.txt")
    name = f"{codes.start} ({codes.short})" if codes.short else codes.start
    lines = (line.partition(" | ") for line in text.replace("{walk_out}", name).splitlines())
    return sorted(((term, said) for term, _, said in lines), key=lambda one: one[0].casefold())


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
    environment.filters["value"] = figure_value
    environment.filters["headline"] = headline
    environment.filters["per"] = per
    environment.filters["spread"] = figure_spread
    environment.filters["mark"] = lambda origin: Markup(origin_mark(origin))  # noqa: S704 - ours
    environment.filters["thin_range"] = lambda one: bar(one.low, one.value, one.high)
    environment.filters["drawing"] = drawing
    environment.filters["basis"] = basis_words
    environment.filters["tied"] = tied
    return environment


def tied(text: str, currency: str) -> str:
    """Tie each number in a sentence to its unit, so that no line begins with one of the two.

    Parameters
    ----------
    text
        The sentence.
    currency
        Of its money: it is tied to the number behind it.
    """
    return re.sub(rf"(?<=\b{re.escape(currency)}) (?=[\u2212\d])|{_UNITS}", "\u00a0", text)


def headline(figure: Figure) -> str:
    """Write a figure to stand large: what it is per (``a year``) stands with its range."""
    return figure_value(figure).removesuffix(_PER)


def per(figure: Figure) -> str:
    """Write what a figure is per, where it has no range to say it."""
    text = figure_value(figure)
    return f"{_PER.strip()}; " if text.endswith(_PER) else ""


def tables_script() -> Markup:
    """Return the script that lets tables be sorted and searched, as an element of a page.

    It works on every table in an element of class ``table``, as `html_table` writes them; what a
    page makes later it takes when ``rpTables(root)`` is called.
    """
    return Markup("<script>{}</script>").format(
        Markup(resource("tables.js"))  # noqa: S704 - ours
    )


def drawing(chart: ChartFile) -> Markup:
    """Put a chart into a page, in the width of the paper and in that of a telephone."""
    wide = Markup(chart.svg)  # noqa: S704 - drawn by `charts`, and the page is checked as a whole
    narrow = Markup(chart.narrow)  # noqa: S704 - as above
    if not narrow:
        return Markup(
            '<figure class="chart"><div class="scroll" tabindex="0" role="group" '
            'aria-label="{}">{}</div></figure>'
        ).format(chart.title or "Chart", wide)
    return Markup(
        '<figure class="chart"><div class="wide">{}</div><div class="narrow">{}</div></figure>'
    ).format(wide, narrow)


def write_html(
    template: str, path: Path, *, title: str, hosts: Sequence[str] = (), **values: object
) -> Path:
    """Write a page from a template, self-contained, under its policy.

    Parameters
    ----------
    template
        Name of the template.
    path
        Where to write.
    title
        The page's title.
    hosts
        Origins of online map tiles that the page may show; none by default.
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
    values = {"style": style, "marks": marks, "tables_script": tables_script()} | values
    text = page.render(title=title, **values)
    return write_text(path, offline_page(text, title=title, hosts=hosts))
