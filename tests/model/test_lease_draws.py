"""Leases in many draws: the terms and the way out that each draw's own ledger would give."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retail_portfolio.inputs.case import Case
from retail_portfolio.model.closing.closure import closing_stores
from retail_portfolio.model.closing.lease_draws import (
    LEAST_TERM_YEARS,
    NO_BREAK,
    DrawnLeases,
    cheapest_exit_usd,
    drawn_leases,
)
from retail_portfolio.model.closing.lease_exit import exit_curves
from retail_portfolio.model.closing.leases import lease_terms
from retail_portfolio.model.sampling.ensemble import Draws
from tests.model.drawn_cases import case_of_draw, closed, only, uniforms_of, varied_of

DRAWS, YEARS_SINCE = 8, 0.25
TERMS = (
    "rent_usd_year",
    "charges_usd_year",
    "carry_usd_year",
    "dark_charge_usd_year",
    "escalator_per_year",
    "months_since_step",
    "remaining_term_years",
    "remaining_months",
    "binding_months",
    "option_years",
    "termination_months",
)


@pytest.fixture
def varied(pencil_case: Case) -> Case:
    return varied_of(pencil_case)


def terms_of(case: Case, draws: Draws, years_since: float = YEARS_SINCE) -> DrawnLeases:
    return drawn_leases(draws, closing_stores(case), case.leases, years_since)


def drawn(case: Case, draws: int = DRAWS) -> Draws:
    return Draws(case.ledger, uniforms_of(case.ledger, draws))


@pytest.mark.slow
def test_every_draw_has_the_terms_of_its_ledger(varied: Case) -> None:
    draws = drawn(varied)
    found = terms_of(varied, draws)
    for draw in range(DRAWS):
        moved = case_of_draw(varied, draws, draw)
        stores = closing_stores(moved)
        terms = lease_terms(stores, moved.leases, moved.ledger, YEARS_SINCE)
        assert found.leased.tolist() == terms["leased"].tolist()
        assert found.size_sqft[draw] == pytest.approx(stores["size_sqft"])
        for name in TERMS:
            values = np.broadcast_to(getattr(found, name), (DRAWS, len(stores)))[draw]
            assert values == pytest.approx(terms[name], rel=1e-12), name
    assert np.ptp(found.binding_months, axis=0).tolist().count(0) < len(stores)


@pytest.mark.slow
def test_one_row_that_speaks_for_all_is_one_column(varied: Case) -> None:
    """As of a portfolio of which no lease is known; results are the same either way."""
    all_assumed = varied.leases.assign(
        tenure="leased", escalator_origin="assumed", termination_origin="assumed"
    )
    ledger = [row for row in varied.ledger.values() if "termination_months." not in row.key]
    case = replace(varied, leases=all_assumed, ledger=type(varied.ledger)(tuple(ledger)))
    draws = drawn(case)
    some = case.leases["store_id"].isin(["shop-1", "shop-2"])
    stores = closing_stores(case).iloc[:2]
    found = drawn_leases(draws, stores, case.leases[some])
    assert found.escalator_per_year.shape == found.termination_months.shape == (DRAWS, 1)
    for draw in range(DRAWS):
        moved = case_of_draw(case, draws, draw)
        terms = lease_terms(stores, moved.leases, moved.ledger)
        assert found.escalator_per_year[draw] == pytest.approx(terms["escalator_per_year"].iloc[:1])
        assert found.termination_months[draw] == pytest.approx(terms["termination_months"].iloc[:1])


def test_a_term_that_follows_keeps_a_year(varied: Case) -> None:
    """Nine of fifteen years are left; of a first term of five no less than one is."""
    case = varied.with_ledger(only(varied.ledger, lease_initial_term_years=(0.3, 1.2)))
    draws = Draws(case.ledger, {"lease_initial_term_years": np.array([0.0, np.nan, 1.0])})
    found = terms_of(case, draws, 0.0).remaining_term_years[:, 4]
    assert found.tolist() == pytest.approx([LEAST_TERM_YEARS, 9.0, 12.0])


def test_owned_stores_hold_no_lease(varied: Case) -> None:
    found = terms_of(varied, drawn(varied))
    assert found.leased.tolist() == [True, True, False, True, True, True, True]
    for name in TERMS:
        if name not in {"carry_usd_year", "months_since_step"}:
            assert (getattr(found, name)[:, 2] == 0).all(), name
    assert (found.carry_usd_year[:, 2] > 0).all()


@pytest.mark.parametrize("years_since", [-0.5, YEARS_SINCE, 1.5, 30.0])
def test_closed_ranges_give_the_terms_of_the_base(varied: Case, years_since: float) -> None:
    draws = Draws(closed(varied.ledger), uniforms_of(varied.ledger, 2))
    found = terms_of(varied, draws, years_since)
    terms = lease_terms(closing_stores(varied), varied.leases, varied.ledger, years_since)
    for name in TERMS:
        values = np.broadcast_to(getattr(found, name), (2, len(terms)))
        assert values[0] == pytest.approx(terms[name], rel=1e-15), name
    assert (terms["escalator_per_year"] > 0).any()


def test_some_stores_have_their_own_terms(varied: Case) -> None:
    found = terms_of(varied, drawn(varied))
    some = found.of(np.array([5, 1]))
    assert some.leased.tolist() == [True, True]
    assert some.rent_usd_year.tolist() == found.rent_usd_year[:, [5, 1]].tolist()
    one = replace(found, escalator_per_year=found.escalator_per_year[:, :1])
    assert one.of(np.array([5, 1])).escalator_per_year.shape == (DRAWS, 1)


def money(most: float) -> st.SearchStrategy[float]:
    return st.just(0.0) | st.floats(1e3, most)


@st.composite
def store(draw: st.DrawFn) -> dict[str, float]:
    """One lease in one draw; an owned store has no rent and no term."""
    months = draw(st.integers(0, 300))
    rent, charges = draw(money(2e6)), draw(money(5e5))
    bound = draw(st.integers(0, months) | st.just(months))
    owned = draw(st.sampled_from([False] * 7 + [True]))
    gross = draw(st.booleans())
    return {
        "rent_usd_year": 0.0 if owned else rent,
        "charges_usd_year": 0.0 if owned or gross else charges,
        "carry_usd_year": draw(money(5e5)),
        "dark_charge_usd_year": 0.0 if owned else rent * draw(st.sampled_from([0.0, 0.0, 0.5])),
        "escalator_per_year": draw(st.sampled_from([-0.02, 0.0, 0.0, 0.013, 0.03, 0.05])),
        "remaining_months": 0 if owned else months,
        "binding_months": 0 if owned else bound,
        "termination_months": draw(st.sampled_from([0.0, 6.0, 7.3, 18.0, 60.0])),
        "void": draw(st.sampled_from([0.0, 3.0, 11.6, 24.0, 400.0])),
        "recovery": draw(st.sampled_from([0.0, 0.4, 0.85, 1.0])),
        "wait": draw(st.sampled_from([0.0, 0.0, 2.0, 5.4, 30.0, 400.0])),
    }


FULL = {
    "rent_usd_year": 240_000.0,
    "charges_usd_year": 60_000.0,
    "carry_usd_year": 90_000.0,
    "dark_charge_usd_year": 0.0,
    "escalator_per_year": 0.02,
    "remaining_months": 120,
    "binding_months": 120,
    "termination_months": 18.0,
    "void": 12.0,
    "recovery": 0.6,
    "wait": 0.0,
}


@st.composite
def portfolio(draw: st.DrawFn) -> tuple[list[list[dict[str, float]]], list[int], float, int]:
    """Draws of some stores, their months of trading, a rate and the months since rents stepped."""
    stores = draw(st.integers(1, 3))
    rows = draw(
        st.lists(st.lists(store(), min_size=stores, max_size=stores), min_size=1, max_size=3)
    )
    trading = draw(st.lists(st.sampled_from([0, 0, 1, 8, 40]), min_size=stores, max_size=stores))
    rate = draw(st.sampled_from([0.0, 0.05, 0.09, 0.2]))
    return rows, trading, rate, draw(st.integers(0, 11))


def leases_of(rows: list[list[dict[str, float]]], months_since_step: int = 0) -> DrawnLeases:
    def field(name: str) -> np.ndarray:
        return np.array([[each[name] for each in row] for row in rows])

    whole = {"remaining_months", "binding_months"}
    names = [n for n in FULL if n not in {"void", "recovery", "wait"}]
    values = {n: field(n).astype(np.int64) if n in whole else field(n).astype(float) for n in names}
    shape = values["rent_usd_year"].shape
    return DrawnLeases(
        **values,
        size_sqft=np.full(shape, 1e4),
        months_since_step=np.asarray(months_since_step),
        remaining_term_years=values["remaining_months"] / 12,
        option_years=np.zeros(shape),
        leased=np.full(shape[1], True),
    )


@pytest.mark.slow
@given(portfolio())
@example(([[FULL, FULL | {"binding_months": 60}]], [0, 8], 0.09, 0))
@example(([[FULL | {"wait": 30.0, "recovery": 1.0}], [FULL | {"void": 400.0}]], [1], 0.0, 5))
@example(([[FULL | {"wait": 400.0, "void": 400.0}]], [0], 0.05, 0))
@example(([[FULL | {"binding_months": 7, "wait": 30.0}, FULL]], [0, 0], 0.09, 11))
# Rents step up four months after the last trading day, long before anybody lets one go.
@example(([[FULL | {"escalator_per_year": 0.05, "wait": 30.0, "void": 400.0}]], [8], 0.05, 0))
# The same, but for their last step, which was seven months ago.
@example(([[FULL | {"escalator_per_year": 0.05, "wait": 30.0, "void": 400.0}]], [8], 0.05, 7))
# A price of five years' rent and an empty box that costs nothing more: the end is cheapest.
@example(
    ([[FULL | {"carry_usd_year": 0.0, "termination_months": 60.0, "void": 400.0}]], [0], 0.2, 0)
)
def test_the_cheapest_way_out_is_that_of_the_curves(
    drawn: tuple[list[list[dict[str, float]]], list[int], float, int],
) -> None:
    rows, months, rate, since_step = drawn
    trading = np.array(months)
    apart = [
        np.array([[each[n] for each in row] for row in rows]) for n in ("void", "recovery", "wait")
    ]
    leases = leases_of(rows, since_step)
    found = cheapest_exit_usd(leases, trading, apart[0], apart[1], rate, apart[2])
    assert found.shape == (len(rows), len(months))
    for draw, row in enumerate(rows):
        curves = exit_curves(
            pd.DataFrame(row).assign(months_since_step=since_step),
            trading,
            apart[0][draw],
            apart[1][draw],
            rate,
            apart[2][draw],
        )
        least = curves.cheapest()["lease_exit_usd"]
        assert found[draw] == pytest.approx(least, rel=1e-9, abs=1e-5)


def test_a_way_out_by_hand() -> None:
    """24 months of 20,000 rent, 5,000 charges, 7,500 carry: 12 months' price on the first day."""
    one = FULL | {"escalator_per_year": 0.0, "binding_months": 24, "termination_months": 12.0}
    terms = leases_of([[one]])
    now, void, share = np.array([0]), np.array([[12.0]]), np.array([[0.6]])

    def least(terms: DrawnLeases = terms, wait: float = 0.0, share: np.ndarray = share) -> float:
        return float(cheapest_exit_usd(terms, now, void, share, 0.09, wait)[0, 0])

    month = [1.09 ** (-m / 12) for m in range(25)]
    assert least() == pytest.approx(300_000)
    dark = 27_500 * sum(month[1:4])
    assert least(wait=3.0) == pytest.approx(dark + 300_000 * month[3])
    let = 27_500 * sum(month[1:13]) + 0.4 * 20_000 * sum(month[13:])
    assert least(wait=99.0) == pytest.approx(let)
    # Nothing is left to pay where the subtenant pays it all and comes at once.
    void = np.array([[0.0]])
    assert least(share=np.array([[1.0]])) == 0
    bound = replace(terms, binding_months=np.array([[2]]))
    assert least(bound, wait=99.0, share=np.array([[0.0]])) == pytest.approx(
        20_000 * sum(month[1:3])
    )


def test_one_draw_of_terms_serves_many_of_voids() -> None:
    """Terms that nothing moves may stand in one row, whatever moves beside them."""
    terms = leases_of([[FULL, FULL | {"binding_months": 60}]])
    void = np.array([[2.0], [12.0], [30.0]])
    found = cheapest_exit_usd(terms, np.array([0, 0]), void, np.array([[0.9]]), 0.09, 6.0)
    assert found.shape == (3, 2)
    for draw in range(3):
        one = cheapest_exit_usd(terms, np.array([0, 0]), void[[draw]], np.array([[0.9]]), 0.09, 6.0)
        assert found[draw] == pytest.approx(one[0])
    assert found[0, 0] < found[1, 0]


def test_no_stores_pay_nothing() -> None:
    terms = leases_of([[FULL]]).of(np.zeros(0, np.int64))
    none = np.zeros((1, 0))
    assert cheapest_exit_usd(terms, np.zeros(0, np.int64), none, none, 0.09).shape == (1, 0)
    assert NO_BREAK > 10**6
