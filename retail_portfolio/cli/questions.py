"""The commands that answer one question: is it fit, which plan, what does checkout cost."""

from typing import TYPE_CHECKING, Annotated

import typer

from retail_portfolio.cli.app import Data, Debug, Override, app
from retail_portfolio.inputs.faults import InputError

if TYPE_CHECKING:
    from retail_portfolio.inputs.case import Case


@app.command()
def check(
    data: Data = "",
    scenario: Annotated[
        str, typer.Option(metavar="NAME", help="Scenario to check the tables with.")
    ] = "base",
    debug: Debug = False,  # noqa: ARG001 - main() looks for it
) -> None:
    """Name every fault of every table and what to do first, or say how many rows are fit."""
    import dataclasses  # noqa: PLC0415

    from retail_portfolio.inputs.guidance import (  # noqa: PLC0415
        NotFit,
        report_command,
        typed,
        way_on,
    )
    from retail_portfolio.inputs.table_files import portfolio_tables  # noqa: PLC0415

    try:
        case = _fit_case(scenario, data)
    except InputError as error:
        there, own_scenario = portfolio_tables(data)
        named = [dataclasses.replace(f, expected=typed(f.expected, data)) for f in error.faults]
        after = way_on(named, there, data, own_scenario=own_scenario, scenario=scenario)
        raise NotFit(named, after) from None
    for part in dataclasses.fields(case):
        rows = getattr(case, part.name)
        if part.name != "scenario" and rows is not None:
            typer.echo(f"{part.name:20} {len(rows):7,} rows")
    typer.echo(f"scenario {case.scenario.name}: everything is fit to use")
    _beware(case)
    typer.echo(f"next: `{report_command(data, scenario)}`")


def _beware(case: "Case") -> None:
    """Name the places where no competitor is known: no fault, yet sales there are overstated."""
    from retail_portfolio.model.market.geography import geography, uncontested  # noqa: PLC0415

    alone = uncontested(case, geography(case)).sort_values("households", ascending=False)
    if len(alone):
        most = ", ".join(alone["point_id"].head(5))
        typer.echo(
            f"beware: {len(alone):,} demand points ({alone['households'].sum():,.0f} households; "
            f"most in {most}) reach a store of yours and no row of competitors.csv; your stores "
            "get all they spend in supermarkets. Add the competitors there"
        )


def _fit_case(scenario: str, data: str) -> "Case":
    """Return the case, or raise with every fault of it, rows that a model would miss included."""
    from retail_portfolio.inputs.build.leases import lacking  # noqa: PLC0415 - pandas takes its time
    from retail_portfolio.inputs.example.key_help import explained  # noqa: PLC0415
    from retail_portfolio.inputs.loading import load  # noqa: PLC0415
    from retail_portfolio.model.overview.requirements import missing_rows  # noqa: PLC0415
    from retail_portfolio.model.planning.plan_rules import limit_faults  # noqa: PLC0415

    case, faults = load(scenario, data, None, {})
    if case is None:
        raise InputError(faults)
    # What is still to be made is no reason to keep silent about what the ledger lacks.
    limits = () if faults else limit_faults(case)
    if faults := (*faults, *lacking(case), *missing_rows(case), *limits):
        raise InputError(explained(faults))
    return case


@app.command()
def checkout(
    scenario: Annotated[str, typer.Option(metavar="NAME", help="Scenario to compare in.")] = "base",
    data: Data = "",
    override: Override = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
    debug: Debug = False,  # noqa: ARG001 - main() looks for it
) -> None:
    """Compare what checkout costs with each technology, by format, store and kind of site."""
    from retail_portfolio.inputs import load_case  # noqa: PLC0415 - pandas takes its time
    from retail_portfolio.model.overview.requirements import missing_checkout_rows  # noqa: PLC0415
    from retail_portfolio.present.exporting.checkout_document import (  # noqa: PLC0415
        checkout_document,
        checkout_text,
    )
    from retail_portfolio.present.files import json_text  # noqa: PLC0415

    case = load_case(scenario, data, tuple(override or ()))
    if faults := missing_checkout_rows(case):
        raise InputError(faults)
    found = checkout_document(case)
    typer.echo(json_text(found) if as_json else checkout_text(found, case), nl=not as_json)


@app.command()
def plan(
    scenario: Annotated[str, typer.Option(metavar="NAME", help="Scenario to plan in.")] = "base",
    data: Data = "",
    override: Override = None,
    convert: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID[:FORMAT],...",
            help="Value this plan and no other: these sites convert, in the best format where "
            "none is named, stay open (ID:keep) or move (ID:relocate); may be repeated, blank for "
            "none.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
    debug: Debug = False,  # noqa: ARG001 - main() looks for it
) -> None:
    """Choose which closing stores convert, with proof; or value a plan that you name."""
    import time  # noqa: PLC0415

    from retail_portfolio.inputs import load_case  # noqa: PLC0415 - pandas takes its time
    from retail_portfolio.model.overview.requirements import missing_rows  # noqa: PLC0415
    from retail_portfolio.present.exporting.plan_document import plan_document, plan_text  # noqa: PLC0415
    from retail_portfolio.present.files import json_text  # noqa: PLC0415

    case = load_case(scenario, data, tuple(override or ()))
    if faults := missing_rows(case):
        raise InputError(faults)
    named = None
    if convert is not None:
        named = [part.strip() for text in convert for part in text.split(",") if part.strip()]
    found = plan_document(case, named, time.perf_counter)
    typer.echo(json_text(found) if as_json else plan_text(found, case), nl=not as_json)
