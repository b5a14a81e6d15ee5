"""Checkout over many draws: the scalar model's answer in each, and nothing but."""

from __future__ import annotations

import dataclasses
import math
import tracemalloc
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.assumptions import Assumption, Ledger
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.case_reader import load_case
from retail_portfolio.inputs.faults import InputError, UnknownKeyError
from retail_portfolio.model.checkouts.checkout import checkout_table
from retail_portfolio.model.checkouts.checkout_draws import (
    OWN,
    CheckoutDraws,
    DrawnFigures,
    checkout_draws,
)
from retail_portfolio.model.checkouts.checkout_sites import (
    checkout_sites,
    closing_with_walk_out,
    paid_extra_usd_year,
    paid_table,
)
from retail_portfolio.model.checkouts.checkout_terms import READINGS, THIRD_PARTY
from retail_portfolio.model.checkouts.checkout_third_party import checkout_third_party
from retail_portfolio.model.sampling.draws import LedgerDraws, moves, name_of
from retail_portfolio.model.sampling.ensemble import Draws
from tests.model.checkout_cases import JWO

NAN = math.nan
DRAWS = 20
Uniforms = dict[str, np.ndarray]


def random_uniforms(case: Case, draws: int, seed: int = 5) -> Uniforms:
    """Random numbers for every name; some stand at the base in some draws, some have no cart."""
    rng = np.random.default_rng(seed)
    names = sorted({name_of(key) for key in case.ledger})
    found = {name: rng.random(draws) for name in names}
    found["wage_cashier_usd_per_hour"][1] = NAN
    found["basket_usd"][[2, 3]] = NAN
    found["smart_carts"][4] = 0.0  # the least number of carts of a small format is none
    return found


def ledgers(case: Case, draws: Draws) -> LedgerDraws:
    """The same draws, a ledger each."""
    rows = [row for row in case.ledger.values() if moves(row)]
    keys = tuple(row.key for row in rows)
    values = np.stack([draws.of(key) for key in keys], axis=1)
    return LedgerDraws(case.ledger, keys, values)


def with_stores(case: Case, wanted: pd.Series) -> Case:
    stores = case.stores[wanted].reset_index(drop=True)
    return dataclasses.replace(case, stores=stores, leases=case.leases.iloc[:0])


def agree(found: CheckoutDraws, draw: int, case: Case) -> None:
    """Hold one draw against every row the scalar model has of it."""
    table = checkout_table(case).set_index(["format", "site_type", "technology", "reading"])
    drawn = {row: cost[draw] for row, cost in found.costs_usd_year.items()}
    there = {row: cost for row, cost in drawn.items() if not math.isnan(cost)}
    assert there == pytest.approx(table["annual_cost_usd"].to_dict(), rel=1e-9)
    for fmt in case.scenario.checkout_formats:
        costs = {row[2:]: cost for row, cost in there.items() if row[:2] == (fmt, OWN)}
        others = {name: cost for (name, _), cost in costs.items() if name not in JWO.walk_out}
        best = JWO.technologies[found.best_alternative[fmt][draw]]
        assert best == min(others, key=lambda name: others[name])
        for reading in READINGS:
            gap = costs["jwo_vision", reading] - others[best]
            assert found.gap_usd_year[fmt, reading][draw] == pytest.approx(gap, rel=1e-9, abs=1e-6)
    third = checkout_third_party(case, ()).table.set_index("site_type")
    assert list(third.index) == list(found.operator_net_usd_year)
    for kind, row in third.iterrows():
        net = found.operator_net_usd_year[kind][draw]
        assert net == pytest.approx(row["net_benefit_usd_year"], rel=1e-9, abs=1e-6)
        for reading in READINGS:
            joint = found.joint_benefit_usd_year[kind, reading][draw]
            expected = row[f"joint_benefit_{reading}_usd_year"]
            assert joint == pytest.approx(expected, rel=1e-9, abs=1e-6)


@pytest.fixture(scope="module")
def draws(case: Case) -> Draws:
    return Draws(case.ledger, random_uniforms(case, DRAWS))


@pytest.fixture(scope="module")
def found(case: Case, draws: Draws) -> CheckoutDraws:
    return checkout_draws(case, draws)


@pytest.fixture(scope="module")
def drawn_cases(case: Case, draws: Draws) -> list[Case]:
    books = ledgers(case, draws)
    return [case.with_ledger(books.ledger_of(draw)) for draw in range(DRAWS)]


@pytest.mark.slow
def test_every_draw_is_the_scalar_model_under_its_ledger(
    found: CheckoutDraws, drawn_cases: list[Case]
) -> None:
    assert found.count == DRAWS
    for draw, one in enumerate(drawn_cases):
        agree(found, draw, one)


@pytest.mark.slow
def test_what_was_paid_is_the_scalar_sum_in_every_draw(
    case: Case, found: CheckoutDraws, drawn_cases: list[Case]
) -> None:
    had = closing_with_walk_out(case)
    assert found.paid_stores == tuple(case.stores.loc[had, "store_id"])
    assert len(found.paid_stores) == 16
    for draw, one in enumerate(drawn_cases):
        expected = paid_extra_usd_year(with_stores(one, had))
        paid = [found.paid_extra_usd_year[reading][draw] for reading in READINGS]
        assert paid == pytest.approx(expected, rel=1e-9)


def test_draws_do_differ(found: CheckoutDraws) -> None:
    groups: tuple[Mapping[object, np.ndarray], ...] = (
        found.costs_usd_year,
        found.gap_usd_year,
        found.paid_extra_usd_year,
        found.operator_net_usd_year,
        found.joint_benefit_usd_year,
    )
    for group in groups:
        for key, values in group.items():
            assert values.shape == (DRAWS,)
            assert len(set(values[~np.isnan(values)])) > DRAWS // 2, key
    assert len({int(place) for place in found.best_alternative["fresh"]}) > 1


def test_a_store_without_carts_in_a_draw_has_no_cost_of_them_there(found: CheckoutDraws) -> None:
    costs = found.costs_usd_year["daily_shop", OWN, "smart_cart", ""]
    assert np.flatnonzero(np.isnan(costs)).tolist() == [4]
    assert not np.isnan(found.gap_usd_year["daily_shop", "installed"]).any()
    # A Go shop has none in any draw, so that there is no such row at all.
    assert ("go", OWN, "smart_cart", "") not in found.costs_usd_year


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 3])
def test_draws_of_nothing_are_the_case_itself(case: Case, count: int) -> None:
    still = Ledger(
        tuple(dataclasses.replace(r, distribution="fixed") for r in case.ledger.values())
    )
    at_base = {name_of(key): np.full(count, NAN) for key in case.ledger}
    for draws in (
        Draws(still, random_uniforms(case, 8)),
        Draws(case.ledger, at_base),
        Draws(case.ledger, {"no_row_of_checkout": np.full(count, 0.9)}),
        Draws(case.ledger, {}),
    ):
        found = checkout_draws(case, draws)
        assert found.count == draws.count
        paid = paid_table(checkout_sites(case), case).table
        assert found.paid_stores == tuple(paid["store_id"])
        for draw in {0, found.count - 1}:
            agree(found, draw, case)
            for reading in READINGS:
                expected = paid[f"jwo_paid_extra_{reading}_usd_year"].sum()
                found_sum = found.paid_extra_usd_year[reading][draw]
                assert found_sum == pytest.approx(expected, rel=1e-9)


def test_a_name_moves_all_rows_that_refine_it_and_nothing_else(case: Case) -> None:
    base = checkout_draws(case, Draws(case.ledger, {}))
    high = checkout_draws(case, Draws(case.ledger, {"jwo_cloud_usd_year": np.array([0.9])}))
    for (fmt, site, technology, reading), cost in high.costs_usd_year.items():
        before = base.costs_usd_year[fmt, site, technology, reading]
        if technology in {"jwo_vision", "jwo_hybrid"} and reading == "installed":
            assert cost > before, (fmt, site)
        else:
            assert cost == before, (fmt, site)
    assert high.paid_extra_usd_year["installed"] > base.paid_extra_usd_year["installed"]
    assert high.paid_extra_usd_year["annualised"] == base.paid_extra_usd_year["annualised"]


@pytest.mark.slow
def test_a_dearer_hour_never_makes_cashiers_cheaper(case: Case) -> None:
    uniforms = random_uniforms(case, 200, seed=8)
    low = checkout_draws(case, Draws(case.ledger, uniforms, fast=True))
    wage = "wage_cashier_usd_per_hour"
    raised = uniforms | {wage: uniforms[wage] + (1 - uniforms[wage]) / 2}
    high = checkout_draws(case, Draws(case.ledger, raised, fast=True))
    moved = ~np.isnan(uniforms[wage])
    for row, cost in low.costs_usd_year.items():
        there = moved & ~np.isnan(cost)
        assert (high.costs_usd_year[row] >= cost)[there].all(), row
        if row[2] == "staffed":
            assert (high.costs_usd_year[row] > cost)[there].all(), row


@pytest.mark.slow
def test_the_order_and_the_number_of_draws_change_nothing(case: Case) -> None:
    uniforms = random_uniforms(case, 50, seed=9)
    order = np.random.default_rng(1).permutation(50)[:31]
    whole = checkout_draws(case, Draws(case.ledger, uniforms, fast=True))
    part = checkout_draws(
        case, Draws(case.ledger, {name: u[order] for name, u in uniforms.items()}, fast=True)
    )
    assert (part.best_alternative["go"] == whole.best_alternative["go"][order]).all()
    for field in ("costs_usd_year", "gap_usd_year", "paid_extra_usd_year", "operator_net_usd_year"):
        for key, values in getattr(whole, field).items():
            np.testing.assert_allclose(
                getattr(part, field)[key], values[order], rtol=1e-12, atol=1e-6, err_msg=str(key)
            )


def test_equal_draws_give_equal_bytes(case: Case, draws: Draws, found: CheckoutDraws) -> None:
    again = checkout_draws(case, draws)
    for key, values in found.costs_usd_year.items():
        assert again.costs_usd_year[key].tobytes() == values.tobytes()
    for reading, values in found.paid_extra_usd_year.items():
        assert again.paid_extra_usd_year[reading].tobytes() == values.tobytes()


def test_results_are_not_to_be_changed_and_inputs_are_not_changed(
    case: Case, draws: Draws, found: CheckoutDraws
) -> None:
    with pytest.raises(TypeError):
        found.gap_usd_year["fresh", "installed"] = np.zeros(1)  # type: ignore[index]
    uniforms = random_uniforms(case, DRAWS)
    for name, values in draws.uniforms.items():
        np.testing.assert_array_equal(values, uniforms[name])


@pytest.mark.slow
def test_memory_grows_with_the_draws_and_no_faster(case: Case) -> None:
    def peak(count: int) -> int:
        draws = Draws(case.ledger, random_uniforms(case, count), fast=True)
        tracemalloc.start()
        checkout_draws(case, draws)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)  # whatever is fitted once
    few, many = peak(1_000), peak(4_000)
    assert many < 4.4 * few
    # About 200 rows of the ledger and 100 results of eight bytes a draw.
    assert many < 4_000 * 8 * 400


# --------------------------------------------------------------------------------- sales
def modelled_sales(case: Case) -> np.ndarray:
    closing = case.stores["status"] == "closing"
    return 2e6 + 1e5 * np.arange(int(closing.sum()), dtype=float)


def by_id(case: Case, sales: np.ndarray) -> pd.Series:
    ids = case.stores.loc[case.stores["status"] == "closing", "store_id"]
    return pd.Series(sales, index=ids)


def paid(case: Case, draws: Draws, sales: np.ndarray | None) -> np.ndarray:
    found = checkout_draws(case, draws, sales).paid_extra_usd_year
    return np.stack([found[reading] for reading in READINGS], axis=1)


@pytest.mark.slow
def test_modelled_sales_of_each_store_and_draw_are_used(
    case: Case, draws: Draws, drawn_cases: list[Case]
) -> None:
    had = closing_with_walk_out(case)
    sales = np.outer(np.linspace(0.5, 2, DRAWS), modelled_sales(case))
    sales[2, ::2] = NAN
    found = paid(case, draws, sales)
    fixed = paid(case, draws, sales[5])
    for draw in (0, 2, 5, 11):
        one = with_stores(drawn_cases[draw], had)
        expected = paid_extra_usd_year(one, by_id(case, sales[draw]))
        assert found[draw] == pytest.approx(expected, rel=1e-9)
        expected = paid_extra_usd_year(one, by_id(case, sales[5]))
        assert fixed[draw] == pytest.approx(expected, rel=1e-9)
    nothing = paid(case, draws, np.full(len(modelled_sales(case)), NAN))
    np.testing.assert_array_equal(nothing, paid(case, draws, None))


def test_observed_sales_stand_until_modelled_ones_are_handed_in(
    case: Case, draws: Draws, drawn_cases: list[Case]
) -> None:
    had = closing_with_walk_out(case)
    sales = case.stores["sales_usd_year"].mask(had, 3e6)

    def seen(one: Case) -> Case:
        return dataclasses.replace(one, stores=one.stores.assign(sales_usd_year=sales))

    observed, modelled = (
        paid(seen(case), draws, None),
        paid(seen(case), draws, modelled_sales(case)),
    )
    one = seen(with_sizes := drawn_cases[7])
    assert with_sizes.ledger != case.ledger
    expected = paid_extra_usd_year(with_stores(one, had))
    assert observed[7] == pytest.approx(expected, rel=1e-9)
    expected = paid_extra_usd_year(with_stores(one, had), by_id(case, modelled_sales(case)))
    assert modelled[7] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("shape", [(3,), (70,), (DRAWS, 3), (DRAWS + 1, 71), (71, DRAWS), (1, 71)])
def test_sales_of_another_shape_are_refused(
    case: Case, draws: Draws, shape: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match=rf"expected \(71,\) or \({DRAWS}, 71\)"):
        checkout_draws(case, draws, np.ones(shape))


def test_every_store_without_sales_in_some_draw_is_named(case: Case, draws: Draws) -> None:
    sales = np.broadcast_to(modelled_sales(case), (DRAWS, 71)).copy()
    closing = case.stores[case.stores["status"] == "closing"]["store_id"].tolist()
    had = list(case.stores.loc[closing_with_walk_out(case), "store_id"])
    sales[3, closing.index(had[0])] = 0.0
    sales[9, closing.index(had[5])] = -1.0
    with pytest.raises(InputError) as raised:
        checkout_draws(case, draws, sales)
    columns = [(fault.column, fault.value) for fault in raised.value.faults]
    assert columns == [
        (f"sales_usd_year of {had[0]}", "0"),
        (f"sales_usd_year of {had[5]}", "-1"),
    ]


# ------------------------------------------------------------------------------- other cases
def without(case: Case, *names: str) -> Case:
    rows = tuple(row for row in case.ledger.values() if not name_of(row.key).startswith(names))
    return dataclasses.replace(case, ledger=Ledger(rows))


def test_a_ledger_without_walk_out_has_costs_and_no_gap(case: Case) -> None:
    plain = without(case, "jwo_", "rfid_")
    uniforms = random_uniforms(plain, 6)
    found = checkout_draws(plain, Draws(plain.ledger, uniforms))
    assert {row[2] for row in found.costs_usd_year} == {"staffed", "self_checkout", "smart_cart"}
    assert len(found.paid_stores) == 16
    for nothing in (
        found.gap_usd_year,
        found.paid_extra_usd_year,
        found.operator_net_usd_year,
        found.joint_benefit_usd_year,
    ):
        assert dict(nothing) == {}


def test_without_a_licence_no_operator_gains(case: Case) -> None:
    free = without(case, "jwo_licence")
    found = checkout_draws(free, Draws(free.ledger, random_uniforms(free, 6)))
    assert dict(found.operator_net_usd_year) == {}
    assert (THIRD_PARTY, "stadium", "jwo_vision", "installed") in found.costs_usd_year


def test_without_a_format_nothing_is_costed_or_paid(case: Case) -> None:
    scenario = case.scenario.model_copy(update={"checkout_formats": ()})
    bare = dataclasses.replace(case, scenario=scenario)
    found = checkout_draws(bare, Draws(case.ledger, random_uniforms(case, 6)))
    assert dict(found.costs_usd_year) == {}
    assert found.paid_stores == ()
    assert [found.paid_extra_usd_year[reading].tolist() for reading in READINGS] == [[0.0] * 6] * 2


@pytest.mark.slow
def test_another_owner_has_draws_of_its_own(small_data: Path) -> None:
    small = load_case(data_dir=str(small_data))
    wide = tuple(
        dataclasses.replace(row, low=0.8 * row.base, high=1.1 * row.base, distribution="pert")
        for row in small.ledger.values()
    )
    small = small.with_ledger(Ledger(wide))
    draws = Draws(small.ledger, random_uniforms_of(small, 5))
    found, books = checkout_draws(small, draws), ledgers(small, draws)
    assert found.paid_stores == ("corner-3",)
    had = closing_with_walk_out(small)
    for draw in range(5):
        one = small.with_ledger(books.ledger_of(draw))
        agree(found, draw, one)
        paid_now = [found.paid_extra_usd_year[reading][draw] for reading in READINGS]
        assert paid_now == pytest.approx(paid_extra_usd_year(with_stores(one, had)), rel=1e-9)


def random_uniforms_of(case: Case, draws: int) -> Uniforms:
    rng = np.random.default_rng(2)
    return {name: rng.random(draws) for name in sorted({name_of(key) for key in case.ledger})}


def changed(case: Case, key: str, **values: float) -> Ledger:
    return Ledger(
        tuple(
            dataclasses.replace(row, **values) if row.key == key else row
            for row in case.ledger.values()
        )
    )


@pytest.mark.slow
def test_a_technology_that_is_not_there_in_a_draw_is_no_alternative_there(case: Case) -> None:
    few = dataclasses.replace(case, ledger=changed(case, "sco_kiosks.go", low=0.0))
    few = dataclasses.replace(few, ledger=changed(few, "sco_kiosks.airport", low=0.0))
    # Without losses, kiosks that nobody has to buy would be the cheapest of all.
    no_loss = changed(few, "sco_loss_bp_per_percent_of_sales", low=0.0, base=0.0, high=0.0)
    few = dataclasses.replace(few, ledger=no_loss)
    draws = Draws(few.ledger, {"sco_kiosks": np.array([0.5, 0.0])})
    found, books = checkout_draws(few, draws), ledgers(few, draws)
    had = closing_with_walk_out(few)
    for draw in (0, 1):
        one = few.with_ledger(books.ledger_of(draw))
        agree(found, draw, one)
        paid_now = [found.paid_extra_usd_year[reading][draw] for reading in READINGS]
        assert paid_now == pytest.approx(paid_extra_usd_year(with_stores(one, had)), rel=1e-9)
    assert np.isnan(found.costs_usd_year["go", OWN, "self_checkout", ""]).tolist() == [False, True]


def test_a_figure_that_is_divided_by_and_may_be_nothing_is_refused(case: Case) -> None:
    ledger = changed(case, "basket_usd.go", low=0.0)
    uniforms = {"basket_usd": np.array([0.5, 0.0, 0.9])}
    with pytest.raises(InputError, match=r"basket_usd\.go.*a number above 0"):
        checkout_draws(dataclasses.replace(case, ledger=ledger), Draws(ledger, uniforms))


def test_no_draw_is_no_answer(case: Case) -> None:
    with pytest.raises(ValueError, match="draws: found none"):
        checkout_draws(case, Draws(case.ledger, {"basket_usd": np.zeros(0)}))


# ------------------------------------------------------------------------------ the figures
class Counting(Draws):
    """Draws that count how often a row is drawn."""

    __slots__ = ()
    asked: ClassVar[list[str]] = []

    def of(self, name: str, format: str | None = None, state: str | None = None) -> np.ndarray:
        self.asked.append(self.ledger.row(name, format, state).key)
        return super().of(name, format, state)


def test_figures_answer_as_the_ledger_and_draw_each_row_once() -> None:
    ledger = Ledger(
        (
            Assumption("wage", 10, 12, 20),
            Assumption("wage.oh", 10, 15, 20),
            Assumption("area", 5, 5, 5),
        )
    )
    Counting.asked.clear()
    figures = DrawnFigures(Counting(ledger, {"wage": np.array([0.1, NAN, 0.9])}))
    assert list(figures) == list(ledger)
    assert "wage.oh" in figures
    assert "wage.mi" not in figures
    assert figures.has("wage", "hall", "OH")
    assert not figures.has("rent")
    drawn = [figures.value("wage", state=state) for state in ("OH", "MI", "NY", "oh")]
    assert drawn[0] is drawn[3]
    assert drawn[1] is drawn[2]
    assert isinstance(drawn[0], np.ndarray)
    assert drawn[0][1] == 15
    assert isinstance(area := figures.value("area"), float)
    assert area == 5
    assert Counting.asked == ["wage.oh", "wage", "area"]
    with pytest.raises(UnknownKeyError, match="rent"):
        figures.value("rent")


def test_the_register_says_whose_checkout_counts(case: Case) -> None:
    had = closing_with_walk_out(case)
    columns = ["status", "checkout_technology"]
    assert case.stores.loc[had, columns].drop_duplicates().to_numpy().tolist() == [
        ["closing", "jwo"]
    ]
    scenario = case.scenario.model_copy(update={"checkout_formats": ("go",)})
    only = closing_with_walk_out(dataclasses.replace(case, scenario=scenario))
    assert set(case.stores.loc[only, "format"]) == {"go"}
    assert (only <= had).all()
