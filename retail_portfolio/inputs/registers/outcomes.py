"""What became of sites: `outcomes.csv`."""

from retail_portfolio.inputs import tables
from retail_portfolio.inputs.checked_tables import CheckedTable
from retail_portfolio.inputs.faults import Fault, did_you_mean, one_of
from retail_portfolio.inputs.files.dates import first_day, last_day
from retail_portfolio.inputs.settings.outcome_words import labels, words
from retail_portfolio.inputs.settings.scenario import Scenario
from retail_portfolio.inputs.tables import Table

FILE = "outcomes.csv"


class Outcomes(Table):
    """One row a site and what was announced about it."""

    outcome_id: str = tables.identity()
    store_id: str = tables.text("a store of stores.csv, or blank")
    banner: str = tables.text("a banner", blank=False)
    site_name: str = tables.text("a name", blank=False)
    city: str = tables.text()
    state: str = tables.text()
    country: str = tables.text("a country", blank=False)
    outcome: str = tables.text("a word for what became of the site", blank=False)
    new_tenant: str = tables.text()
    announced: str = tables.date()
    expected_open: str = tables.date()
    confidence: str = tables.text("how sure it is", blank=False)
    origin: str = tables.choice(tables.ORIGINS)
    source: str = tables.text("where the row comes from", blank=False)


def store_faults(table: CheckedTable, register: CheckedTable) -> list[Fault]:
    """Return a fault for each row about a store that is not in the register."""
    known = list(register.frame["store_id"])
    given = table.frame["store_id"]
    return [
        table.fault(row, "store_id", "a store of stores.csv" + did_you_mean(str(given[row]), known))
        for row in table.frame.index[~given.isin([*known, ""])]
    ]


def scenario_faults(table: CheckedTable, settings: Scenario) -> list[Fault]:
    """Return a fault for each word that is none, and for rows of one store that contradict."""
    known = words(settings)
    written = table.frame["outcome"]
    faults = [
        table.fault(row, "outcome", one_of(known, str(written[row]), most=len(known)))
        for row in table.frame.index[~written.isin([*known, ""])]
    ]
    return faults + _contradictions(table, settings)


def _contradictions(table: CheckedTable, settings: Scenario) -> list[Fault]:
    """Return a fault for each row that says otherwise than another of its store, neither later."""
    means, frame = labels(settings), table.frame
    seen: dict[str, list[tuple[int, int, str]]] = {}
    faults = []
    for row, store, word, day in zip(
        frame.index, frame["store_id"], frame["outcome"], frame["announced"], strict=True
    ):
        if not store or word not in means:
            continue
        before = seen.setdefault(store, [])
        against = [
            other
            for other, label, its_day in before
            if label != means[word] and not _in_order(day, its_day)
        ]
        if against:
            expected = (
                f"no contradiction to row {against[0]} about the same store, unless `announced` "
                "says which of them came later"
            )
            faults.append(table.fault(int(row), "outcome", expected))
        before.append((int(row), means[word], day))
    return faults


def _in_order(one: str, other: str) -> bool:
    """Tell whether two days are known and cannot be the same."""
    if not one or not other:
        return False
    return last_day(one) < first_day(other) or last_day(other) < first_day(one)
