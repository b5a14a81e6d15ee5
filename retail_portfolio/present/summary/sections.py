"""The sections of a summary: what each notebook found, put together as its brief asks."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from retail_portfolio.present.summary.briefs import (
    CHARTS_SHOWN,
    FIGURES_SHOWN,
    brief_of,
    short_name,
)
from retail_portfolio.present.summary.converting import PLAN, RANGES, converting
from retail_portfolio.present.summary.data_state import data_state
from retail_portfolio.present.summary.views import views_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retail_portfolio.model.result import Figure
    from retail_portfolio.present.map_kinds import FormatLook
    from retail_portfolio.present.outputs import ChartFile, NotebookOutput, Outputs
    from retail_portfolio.present.summary.briefs import Part
    from retail_portfolio.present.summary.data_state import Count
    from retail_portfolio.present.summary.views import View
    from retail_portfolio.present.tables import Table

#: The three questions, by the notebook that answers each.
QUESTIONS: Final = ("03_conversion", "02_closure", "04_checkout")
#: The order of the sections; whatever else a run has comes before the last, the state of the data.
ORDER: Final = (*QUESTIONS, "05_uncertainty", "06_backtest")
DATA: Final = "01_portfolio"
DRAWS: Final = "05_uncertainty"
#: Totals of other notebooks, and the figures of the draws that have their ranges.
OVER_DRAWS: Final = {"exit_cost_usd": "exit_cost_median", "impairment_usd": "impairment_median"}
_ACCENTS: Final = {"03_conversion": "converts"}


@dataclass(frozen=True, slots=True)
class Quoted:
    """A figure with the notebook and the table that it comes from."""

    figure: Figure
    notebook: str
    table: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the three sentences on the first screen, with its number."""

    quoted: Quoted
    sentence: str
    accent: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One part of a section: figures, then what stands open, then what is folded away."""

    heading: str
    figures: tuple[Quoted, ...]
    counts: tuple[Count, ...]
    source: tuple[tuple[str, str], ...]
    """Notebook and table behind a list that is put together here."""
    charts: tuple[ChartFile, ...]
    views: tuple[View, ...]
    folded_charts: tuple[ChartFile, ...]
    folded_views: tuple[View, ...]

    @property
    def empty(self) -> bool:
        """Whether the notebook left nothing of what the part shows."""
        shown = self.figures or self.counts or self.charts or self.views
        return not (shown or self.folded_charts or self.folded_views)


@dataclass(frozen=True, slots=True)
class Section:
    """What the summary says of one notebook."""

    name: str
    title: str
    short: str
    sentence: str
    parts: tuple[Shown, ...]
    charts: tuple[str, ...]
    """Titles of all its charts, those on other pages too."""
    tables: tuple[str, ...]


def answers(outputs: Outputs) -> list[Answer]:
    """Return the answers to the three questions, as far as their notebooks ran."""
    return [
        Answer(
            _quoted(outputs, output, output.figures[0]),
            lead(output.sentence),
            _ACCENTS.get(name, ""),
        )
        for name in QUESTIONS
        if (output := outputs.notebooks.get(name)) and output.figures
    ]


def lead(sentence: str) -> str:
    """Return how an answer begins: up to its first semicolon, or the end of its first sentence."""
    return re.split(r";\s|\.\s+(?=[A-Z0-9])", sentence, maxsplit=1)[0].rstrip(" .") + "."


def sections(outputs: Outputs, stores: Table, formats: Mapping[str, FormatLook]) -> list[Section]:
    """Return the sections of a summary, in the order in which a reader asks.

    Parameters
    ----------
    outputs
        What the notebooks left behind.
    stores
        The register, for the stores' names.
    formats
        Names of the formats.
    """
    names = [name for name in ORDER if name in outputs.notebooks]
    names += [name for name in outputs.notebooks if name not in {*ORDER, DATA}]
    names += [DATA] if DATA in outputs.notebooks else []
    return [_Maker(outputs, stores, formats, outputs.notebooks[name]).section() for name in names]


def _quoted(outputs: Outputs, output: NotebookOutput, figure: Figure) -> Quoted:
    table = output.tables_of.get(figure.key, "")
    return Quoted(_over_draws(outputs, figure), output.notebook, table)


def _over_draws(outputs: Outputs, figure: Figure) -> Figure:
    """Give a total the range of the draws, where they have one that holds it.

    One total has one range in a summary, whichever notebook it stands for.
    """
    draws = outputs.notebooks.get(DRAWS)
    drawn = next(
        (one for one in (draws.figures if draws else ()) if one.key == OVER_DRAWS.get(figure.key)),
        None,
    )
    if drawn is None or drawn.low is None or drawn.high is None or figure.value is None:
        return figure
    if not drawn.low <= figure.value <= drawn.high:
        return figure
    source = f"{figure.source.partition('; range:')[0]}; range: {drawn.source}"
    low, high, basis = drawn.low, drawn.high, drawn.range_basis
    return dataclasses.replace(figure, low=low, high=high, source=source, range_basis=basis)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the section of one notebook."""

    outputs: Outputs
    stores: Table
    formats: Mapping[str, FormatLook]
    output: NotebookOutput

    def section(self) -> Section:
        output, name = self.output, self.output.notebook
        return Section(
            name,
            output.title,
            short_name(name),
            output.sentence,
            tuple(
                one for part in brief_of(name, output.tables) if not (one := self._part(part)).empty
            ),
            tuple(chart.title for chart in output.charts),
            tuple(output.tables),
        )

    def _part(self, part: Part) -> Shown:
        open_views = self._views(part.tables)
        if part.lists_converting:
            open_views = [*converting(self.outputs, self.stores, self.formats), *open_views]
        return Shown(
            part.heading,
            tuple(_quoted(self.outputs, self.output, figure) for figure in self._figures(part)),
            tuple(data_state(self.outputs, part.counts)),
            self._source(part),
            tuple(self._charts(part.charts)),
            tuple(open_views),
            tuple(self._charts(part.folded_charts)),
            tuple(self._views(part.folded_tables)),
        )

    def _source(self, part: Part) -> tuple[tuple[str, str], ...]:
        owners = self.outputs.tables() if part.lists_converting else {}
        return tuple((owners[name][0], name) for name in (PLAN, RANGES) if name in owners)

    def _figures(self, part: Part) -> Sequence[Figure]:
        if part.figures is None:
            # The headline of a question leads the page.
            others = self.output.figures[int(self.output.notebook in QUESTIONS) :]
            return others[:FIGURES_SHOWN]
        found = []
        for named in part.figures:
            start = named.replace("{walk_out}", self.output.words.walk_out_code)
            fitting = [figure for figure in self.output.figures if figure.key.startswith(start)]
            found += fitting[:1]
        return found

    def _charts(self, beginnings: Sequence[str]) -> Sequence[ChartFile]:
        """Return the first charts whose names begin so."""
        found = []
        for start in beginnings:
            fitting = [chart for chart in self.output.charts if chart.name.startswith(start)]
            found += fitting[:CHARTS_SHOWN]
        return found

    def _views(self, names: Sequence[str]) -> list[View]:
        views = {
            view.name: view
            for view in views_of(self.output, self.stores, self.formats, frozenset(names))
        }
        return [views[name] for name in names if name in views]
