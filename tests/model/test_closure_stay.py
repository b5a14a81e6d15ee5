"""Keeping a store open as the counterfactual, with the arithmetic written out."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.speech import Speech
from retail_portfolio.model.closing.closure import closure, closure_table
from retail_portfolio.model.closing.closure_views import stay_view
from retail_portfolio.model.closing.trade_facts import TRADE_COLUMNS, TradeFacts
from retail_portfolio.model.result import Result
from tests.model.conftest import PENCIL_LEDGER, ledger_of

SHARES = {
    "transfer_share_sister": 0.1,
    "transfer_share_online": 0.2,
    "four_wall_margin": -0.1,
    "vm_online_sales": 0.05,
}


@pytest.fixture
def staying(pencil_case: Case) -> Case:
    return replace(pencil_case, ledger=ledger_of(PENCIL_LEDGER | SHARES))


def years(first: int, last: int) -> float:
    """Present value at 9 % of one dollar a year, paid monthly."""
    return sum(1.09 ** (-m / 12) for m in range(first, last + 1)) / 12


def facts(**columns: object) -> TradeFacts:
    frame = pd.DataFrame(
        {
            "sales_usd_year": [5e6, 6e5],
            "sales_origin": "modelled",
            "kept_by_own_stores_usd_year": [1e6, 0.0],
            "kept_online_usd_year": [5e5, 1e5],
        },
        index=pd.Index(["shop-1", "kiosk-1"], name="store_id"),
    )
    return TradeFacts(frame.assign(**columns))


def test_staying_and_closing_of_the_shop_by_hand(staying: Case) -> None:
    """4 M of sales lose a tenth for two years; then the store closes without a lease to leave."""
    shop = closure_table(staying).set_index("store_id").loc["shop-1"]
    lines = ["severance_usd", "inventory_loss_usd", "restoration_usd", "equipment_proceeds_usd"]
    end = 0.75 * shop[lines].sum() * 1.09**-2
    stay = -400_000 * 0.75 * years(1, 24) - end
    kept = (400_000 * 0.2 + 800_000 * 0.05) * 0.75 * years(1, 24)
    assert shop["four_wall_usd_year"] == pytest.approx(-400_000)
    assert shop["stay_end_cost_usd"] == pytest.approx(end)
    assert shop["stay_npv_usd"] == pytest.approx(stay)
    assert shop["recaptured_pv_usd"] == pytest.approx(kept)
    assert shop["closing_advantage_usd"] == pytest.approx(kept - shop["exit_cost_usd"] - stay)


def test_at_the_break_even_margin_closing_gains_nothing(staying: Case) -> None:
    even = closure_table(staying).set_index("store_id").loc["shop-1", "break_even_four_wall_margin"]
    at_it = staying.ledger.with_overrides({"four_wall_margin": float(even)}) if even > 0 else None
    rows = PENCIL_LEDGER | SHARES | {"four_wall_margin": float(even)}
    moved = replace(staying, ledger=at_it or ledger_of(rows))
    gain = closure_table(moved).set_index("store_id").loc["shop-1", "closing_advantage_usd"]
    assert gain == pytest.approx(0, abs=1e-6)


def test_a_worse_store_gains_more_by_closing(staying: Case) -> None:
    worse = replace(staying, ledger=ledger_of(PENCIL_LEDGER | SHARES | {"four_wall_margin": -0.2}))
    gained = closure_table(worse)["closing_advantage_usd"]
    assert (gained > closure_table(staying)["closing_advantage_usd"]).all()


def test_a_known_result_overrules_the_margin(staying: Case) -> None:
    stores = staying.stores.assign(four_wall_usd_year=[50_000.0, float("nan"), float("nan")])
    bill = closure_table(replace(staying, stores=stores)).set_index("store_id")
    assert bill.loc["shop-1", "four_wall_usd_year"] == 50_000
    assert bill.loc["shop-1", "four_wall_origin"] == "observed"
    assert bill.loc["kiosk-1", "four_wall_origin"] == "assumed"


def test_an_owned_store_stays_to_the_horizon(staying: Case) -> None:
    owned = replace(staying, leases=staying.leases.assign(tenure="owned"))
    bill = closure_table(owned).set_index("store_id")
    lines = ["severance_usd", "inventory_loss_usd", "restoration_usd", "equipment_proceeds_usd"]
    end = 0.75 * bill.loc["shop-1", lines].sum() * 1.09**-10
    stay = -400_000 * 0.75 * years(1, 120) - end
    assert bill.loc["shop-1", "stay_npv_usd"] == pytest.approx(stay)


def test_what_is_not_known_stays_blank(pencil_case: Case) -> None:
    result = Result(closure_table(pencil_case), "", words=Speech("USD"))
    assert result.table["stay_npv_usd"].isna().all()
    assert result.table["closing_advantage_usd"].isna().all()
    assert result.table["exit_cost_usd"].notna().all()
    assert "not known" in stay_view(result).sentence


@pytest.mark.slow
def test_a_blank_gain_has_no_figure(pencil_case: Case) -> None:
    figure = closure(pencil_case).figure("closing_advantage_usd")
    assert figure.value is None
    assert figure.low is None


def test_trade_areas_replace_the_ledger(staying: Case) -> None:
    bill = closure_table(staying, facts()).set_index("store_id")
    assert bill["sales_usd_year"].tolist() == [5e6, 6e5]
    assert set(bill["sales_origin"]) == {"modelled"}
    kept = (1e6 * 0.2 + 5e5 * 0.05) * 0.75 * years(1, 24)
    assert bill.loc["shop-1", "recaptured_pv_usd"] == pytest.approx(kept)
    stock = 5e6 * 0.75 / 10
    lost = stock * (0.2 + 0.8 * (1 - 0.5 / 0.75))
    assert bill.loc["shop-1", "inventory_loss_usd"] == pytest.approx(lost)


def test_trade_facts_stand_in_any_order(staying: Case) -> None:
    turned = TradeFacts(facts().frame.iloc[::-1])
    pd.testing.assert_frame_equal(closure_table(staying, turned), closure_table(staying, facts()))


@pytest.mark.parametrize("column", TRADE_COLUMNS)
def test_trade_facts_need_every_column(column: str) -> None:
    with pytest.raises(ValueError, match=column):
        TradeFacts(facts().frame.drop(columns=column))


def test_trade_facts_keep_no_more_than_was_sold() -> None:
    with pytest.raises(ValueError, match=r"more is kept.*shop-1"):
        facts(kept_online_usd_year=[4.1e6, 0.0])


@pytest.mark.slow
def test_trade_facts_name_each_store_once_and_all_of_them(staying: Case) -> None:
    with pytest.raises(ValueError, match="twice"):
        TradeFacts(pd.concat([facts().frame, facts().frame]))
    with pytest.raises(ValueError, match="lack the stores kiosk-1"):
        closure_table(staying, TradeFacts(facts().frame.iloc[:1]))


def test_the_view_says_at_how_many_stores_closing_pays(staying: Case) -> None:
    bill = closure_table(staying)
    view = stay_view(Result(bill, "", words=Speech("USD")))
    pays = int((bill["closing_advantage_usd"] > 0).sum())
    assert f"at {pays} of 2 stores" in view.sentence
    total = view.table.set_index("banner").loc["All banners", "closing_advantage_usd"]
    assert total == pytest.approx(bill["closing_advantage_usd"].sum())
