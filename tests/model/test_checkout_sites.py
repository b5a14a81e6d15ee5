"""Checkout by format, at every store of the register and at sites of other firms."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.inputs.assumptions import Ledger
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.case_reader import load_case
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.model.checkouts.checkout import (
    checkout,
    checkout_names,
    checkout_table,
    cost_stack,
    range_names,
)
from retail_portfolio.model.checkouts.checkout_answer import (
    checkout_answer,
    headline_figures,
    paid_figures,
    third_party_figures,
)
from retail_portfolio.model.checkouts.checkout_break_even import checkout_surfaces
from retail_portfolio.model.checkouts.checkout_bridge import checkout_bridges, checkout_levers
from retail_portfolio.model.checkouts.checkout_rows import cheapest_under, own_stores, site_rows
from retail_portfolio.model.checkouts.checkout_sites import (
    checkout_sites,
    paid_extra_usd_year,
    paid_table,
    sites_summary,
    terms_at_sales,
)
from retail_portfolio.model.checkouts.checkout_technologies import annual_cost_usd
from retail_portfolio.model.checkouts.checkout_terms import LICENCE, READINGS, terms_of
from retail_portfolio.model.checkouts.checkout_third_party import (
    SITE_TYPES,
    checkout_third_party,
    site_terms,
    site_uplift_share,
    uplift_names,
)
from retail_portfolio.model.checkouts.checkout_uplift import uplift_margin_usd_year
from retail_portfolio.model.checkouts.checkout_years import break_even_years
from retail_portfolio.model.overview.requirements import missing_checkout_rows
from retail_portfolio.model.result import Result
from tests.model.checkout_cases import JWO, OPTIONAL_NAMES, worked_terms
from tests.model.conftest import ListeningLedger

CONTRACT = (
    *("format", "site_type", "technology", "reading", "sales_usd_year", "transactions_year"),
    *("capex_usd", "annual_cost_usd", "cost_share_of_sales", "net_benefit_usd_year"),
    *("break_even_sales_usd_year", "cheapest"),
)


@pytest.fixture(scope="module")
def costs(case: Case) -> Result:
    return checkout(case)


@pytest.fixture(scope="module")
def sites(case: Case) -> Result:
    return checkout_sites(case)


@pytest.fixture(scope="module")
def third(case: Case) -> Result:
    return checkout_third_party(case, range_names(case))


# -------------------------------------------------------------------------------------- by format
@pytest.mark.slow
def test_the_table_is_what_was_agreed(costs: Result) -> None:
    table = costs.table
    assert set(CONTRACT) <= set(table.columns)
    formats = ["fresh", "go", "wfm", "daily_shop", "third_party"]
    assert list(dict.fromkeys(table["format"])) == formats
    assert set(table["technology"]) == set(JWO.technologies)
    assert set(table.loc[table["format"] == "third_party", "site_type"]) == set(SITE_TYPES)
    assert (own_stores(costs).table["site_type"] == "own").all()
    with_reading = table["technology"].isin(["jwo_vision", "jwo_hybrid"])
    assert set(table.loc[with_reading, "reading"]) == set(READINGS)
    assert set(table.loc[~with_reading, "reading"]) == {""}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fmt", "staffed", "walk_out", "kiosks"),
    [
        ("go", 109e3, 199e3, 173e3),
        ("fresh", 504e3, 1_396e3, 576e3),
        ("wfm", 1_670e3, 1_557e3, 1_188e3),
    ],
)
def test_the_bundled_ledger_gives_the_worked_costs(
    costs: Result, fmt: str, staffed: float, walk_out: float, kiosks: float
) -> None:
    rows = costs.table[(costs.table["format"] == fmt) & (costs.table["reading"] != "annualised")]
    found = rows.set_index("technology")["annual_cost_usd"]
    assert found["staffed"] == pytest.approx(staffed, rel=0.005)
    assert found["jwo_vision"] == pytest.approx(walk_out, rel=0.005)
    assert found["self_checkout"] == pytest.approx(kiosks, rel=0.005)


def test_cheapest_is_cheapest_under_each_reading(costs: Result) -> None:
    for _, rows in costs.table.groupby(["format", "site_type"]):
        for reading in READINGS:
            there = rows[rows["reading"].isin(["", reading])]
            least = there["annual_cost_usd"].min()
            won = there[there["cheapest_under"].isin(["both", reading])]
            assert won["annual_cost_usd"].tolist() == [least] * len(won)
            assert len(won) >= 1
        assert rows.loc[rows["cheapest"], "cheapest_under"].isin(["both", *READINGS]).all()
        blank = rows["reading"] == ""
        assert (rows["cheapest"] == (rows["cheapest_under"] == "both"))[blank].all()


def test_a_technology_that_wins_under_one_reading_only() -> None:
    """Walking out wins if the figure is capital, staffed lanes if it is a yearly cost."""
    costs = {("staffed", ""): 5.0, ("jwo_vision", "installed"): 4.0}
    costs |= {("jwo_vision", "annualised"): 6.0}
    assert cheapest_under(costs) == {
        ("staffed", ""): "annualised",
        ("jwo_vision", "installed"): "installed",
        ("jwo_vision", "annualised"): "",
    }


def test_a_net_benefit_is_what_staffed_lanes_cost_more_and_the_margin(costs: Result) -> None:
    table = costs.table
    staffed = table[table["technology"] == "staffed"].set_index(["format", "site_type"])
    assert (staffed["net_benefit_usd_year"] == 0).all()
    for row in table.to_dict("records"):
        base = staffed["annual_cost_usd"][row["format"], row["site_type"]]
        wanted = base - row["annual_cost_usd"] + row["uplift_margin_usd_year"]
        assert row["net_benefit_usd_year"] == pytest.approx(wanted)
        assert row["cost_share_of_sales"] == row["annual_cost_usd"] / row["sales_usd_year"]


def test_margin_on_the_uplift_by_hand() -> None:
    """5 % more on 1.5 M at 35 %, less 0.67 cents of review and 0.29 of loss on the dollar."""
    terms = worked_terms("kiosk", jwo_sales_uplift=0.05, margin_on_extra_sales=0.35)
    review = 0.2 * 4 / 60 * 5 / 10
    by_hand = 0.05 * 1.5e6 * (0.35 - review - 0.0029)
    assert uplift_margin_usd_year(terms, "jwo_vision", 1.5e6) == pytest.approx(by_hand)
    assert uplift_margin_usd_year(terms, "staffed", 1.5e6) == 0
    assert uplift_margin_usd_year(terms, "jwo_hybrid", 1.5e6) == pytest.approx(by_hand / 2)
    licensed = uplift_margin_usd_year(terms, "jwo_vision", 1.5e6, licensed=True)
    assert licensed == pytest.approx(0.05 * 1.5e6 * (0.35 - 0.0029))


@pytest.mark.slow
def test_the_small_shop_needs_a_sixth_more_sales(case: Case) -> None:
    row = checkout_levers(case).table.query(
        "format == 'go' and lever == 'Extra sales it brings in'"
    )
    assert row["needed"].iloc[0] == pytest.approx(0.17, abs=0.01)


def test_the_stack_sums_to_the_costs(case: Case, costs: Result) -> None:
    keys = ["format", "site_type", "technology", "reading"]
    stack = cost_stack(case).table.groupby(keys)["usd_year"].sum()
    table = costs.table.set_index(keys)["annual_cost_usd"]
    pd.testing.assert_series_equal(stack.sort_index(), table.sort_index(), check_names=False)


def test_every_figure_has_a_range_that_holds_it(costs: Result) -> None:
    keys = [figure.key for figure in costs.figures]
    assert keys[:4] == [
        *("jwo_cost_fresh", "jwo_cost_fresh_annualised", "staffed_cost_fresh"),
        "break_even_sales_fresh",
    ]
    assert len(keys) == len(set(keys)) == 4 * 5
    for figure in costs.figures:
        assert figure.low is not None
        assert figure.low < figure.value < figure.high, figure.key
        alone = figure.key.startswith("break_even")
        assert figure.range_basis == ("one_alone" if alone else "one_at_a_time"), figure.key
    rows = costs.table.query("format == 'fresh' and technology == 'jwo_vision'")
    assert costs.figure("jwo_cost_fresh").value == rows["annual_cost_usd"].iloc[0]


def test_a_technology_may_be_asked_for_alone(case: Case) -> None:
    table = checkout_table(case, ["staffed"])
    assert set(table["technology"]) == {"staffed"}
    assert len(table) == 10
    with pytest.raises(InputError, match="did you mean 'smart_cart'"):
        checkout_table(case, ["smart_crat"])


def test_sales_of_nothing_are_named() -> None:
    for sales in (0.0, -1.0, math.nan):
        with pytest.raises(InputError, match=r"sales_usd_year of market.*without transactions"):
            site_rows(worked_terms(), "market", "own", 37_000, sales)


# ----------------------------------------------------------------------------------- every store
@pytest.mark.slow
def test_every_trading_store_is_there_once(case: Case, sites: Result) -> None:
    wanted = case.stores[case.stores["status"].isin(["open", "closing"])]
    assert sites.table["store_id"].tolist() == wanted["store_id"].tolist()
    assert len(sites.table) == 587


@pytest.mark.slow
def test_a_store_by_hand(case: Case, sites: Result) -> None:
    """The small shop in Chicago's Merchandise Mart: 930 sq ft, Illinois wage, one cashier."""
    row = sites.table.set_index("store_id").loc["go-il-chicago-merchandise-mart"]
    lane = 15_000 * (0.08 / (1 - 1.08**-7) + 0.10)
    assert row["wage_usd_per_hour"] == 16.8
    assert row["wage_origin"] == "observed"
    assert row["staffed_usd_year"] == pytest.approx(4_160 * 16.8 * 1.25 + 2 * lane)
    price = 159_000 * 0.93**0.75
    by_hand = price * (0.08 / (1 - 1.08**-5) + 0.12) + 25_000 * (930 / 2_000) ** 0.75
    by_hand += 150_000 * 0.2 * 4 / 60 * 5 + 0.6 * 4_160 * 16.8 * 1.25 + 0.0029 * 1.5e6
    assert row["jwo_vision_installed_usd_year"] == pytest.approx(by_hand)


def test_a_state_without_a_wage_takes_that_of_the_country_and_says_so(sites: Result) -> None:
    table = sites.table.drop_duplicates("state").set_index("state")
    assert table.loc["TX", "wage_origin"] == "assumed"
    assert table.loc["TX", "wage_usd_per_hour"] == 15.95
    assert table.loc["NJ", "wage_origin"] == "observed"


def test_the_cheapest_at_a_store_is_the_least_of_its_columns(sites: Result) -> None:
    columns = [c for c in sites.table.columns if c.endswith("_usd_year")]
    technologies = JWO.technologies
    for reading in READINGS:
        other = next(one for one in READINGS if one != reading)
        wanted = [c for c in columns if c.startswith(technologies) and f"_{other}_" not in c]
        least = sites.table[wanted].idxmin(axis=1).str.removesuffix("_usd_year")
        found = least.str.removesuffix(f"_{reading}")
        assert (found == sites.table[f"cheapest_{reading}"]).all()


@pytest.mark.slow
def test_modelled_sales_take_the_place_of_assumed_ones(case: Case, sites: Result) -> None:
    sales = pd.Series(2 * sites.table["sales_usd_year"].to_numpy(), sites.table["store_id"])
    doubled = checkout_sites(case, sales.sample(frac=1, random_state=1)).table
    assert (doubled["sales_origin"] == "modelled").all()
    assert doubled["sales_usd_year"].to_numpy() == pytest.approx(2 * sites.table["sales_usd_year"])
    assert (doubled["staffed_usd_year"] >= sites.table["staffed_usd_year"]).all()


@pytest.mark.slow
def test_a_store_that_the_model_does_not_see_keeps_what_the_register_or_the_ledger_says(
    case: Case, sites: Result
) -> None:
    base = sites.table.set_index("store_id")
    modelled = checkout_sites(case, pd.Series({"fresh-ca-irvine": 9e6})).table.set_index("store_id")
    assert modelled.loc["fresh-ca-irvine", ["sales_usd_year", "sales_origin"]].tolist() == [
        9e6,
        "modelled",
    ]
    rest = base.index.drop("fresh-ca-irvine")
    pd.testing.assert_frame_equal(modelled.loc[rest], base.loc[rest])


def test_a_store_without_sales_is_named(case: Case, sites: Result) -> None:
    sales = pd.Series(1e6, index=sites.table["store_id"])
    sales[["fresh-ca-irvine", "go-ny-vesey"]] = 0.0
    with pytest.raises(InputError) as told:
        checkout_sites(case, sales)
    assert len(told.value.faults) == 2
    assert "sales_usd_year of fresh-ca-irvine" in str(told.value)


@pytest.mark.slow
@given(scale=st.floats(0.05, 5.0))
def test_equipment_follows_sales_and_never_vanishes(scale: float) -> None:
    terms = worked_terms()
    here = terms_at_sales(terms, 11e6 * scale)
    assert here["staffed_lanes"] == pytest.approx(max(1.0, 5 * scale))
    assert here["sco_kiosks"] >= 1
    none = terms_at_sales(worked_terms("kiosk"), 1.5e6 * scale)
    assert none["smart_carts"] == 0


def test_the_worked_case_is_a_store_of_its_format() -> None:
    terms = worked_terms()
    here = terms_at_sales(terms, 11e6)
    for technology, reading in terms.rows():
        assert annual_cost_usd(here, technology, reading, 37_000, 11e6) == pytest.approx(
            annual_cost_usd(terms, technology, reading, 37_000, 11e6)
        )


def test_what_was_paid_is_told_of_closing_stores_that_had_it(case: Case, sites: Result) -> None:
    paid = paid_table(sites, case)
    had = case.stores.query("status == 'closing' and checkout_technology == 'jwo'")
    assert paid.table["store_id"].tolist() == had["store_id"].tolist()
    row = paid.table.iloc[0]
    best = row["staffed_usd_year"]
    assert row["best_alternative"] == "staffed"
    extra = row["jwo_vision_installed_usd_year"] - best
    assert row["jwo_paid_extra_installed_usd_year"] == pytest.approx(extra)
    others = sites.table[~sites.table["store_id"].isin(had["store_id"])]
    assert others["jwo_paid_extra_installed_usd_year"].isna().all()


@pytest.mark.slow
def test_the_sum_of_what_was_paid_is_its_figure(case: Case, sites: Result) -> None:
    table = paid_table(sites, case).table
    figures = {figure.key: figure for figure in paid_figures(case)}
    for key, reading in (
        ("jwo_paid_extra", "installed"),
        ("jwo_paid_extra_annualised", "annualised"),
    ):
        total = table[f"jwo_paid_extra_{reading}_usd_year"].sum()
        assert figures[key].value == pytest.approx(total)
        assert figures[key].low < total < figures[key].high
    had = case.stores["store_id"].isin(table["store_id"])
    few = replace(case, stores=case.stores[had].reset_index(drop=True))
    assert paid_extra_usd_year(few)[0] == pytest.approx(figures["jwo_paid_extra"].value)


def test_the_summary_counts_every_store(case: Case, sites: Result) -> None:
    summary = sites_summary(sites, case).table
    assert summary["stores"].sum() == len(sites.table)
    assert summary["staffed_usd_year"].sum() == pytest.approx(sites.table["staffed_usd_year"].sum())


# --------------------------------------------------------------------------------- other firms
def test_uplift_of_a_stadium_by_hand(case: Case) -> None:
    """Four fifths of its trade wait in line, 3.5 times as many are served, half only moved."""
    assert site_uplift_share(case.ledger, "stadium", JWO) == pytest.approx(0.8 * 2.5 * 0.5)
    assert site_uplift_share(case.ledger, "convenience", JWO) == 0.05


@pytest.mark.slow
def test_a_stadium_by_hand(third: Result) -> None:
    row = third.table.set_index("site_type").loc["stadium"]
    wage = 15.95 * 1.25
    lane = 15_000 * (0.08 / (1 - 1.08**-7) + 0.10)
    staffed = 3 * 320 * wage + 4 * lane  # three cashiers at 320 hours; 625 busy ones are less
    licence = 12 * 5_000 + 2 * 320 * wage + 0.0029 * 450_000
    assert row["best_alternative_usd_year"] == pytest.approx(staffed)
    assert row["jwo_usd_year"] == pytest.approx(licence)
    gain = 1.0 * 450_000 * (0.5 - 0.0029)
    assert row["net_benefit_usd_year"] == pytest.approx(staffed - licence + gain)
    assert row["break_even_uplift_share"] == pytest.approx((licence - staffed) / gain)
    price = 159_000 * (0.08 / (1 - 1.08**-5) + 0.12) + 25_000
    review = 2 * 22_500 * 0.2 * 4 / 60 * 5
    assert row["vendor_margin_installed_usd_year"] == pytest.approx(60_000 - price - review)
    joint = row["net_benefit_usd_year"] + row["vendor_margin_installed_usd_year"]
    assert row["joint_benefit_installed_usd_year"] == pytest.approx(joint)


@pytest.mark.parametrize("kind", SITE_TYPES)
def test_at_the_break_even_uplift_nothing_is_gained(case: Case, third: Result, kind: str) -> None:
    row = third.table.set_index("site_type").loc[kind]
    if row["break_even_uplift_share"] == 0:
        assert row["jwo_usd_year"] <= row["best_alternative_usd_year"]
        return
    terms = site_terms(case.ledger, kind, JWO)
    terms = terms.replaced(jwo_sales_uplift=row["break_even_uplift_share"])
    sales = row["sales_usd_year"]
    gain = uplift_margin_usd_year(terms, "jwo_vision", sales, licensed=True)
    net = row["best_alternative_usd_year"] - row["jwo_usd_year"] + gain
    assert net == pytest.approx(0, abs=1)


def test_a_range_holds_its_gain_and_queues_decide(third: Result) -> None:
    table = third.table.set_index("site_type")
    assert (table["net_benefit_low_usd_year"] < table["net_benefit_usd_year"]).all()
    assert (table["net_benefit_usd_year"] < table["net_benefit_high_usd_year"]).all()
    assert table["net_benefit_usd_year"].idxmax() == "stadium"
    assert table.loc["stadium", "queue_limited"]
    assert not table.loc["convenience", "queue_limited"]
    assert not table.loc["workplace", "pays"]
    assert table.loc[["campus", "convenience"], "joint_benefit_installed_usd_year"].lt(0).all()


# ------------------------------------------------------------------------- the answer, and others
@pytest.mark.slow
def test_the_answer_is_made_of_the_numbers(case: Case, costs: Result, third: Result) -> None:
    names = range_names(case)
    paid = paid_table(checkout_sites(case), case)
    told = checkout_answer(case, costs, third, break_even_years(case, names), paid)
    assert "costs USD 1.4 M if" in told
    assert "USD 2.7 M" in told
    assert "cheapest technology in none of the 4 own formats" in told
    assert "16 closing stores" in told
    cheap = replace(
        case, ledger=case.ledger.with_overrides({"jwo_capex_usd_at_1000_sqft": 1_000.0})
    )
    cheaper = checkout(cheap)
    assert "cheapest technology in" in checkout_answer(
        cheap, cheaper, third, break_even_years(cheap, ()), paid
    )
    assert "USD 1.4 M" not in cheaper.sentence


def test_a_technology_that_must_cost_less_than_nothing_is_said_to_be_too_dear(
    case: Case, costs: Result, third: Result
) -> None:
    """Reviewers of every visit for an hour cost more than lanes, whatever the technology costs."""
    rows = case.ledger.with_overrides({"jwo_review_minutes": 60.0})
    case = replace(case, ledger=rows)
    paid = paid_table(checkout_sites(case), case)
    told = checkout_answer(case, costs, third, break_even_years(case, ()), paid)
    for reading in ("installed", "annualised"):
        assert f"would be too dear even if it cost nothing under the {reading} reading" in told


def test_no_operator_gains_under_a_licence_beyond_any_gain(case: Case, third: Result) -> None:
    assert "the operator gains at stadium" in third.sentence
    assert " sites; counting" in third.sentence
    rows = tuple(
        replace(row, low=1e8, base=1e8, high=1e8)
        if key.partition(".")[0] == JWO.key(LICENCE)
        else row
        for key, row in case.ledger.items()
    )
    told = checkout_third_party(replace(case, ledger=Ledger(rows)), ())
    assert not told.table["pays"].any()
    assert "the operator gains nowhere; counting" in told.sentence


def test_the_headline_comes_first(costs: Result, third: Result) -> None:
    paid = costs.figures[-1:]
    ordered = headline_figures(costs, paid, third_party_figures(third))
    keys = [figure.key for figure in ordered]
    assert keys[0] == "jwo_cost_fresh"
    assert keys[5] == "third_party_net_stadium"
    assert len(ordered) == len(costs.figures) + 1 + len(SITE_TYPES)


def everything(case: Case) -> list[Result]:
    names = range_names(case)
    costs, third = checkout(case), checkout_third_party(case, names)
    years, sites = break_even_years(case, names), checkout_sites(case)
    paid = paid_table(sites, case)
    headline_figures(costs, paid_figures(case), third_party_figures(third))
    results = [costs, third, years, sites, paid, cost_stack(case), sites_summary(sites, case)]
    results += [checkout_levers(case), checkout_bridges(case), checkout_surfaces(case)]
    assert checkout_answer(case, costs, third, years, paid)
    return results


@pytest.mark.slow
def test_a_retailer_without_formats_to_compare(small_data) -> None:
    case = load_case(data_dir=str(small_data), checkout_formats=[])
    assert all(result.table.empty for result in everything(case))


@pytest.mark.slow
def test_a_retailer_whose_ledger_knows_two_technologies(small_data) -> None:
    """No kiosks, carts, third-party sites or earlier prices: what is there is compared."""
    case = load_case(data_dir=str(small_data))
    assert missing_checkout_rows(case) == ()
    costs = everything(case)[0]
    assert set(costs.table["technology"]) == {"staffed", "jwo_vision"}
    assert set(costs.table["format"]) == {"corner", "hall"}
    assert "Corner Pantry" in costs.sentence


@pytest.mark.slow
def test_a_ledger_without_walk_out_has_staffed_lanes(small_data) -> None:
    case = load_case(data_dir=str(small_data))
    rows = tuple(r for r in case.ledger.values() if not r.key.startswith(("jwo_", "entry_")))
    costs = everything(replace(case, ledger=Ledger(rows)))[0]
    assert set(costs.table["technology"]) == {"staffed"}
    assert "Staffed lanes cost" in costs.sentence


def test_half_a_technology_is_a_gap_that_is_named(case: Case) -> None:
    rows = tuple(row for row in case.ledger.values() if row.key != "smart_cart_life_years")
    faults = missing_checkout_rows(replace(case, ledger=Ledger(rows)))
    assert any("smart_cart_life_years.fresh" in fault.expected for fault in faults)


def test_terms_of_the_country_and_of_a_state_differ_by_the_wage(case: Case) -> None:
    here, there = (terms_of(case.ledger, "go", state, codes=JWO) for state in ("", "WA"))
    differ = {name for name in here.figures if here[name] != there[name]}
    assert differ == {"wage_cashier_usd_per_hour"}


@pytest.mark.slow
def test_whatever_moves_a_cost_is_in_its_range(case: Case) -> None:
    """Every name that is asked for is moved; what changes a cost or a gain must be listed."""

    def totals(ledger: Ledger) -> list[float]:
        table = checkout_table(replace(case, ledger=ledger))
        sums = [float(table[n].sum()) for n in ("annual_cost_usd", "net_benefit_usd_year")]
        nets = checkout_third_party(replace(case, ledger=ledger), ()).table["net_benefit_usd_year"]
        return [*sums, float(nets.sum())]

    heard: set[str] = set()
    base = totals(ListeningLedger(tuple(case.ledger.values()), heard))
    names = {key.split(".")[0] for key in heard} & {key.split(".")[0] for key in case.ledger}
    assert len(names) > len(checkout_names(JWO)) // 2
    moved = {
        name
        for name in sorted(names)  # no other can move a cost
        for end in ("low", "high")
        if totals(case.ledger.at_end(name, end)) != pytest.approx(base, rel=1e-12)
    }
    assert moved <= {*checkout_names(JWO), *OPTIONAL_NAMES}
    assert moved - set(uplift_names(JWO)) - {JWO.key(LICENCE)} <= set(range_names(case))
