"""Ids made of names: harmless in file names, and one each."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.inputs.build import chains, slugs, writing
from retail_portfolio.inputs.build.area import metro_names
from retail_portfolio.inputs.registers.zip_areas import zip_places
from retail_portfolio.inputs.tables import ID


@pytest.mark.parametrize("module", [slugs, chains, writing])
def test_examples_in_docstrings_hold(module):
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed


@given(st.text(max_size=200), st.floats(-90, 90), st.floats(-180, 180))
def test_an_id_of_any_chain_is_one(chain, lat, lon):
    import re

    assert re.fullmatch(ID, slugs.place_id(chain, lat, lon))


@pytest.mark.slow
def test_every_metro_and_county_of_the_country_has_an_id_of_its_own():
    named = metro_names(zip_places())
    code = named["cbsa_code"].where(named["cbsa_code"] != "", named["county_fips"])
    assert named["metro_id"].str.fullmatch(ID).all()
    assert (code != "").all()
    assert named.groupby("metro_id")["name"].nunique().max() == 1
    assert code.groupby(named["metro_id"]).nunique().max() == 1
    assert code.nunique() == named["metro_id"].nunique()
