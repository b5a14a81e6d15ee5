"""What candidates are worth in many draws: the table of each draw's ledger, but for the sales."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from retail_portfolio.inputs.assumptions import Ledger
from retail_portfolio.inputs.case import Case
from retail_portfolio.model.closing.closure import closure_table
from retail_portfolio.model.opening.conversion import conversion_table
from retail_portfolio.model.opening.openings import margin_weight, opening_of, sites_of
from retail_portfolio.model.sampling.ensemble import Draws
from retail_portfolio.model.targets import candidates_of
from retail_portfolio.model.uncertain.closure_draws import closure_draws
from retail_portfolio.model.uncertain.conversion_draws import (
    ConversionDraws,
    conversion_draws,
    used_sqft,
)
from retail_portfolio.model.uncertain.trade_table import DrawnSales, trade_table
from tests.model.drawn_cases import Uniforms, case_of_draw, drawn_town_of, uniforms_of, wide

DRAWS = 6


@pytest.fixture
def town(pencil_case: Case) -> Case:
    """The booths of the town stand dark for a while that differs, and open within a year."""
    town = drawn_town_of(pencil_case, 0.2)
    leases = town.leases.assign(renewal_options=[2.0, 0.0, 0.0, 1.0, 0.0])
    return replace(town, leases=leases)


def computed(case: Case, uniforms: Uniforms) -> tuple[ConversionDraws, DrawnSales, Draws]:
    draws = Draws(case.ledger, uniforms)
    sold = trade_table(case).read(uniforms, draws.count)
    return conversion_draws(case, draws, closure_draws(case, draws), sold), sold, draws


@pytest.mark.slow
def test_nothing_that_moves_is_the_table_of_the_base(town: Case) -> None:
    """But for how a gain grows with its pull, which is exact where all see the same crowd."""
    found, _, _ = computed(town, {"gross_margin": np.full(2, np.nan)})
    table = conversion_table(town, closure_table(town))
    gain = table["margin_pv_usd"] + table["cannibalisation_pv_usd"]
    assert found.gain_usd[0] == pytest.approx(gain, rel=5e-3)
    rest = table["npv_vs_exit_usd"] - gain
    assert found.npv_vs_exit_usd[0] - found.gain_usd[0] == pytest.approx(rest, rel=1e-9)
    assert found.npv_vs_exit_usd[1].tolist() == found.npv_vs_exit_usd[0].tolist()


@pytest.mark.slow
def test_every_draw_is_the_table_of_its_ledger(town: Case) -> None:
    uniforms = uniforms_of(town.ledger, DRAWS)
    found, _, draws = computed(town, uniforms)
    for draw in range(DRAWS):
        moved = case_of_draw(town, draws, draw)
        table = conversion_table(moved, closure_table(moved))
        gain = table["margin_pv_usd"] + table["cannibalisation_pv_usd"]
        rest = table["npv_vs_exit_usd"] - gain
        apart = found.npv_vs_exit_usd[draw] - found.gain_usd[draw]
        assert apart == pytest.approx(rest, rel=1e-9)
        assert found.gain_usd[draw] == pytest.approx(gain, rel=0.06)
    assert np.ptp(found.gain_usd, axis=0).min() > 0


@pytest.mark.slow
def test_a_gain_is_the_sum_of_its_years(town: Case) -> None:
    """Years in which all draws are mature are taken together, and are what each is alone."""
    ramp = replace(town.ledger["ramp_year1_ratio"], high=1.0)
    town = replace(town, ledger=Ledger((*town.ledger.values(), ramp)))
    uniforms = uniforms_of(town.ledger, DRAWS)
    uniforms["ramp_year1_ratio"][2] = 1.0  # mature from the first day on, as no other draw is
    found, sold, draws = computed(town, uniforms)
    sites = sites_of(town, draws, candidates_of(town))
    weight = margin_weight(sites)[:, None, :]
    full, bend = sold.curve("gains")
    for place, fmt in enumerate(("salon", "booth")):
        mine = slice(5 * place, 5 * place + 5)
        used = used_sqft(town, sites, fmt)
        pull = opening_of(sites, fmt, used, 1).pull()
        bent = bend[:, mine, None]
        years = weight * full[:, mine, None] * pull * (1 + bent) / (1 + bent * pull)
        assert found.gain_usd[:, mine] == pytest.approx(years.sum(axis=-1), rel=1e-9)


@pytest.mark.slow
def test_what_cannot_open_has_no_value(town: Case) -> None:
    """Shop 2 has half a year left: too little for a salon; what nobody reaches sells nothing."""
    leases = town.leases.assign(remaining_term_years=[2.0, 0.5, 6.0, 9.0, 4.0])
    stores = town.stores.copy()
    stores.loc[3, "lat"] = 45.0
    case = replace(town, leases=leases, stores=stores)
    found, _, _ = computed(case, {"gross_margin": np.array([0.2, 0.8])})
    never = [False, True, False, True, False]
    assert np.isnan(found.npv_vs_exit_usd)[:, :5].tolist() == [never] * 2
    assert (found.gain_usd[:, :5] > 0).tolist() == [[not n for n in never]] * 2
    # A booth needs six months, and has them to the day: no time is left to trade.
    assert np.isnan(found.npv_vs_exit_usd)[:, 5:].tolist() == [never] * 2


def test_a_format_uses_no_more_than_its_largest_floor(town: Case) -> None:
    case = replace(town, stores=town.stores.assign(size_sqft=[3_000.0, 9_000.0, *[4_900.0] * 4]))
    sites = sites_of(case, Draws(case.ledger, {}), candidates_of(case))
    assert used_sqft(case, sites, "booth").tolist() == [[3_000.0, *[4_800.0] * 4]]
    rows = [row for row in case.ledger.values() if row.key != "size_sqft.booth"]
    unknown = replace(case, ledger=Ledger(tuple(rows)))
    assert used_sqft(unknown, sites, "booth").tolist() == [[3_000.0, 9_000.0, *[4_900.0] * 3]]


@pytest.mark.slow
@pytest.mark.parametrize("nothing", ["convert_to", "convert_from"])
def test_without_candidates_there_is_nothing_to_value(town: Case, nothing: str) -> None:
    settings = town.scenario.model_copy(update={nothing: ()})
    case = replace(
        town, scenario=settings, ledger=wide({k: r.base for k, r in town.ledger.items()})
    )
    found, _, _ = computed(case, {"gross_margin": np.array([0.2, 0.5, 0.8])})
    assert found.npv_vs_exit_usd.shape == found.gain_usd.shape == (3, 0)
