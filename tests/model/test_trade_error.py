"""How far the table of sales is off, against trade areas computed for the draw."""

from __future__ import annotations

import numpy as np
import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.model.market.roads import roads_of
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.uncertain.trade_error import trade_error
from retail_portfolio.model.uncertain.trade_looks import at_quantiles, sold_of
from retail_portfolio.model.uncertain.trade_table import trade_table
from retail_portfolio.model.uncertain.uncertainty import uniforms_of
from tests.model.drawn_cases import closed, drawn_town_of


@pytest.fixture
def drawn_town(pencil_case: Case) -> Case:
    return drawn_town_of(pencil_case, reach=0.25)


@pytest.mark.slow
def test_the_error_is_that_of_the_logarithms(drawn_town: Case) -> None:
    roads = roads_of(drawn_town)
    table = trade_table(drawn_town, roads)
    drawn = uniforms_of(drawn_town, 8)
    found = trade_error(table, drawn_town, roads, drawn, 4)
    told = table.read({name: values[:4] for name, values in drawn.items()}, 4).curve("sells")[0]
    rows = []
    for draw in range(4):
        at = {name: float(values[draw]) for name, values in drawn.items()}
        moved = drawn_town.with_ledger(at_quantiles(drawn_town.ledger, at))
        rows.append(sold_of(trade_areas(moved), table.options).sells[0])
    logs, miss = np.log(rows), np.log(told) - np.log(rows)
    assert found.draws == 4
    assert found.error == pytest.approx(np.sqrt((miss**2).mean()), abs=1e-9)
    assert found.bias == pytest.approx(np.abs(miss.mean(axis=0)).mean(), abs=1e-9)
    assert found.spread == pytest.approx(logs.std(axis=0).mean())
    assert 0 < found.bias <= found.error < found.spread


def test_nothing_is_said_where_nothing_is_drawn(drawn_town: Case) -> None:
    still = drawn_town.with_ledger(closed(drawn_town.ledger))
    roads = roads_of(still)
    found = trade_error(trade_table(still, roads), still, roads, {}, 4)
    assert found.draws == 0
    assert np.isnan([found.error, found.bias, found.spread]).all()
