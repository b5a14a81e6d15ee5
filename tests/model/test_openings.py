"""The money of openings: by hand, draw by draw, and years that are summed at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.model.closing.closure import closing_stores
from retail_portfolio.model.opening.openings import (
    LINEAR,
    chain_density,
    margin_weight,
    opening_of,
    sites_of,
)
from retail_portfolio.model.opening.site_value import openings
from retail_portfolio.model.sampling.ensemble import Draws
from retail_portfolio.model.targets import Candidates, candidates_of
from tests.model.conftest import ledger_of
from tests.model.drawn_cases import VARIED_LEDGER, case_of_draw, uniforms_of, varied_of, wide

BOOTH = {
    "size_sqft.booth": 4_000,
    "sales_usd_per_sqft_year.booth": 700,
    "conversion_dark_months.booth": 6,
    "store_contribution_mature.booth": 0.12,
}
DRAWS = 6


def with_booths(case: Case) -> Case:
    settings = case.scenario
    formats = dict(settings.formats)
    formats["booth"] = formats["salon"].model_copy(update={"label": "Booth"})
    update = {"formats": formats, "convert_to": ("salon", "booth"), "horizon_years": 8}
    return replace(case, scenario=settings.model_copy(update=update))


def some(case: Case, *rows: int) -> Candidates:
    """Return some of the candidates of a case, by their places among the closing stores."""
    found, keep = candidates_of(case), list(rows)
    return Candidates(
        found.sites.iloc[keep].reset_index(drop=True),
        found.targets,
        found.possible[keep],
        found.places.iloc[keep].reset_index(drop=True),
    )


@pytest.fixture
def varied(pencil_case: Case) -> Case:
    return replace(
        with_booths(varied_of(pencil_case)), ledger=wide(VARIED_LEDGER | BOOTH, reach=0.35)
    )


@pytest.mark.slow
def test_every_draw_is_the_table_of_its_ledger(varied: Case) -> None:
    draws = Draws(varied.ledger, uniforms_of(varied.ledger, DRAWS))
    can = (closing_stores(varied)["format"] == "shop").to_numpy()
    sites = sites_of(varied, draws, candidates_of(varied))
    weight = margin_weight(sites)
    for draw in range(DRAWS):
        moved = case_of_draw(varied, draws, draw)
        there = closing_stores(moved)[can].reset_index(drop=True)
        size = there["size_sqft"].to_numpy(float)
        used = there[["store_id"]].assign(salon=np.minimum(size, 9_000.0), booth=4_000.0)
        single = openings(moved, candidates_of(moved), used, 3)
        years = len(single.years.start)
        assert weight[draw, :years] == pytest.approx(single.margin_weight)
        assert (weight[draw, years:] == 0).all()
        rows = iter(np.split(np.arange(len(single.table)), 6))
        for fmt in ("salon", "booth"):
            for year in (1, 2, 3):
                mine = next(rows)
                found = opening_of(sites, fmt, used[fmt].to_numpy()[None, :], year)
                table = single.table.iloc[mine]
                assert set(table["to_format"]) == {fmt}
                assert set(table["opening_year"]) == {year}
                assert set(found.money_usd) == set(LINEAR)
                assert found.operating_years[draw] == pytest.approx(table["operating_years"])
                for name in LINEAR:
                    got = np.broadcast_to(found.money_usd[name], (DRAWS, len(there)))[draw]
                    assert got == pytest.approx(table[name], rel=1e-9, abs=1e-6), name
                pull = found.pull()[draw]
                assert pull[:, :years] == pytest.approx(single.pull[mine], abs=1e-12)
                assert (pull[:, years:] == 0).all()


@pytest.mark.parametrize("gone", [0, 6, 18])
def test_an_opening_by_hand(pencil_case: Case, gone: int) -> None:
    """A shop of 10,000 sq ft, of which a salon uses 4,000: in year 2, nine months dark.

    Booths are the first that could open, after half a year, so that trading years end 1.5, 2.5, ...
    years from today. The lease ends after 5.25 years, the horizon is 6.25. Its terms were stated
    ``gone`` months ago, and the rent has stepped, and will step, as it says from there.
    """
    values = VARIED_LEDGER | BOOTH
    values |= {"conversion_dark_months.salon": 9, "sublease_void_months.yy": 30}
    case = replace(with_booths(pencil_case), ledger=ledger_of(values))
    days = round(gone * 365.25 / 12)
    stated = case.scenario.as_of - dt.timedelta(days=days)
    case = replace(
        case,
        scenario=case.scenario.model_copy(update={"horizon_years": 6.25, "announced": stated}),
        leases=case.leases.assign(
            remaining_term_years=5.25 + days / 365.25, renewal_options=0.0, escalator_per_year=0.02
        ),
    )
    sites = sites_of(case, Draws(case.ledger, {}), some(case, 0))
    found = opening_of(sites, "salon", np.array([[4_000.0]]), 2)
    money = {name: float(values[0, 0]) for name, values in found.money_usd.items()}
    margins, grown = [0.06, 0.07, 0.08, 0.09], [0.8, 0.8 + 0.2 / 3, 0.8 + 0.4 / 3, 1.0]
    fixed = traded = 0.0
    pulls = [0.0] * 6
    for quarter in range(21):  # up to 5.25 years; everything changes at quarters only
        since, year = quarter / 4 - 1.75, int((quarter / 4 - 0.5) // 1)
        if since < 0:
            continue
        age, discount = min(int(since), 3), 1.09 ** -(0.5 + year + 1)
        fixed += 0.25 * discount * (0.2 - margins[age]) * grown[age] * 900
        traded += 0.25 * discount
        pulls[year] += 0.25 * grown[age] / (0.75 if year == 5 else 1.0)
    assert found.operating_years[0, 0] == pytest.approx(3.5)
    assert found.pull()[0, 0] == pytest.approx(pulls)
    assert money["fixed_cost_pv_usd"] == pytest.approx(-fixed * 4_000 * 0.75)
    assert money["capex_usd"] == pytest.approx(-400_000 / 1.09)
    assert money["preopening_usd"] == pytest.approx(-400_000 * 0.75 / 1.09)
    dark = 240_000 * 1.02 ** (gone // 12) + 90_000
    assert money["dark_rent_usd"] == pytest.approx(-dark * (1 + 0.75) / 1.09 * 0.75)
    shield = 400_000 / 3.5 * traded * 0.25
    assert money["depreciation_shield_pv_usd"] == pytest.approx(shield)

    def month(number: int) -> float:
        return 1.09 ** (-number / 12)

    def rent(number: int) -> float:
        return 20_000 * 1.02 ** ((gone + number - 1) // 12) * month(number)

    vacant = sum(rent(m) + 7_500 * month(m) for m in range(22, 31))
    short = 0.4 * sum(rent(m) for m in range(31, 64))
    assert money["unused_floor_usd"] == pytest.approx(-0.6 * (vacant + short) * 0.75)
    # A subtenant of the rest who could come sooner comes with the opening: the box was dark.
    rows = case.ledger.with_overrides({"sublease_void_months.yy": 12.0})
    soon = sites_of(case.with_ledger(rows), Draws(rows, {}), some(case, 0))
    sooner = opening_of(soon, "salon", np.array([[4_000.0]]), 2).money_usd["unused_floor_usd"]
    short = 0.4 * sum(rent(m) for m in range(22, 64))
    assert sooner[0, 0] == pytest.approx(-0.6 * short * 0.75)


def test_a_lease_that_ends_too_soon_never_trades(varied: Case) -> None:
    leases = varied.leases.assign(
        remaining_term_years=0.5, remaining_term_origin="reported", renewal_options=0.0
    ).assign(renewal_origin="reported", tenure="leased")
    case = replace(varied, leases=leases.fillna({"escalator_per_year": 0.0}))
    sites = sites_of(case, Draws(case.ledger, {}), some(case, 1))
    found = opening_of(sites, "salon", np.array([[9_000.0]]), 1)
    assert found.operating_years.tolist() == [[0.0]]
    assert (found.pull() == 0).all()
    for name in ("fixed_cost_pv_usd", "depreciation_shield_pv_usd"):
        assert found.money_usd[name][0, 0] == 0
    assert found.money_usd["capex_usd"][0, 0] == -900_000


def test_owned_stores_trade_to_the_horizon(varied: Case) -> None:
    sites = sites_of(varied, Draws(varied.ledger, {}), some(varied, 2))
    assert sites.ends.tolist() == [[8.0]]
    assert opening_of(sites, "booth", np.array([[4_000.0]]), 1).operating_years.tolist() == [[7.5]]


def test_a_density_is_a_formats_own_or_sales_over_floor(varied: Case) -> None:
    draws = Draws(varied.ledger, uniforms_of(varied.ledger, DRAWS))
    own = chain_density(draws, "booth")
    assert own.tolist() == draws.of("sales_usd_per_sqft_year", "booth").tolist()
    ledger = ledger_of({"sales_usd_year.kiosk": 500_000, "size_sqft.kiosk": 1_000})
    assert chain_density(Draws(ledger, {}), "kiosk").tolist() == [500.0]


def test_a_horizon_before_any_opening_leaves_nothing_to_trade(varied: Case) -> None:
    """Booths take half a year: within a quarter nothing opens, and money is spent all the same."""
    update = {"horizon_years": 0.25}
    case = replace(varied, scenario=varied.scenario.model_copy(update=update))
    sites = sites_of(case, Draws(case.ledger, {}), some(case, 0, 2))
    assert sites.years.start.shape == (1, 0)
    found = opening_of(sites, "booth", np.array([[4_000.0, 4_000.0]]), 1)
    assert found.operating_years.tolist() == [[0.0, 0.0]]
    assert found.pull().shape == (1, 2, 0)
    assert found.money_usd["fixed_cost_pv_usd"].tolist() == [[0.0, 0.0]]
    assert found.money_usd["capex_usd"].tolist() == [[-400_000.0, -400_000.0]]
