"""What closing stores may become: targets, candidates, and what plans may name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.model.targets import (
    candidates_of,
    converting,
    converts,
    counts_of,
    decision_of,
    label_of,
    target_of,
    targets_of,
)
from tests.model.plan_town import town_of
from tests.model.weighed import EVERY, weighing


@pytest.fixture
def town(pencil_case: Case) -> Case:
    return town_of(pencil_case)


def test_formats_come_first_and_only_what_is_weighed_is_there(town: Case) -> None:
    assert targets_of(town.scenario) == ("salon", "booth")
    assert targets_of(weighing(town, "close", "keep").scenario) == ("keep",)
    assert targets_of(weighing(town, *EVERY).scenario) == ("salon", "booth", "keep", "relocate")
    assert targets_of(weighing(town, "close").scenario) == ()


def test_decisions_are_named_for_their_targets() -> None:
    assert [decision_of(one) for one in ("salon", "keep", "relocate")] == [
        "convert_salon",
        "keep",
        "relocate",
    ]
    assert [converts(one) for one in ("convert_salon", "keep", "relocate", "close")] == [
        True,
        False,
        False,
        False,
    ]
    assert counts_of(["salon", "keep", "booth", "keep"]) == {
        "convert": 2,
        "keep": 2,
        "relocate": 0,
    }


def test_a_decision_leads_back_to_its_target() -> None:
    assert [target_of(decision_of(one)) for one in ("salon", "keep", "relocate")] == [
        "salon",
        "keep",
        "relocate",
    ]
    assert [target_of(one) for one in ("close", "", "salon", float("nan"), pd.NA)] == [""] * 5


def test_a_position_among_the_targets_converts_where_it_is_a_format() -> None:
    taken = np.array([[-1, 0, 1], [2, 3, 1]])
    found = converting(taken, ("salon", "booth", "keep", "relocate"))
    assert found.tolist() == [[False, True, True], [False, False, True]]


def test_without_other_decisions_the_candidates_are_the_formats_that_convert(town: Case) -> None:
    kiosk = town.stores.iloc[[0]].assign(store_id="kiosk-1", format="kiosk")
    case = replace(town, stores=pd.concat([town.stores, kiosk], ignore_index=True))
    found = candidates_of(case)
    assert found.sites["store_id"].tolist() == [f"shop-{n}" for n in range(1, 6)]
    assert found.possible.all()
    assert not found.may_stay
    assert found.opening_formats() == ("salon", "booth")
    assert found.names()[:6] == ["shop-1", "shop-2", "shop-3", "shop-4", "shop-5", "shop-1:salon"]
    assert found.formats("booth").tolist() == ["booth"] * 5
    nothing = case.scenario.model_copy(update={"convert_to": ()})
    looked_at = candidates_of(replace(case, scenario=nothing)).sites["store_id"]
    assert looked_at.tolist() == found.sites["store_id"].tolist()


def test_sites_and_places_are_rows_of_their_tables(town: Case) -> None:
    """Counted from 0, and of the same columns and kinds whether a place is named or none."""
    first = town.stores.assign(status=["open", *town.stores["status"][1:]])
    case = replace(town, stores=first)
    every = weighing(case, *EVERY, moves={"shop-2": "booth"})
    for found in (candidates_of(case), candidates_of(every)):
        assert found.sites.columns.tolist() == case.stores.columns.tolist()
        assert found.sites.index.tolist() == found.places.index.tolist() == [0, 1, 2, 3]
    plain, moving = candidates_of(case).places, candidates_of(every).places
    assert plain.isna().all(axis=None)
    assert plain.dtypes.to_dict() == moving.dtypes.to_dict()


def test_every_closing_store_may_stay_and_one_with_a_place_may_move(town: Case) -> None:
    kiosk = town.stores.iloc[[0]].assign(store_id="kiosk-1", format="kiosk", banner="Kiosk")
    case = replace(town, stores=pd.concat([town.stores, kiosk], ignore_index=True))
    found = candidates_of(weighing(case, *EVERY, moves={"shop-2": "booth"}))
    assert found.sites["store_id"].tolist() == [*(f"shop-{n}" for n in range(1, 6)), "kiosk-1"]
    assert found.has("salon").tolist() == [True] * 5 + [False]
    assert found.has("keep").all()
    assert found.has("relocate").tolist() == [False, True, False, False, False, False]
    assert found.formats("keep").tolist() == ["shop"] * 5 + ["kiosk"]
    assert found.formats("relocate").tolist() == ["shop", "booth", *["shop"] * 3, "kiosk"]
    spots = found.spots("relocate")
    assert spots["size_sqft"].tolist()[:3] == [10_000.0, 6_000.0, 9_000.0]
    assert spots["lat"].iloc[1] == 40.2
    assert spots["lat"].iloc[0] == case.stores["lat"].iloc[0]
    assert found.opening_formats() == ("salon", "booth")
    names = found.names()
    assert "kiosk-1" not in names
    assert {"kiosk-1:keep", "shop-2:relocate", "shop-1"} <= set(names)
    assert not {"shop-1:relocate", "kiosk-1:salon"} & set(names)


def test_a_store_that_only_moves_is_a_candidate_alone(town: Case) -> None:
    found = candidates_of(weighing(town, "close", "relocate", moves={"shop-4": "shop"}))
    assert found.sites["store_id"].tolist() == ["shop-4"]
    assert found.opening_formats() == ("shop",)


def test_sentences_have_words_for_every_target(town: Case) -> None:
    said = [label_of(town.scenario, one) for one in ("salon", "keep", "relocate")]
    assert said == ["Salon", "kept open", "moved"]
