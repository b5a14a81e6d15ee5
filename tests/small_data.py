# ruff: noqa: E501 - the tables stand here as they stand in their files
"""A data folder that exercises every table: a made-up retailer in two made-up metros.

Northline closes its Corner Pantry shops; Harvest Hall trades on and may take some of the sites.
"""

from __future__ import annotations

import csv
from pathlib import Path

LEDGER = {
    "size_sqft.corner": 9_000,
    "size_sqft.hall": 30_000,
    "size_sqft.supermarket": 45_000,
    "size_sqft.natural": 20_000,
    "avg_tenure_years": 3,
    "avg_weekly_hours": 30,
    "basket_usd": 25,
    "benefit_load": 1.25,
    "cannibalisation_decay_per_mile": 0.3,
    "cannibalisation_share": 0.2,
    "capex_conversion_usd_per_sqft": 150,
    "capital_charge_rate": 0.08,
    "charges_in_gross_rent_usd_per_sqft_year": 7,
    "clearance_discount": 0.5,
    "conversion_dark_months": 9,
    "dark_carry_usd_per_sqft_year": 8,
    "employees_per_store": 40,
    "entry_staff": 1,
    "equipment_auction_usd_per_store": 50_000,
    "gross_buildout_usd_per_sqft": 250,
    "gross_margin": 0.27,
    "incremental_borrowing_rate": 0.04,
    "inventory_days": 30,
    "inventory_writeoff_share": 0.1,
    "jwo_capex_scale_exponent": 0.75,
    "jwo_capex_usd_at_1000_sqft": 159_000,
    "jwo_cloud_usd_year": 60_000,
    "jwo_life_years": 5,
    "jwo_maintenance_share_of_capex": 0.12,
    "jwo_review_minutes": 1,
    "jwo_review_share_of_visits": 0.2,
    "jwo_reviewer_usd_per_hour": 6,
    "jwo_shrink_share_of_sales": 0.01,
    "lane_capex_usd": 20_000,
    "lane_life_years": 7,
    "lane_upkeep_share": 0.1,
    "lane_utilisation": 0.6,
    "lease_initial_term_years": 10,
    "lease_remaining_term_years": 6,
    "lease_renewal_option_years": 5,
    "lease_renewal_options": 2,
    "lease_termination_months": 18,
    "minimum_cover_cashiers": 1,
    "nnn_charges_usd_per_sqft_year": 7,
    "opening_hours_year": 5_000,
    "paid_notice_days": 60,
    "payroll_tax_share": 0.08,
    "ppe_age_years": 3,
    "ppe_life_years": 12,
    "ppe_reuse_in_conversion": 0.3,
    "preopening_usd_per_store": 400_000,
    "prior_impairment_share": 0.2,
    "ramp_year1_ratio": 0.8,
    "reference_sales_usd_year": 6_000_000,
    "reference_size_sqft": 9_000,
    "rent_escalator_per_year": 0.02,
    "rent_gross_usd_per_sqft_year": 60,
    "rent_net_usd_per_sqft_year": 20,
    "rent_net_usd_per_sqft_year.corner.oh": 24,
    "restoration_usd_per_sqft": 10,
    "access_minutes": 1,
    "circuity_ratio": 1.3,
    "dense_population_per_sq_km": 10_000,
    "dense_speed_ratio": 0.8,
    "travel_speed_mph.band1": 20,
    "travel_speed_mph.band2": 35,
    "travel_band_upper_miles.band1": 3,
    "distance_nearest_store_miles": 2.1,
    "distance_primary_store_miles": 3.8,
    "food_at_home_size_elasticity": 0.5,
    "food_at_home_usd_year.quintile1": 3_800,
    "food_at_home_usd_year.quintile2": 4_900,
    "food_at_home_usd_year.quintile3": 5_800,
    "food_at_home_usd_year.quintile4": 7_200,
    "food_at_home_usd_year.quintile5": 9_300,
    "household_income_usd.quintile1": 16_000,
    "household_income_usd.quintile2": 43_000,
    "household_income_usd.quintile3": 74_000,
    "household_income_usd.quintile4": 121_000,
    "household_income_usd.quintile5": 264_000,
    "huff_distance_exponent": 2.5,
    "huff_size_exponent": 0.8,
    "spending_outside_supermarkets_share": 0.2,
    "transfer_share_online": 0.1,
    "sales_usd_per_sqft_year": 600,
    "salvage_share_of_nbv": 0.1,
    "severance_weeks_per_year": 2,
    "share_redeployed": 0.2,
    "staffed_lanes": 3,
    "staffed_seconds_per_transaction": 90,
    "staffed_shrink_share_of_sales": 0.01,
    "store_contribution_mature": 0.09,
    "store_contribution_year1": 0.06,
    "sublease_discount_rate": 0.08,
    "sublease_rent_recovery": 0.7,
    "sublease_void_months": 12,
    "us_conversion_share": 0.2,
    "vm_own_sales": 0.2,
    "wage_cashier_usd_per_hour": 17,
}
STORES = """\
store_id,banner,format,name,street,city,state,zip,lat,lon,point_precision_m,point_origin,status,opened,last_trading_day,size_sqft,size_origin,employees,employees_origin,checkout_technology,prior_use,sales_usd_year,four_wall_usd_year,confidence,note,source
corner-1,Corner Pantry,corner,Corner Pantry Elm,1 Elm St,Springvale,OH,01234,40.10,-83.00,50,observed,closing,2020-05,2026-02-28,9000,assumed,45,observed,staffed,,5200000,-250000,high,,Northline register
corner-2,Corner Pantry,corner,"Corner Pantry Oak, North",,Springvale,OH,01235,40.15,-83.05,4000,assumed,closing,2021,,12500,reported,,,unknown,Bakery,,,low,Stands at the centre of the city.,Northline register
corner-3,Corner Pantry,corner,Corner Pantry Lake,3 Lake Rd,Lakeford,MI,48003,42.30,-83.10,100,observed,closing,2019-11-04,2026-02-28,9000,assumed,,,jwo,,,,medium,,Northline register
corner-0,Corner Pantry,corner,Corner Pantry Old,9 Old Rd,Springvale,OH,01234,40.12,-83.02,100,observed,closed,2015,2018-06,9000,assumed,,,staffed,,,,medium,,Northline register
hall-1,Harvest Hall,hall,Harvest Hall Springvale,10 Main St,Springvale,OH,01236,40.20,-83.01,30,observed,open,2012,,31000,reported,120,reported,staffed,,21000000,1800000,high,,Northline register
hall-2,Harvest Hall,hall,Harvest Hall Lakeford,20 Main St,Lakeford,MI,48004,42.35,-83.20,30,observed,open,2014-03-01,,30000,assumed,,,staffed,,,,high,,Northline register
"""
LEASES = """\
store_id,tenure,tenure_origin,initial_term_years,initial_term_origin,remaining_term_years,remaining_term_origin,rent_usd_per_sqft_year,rent_basis,rent_origin,charges_usd_per_sqft_year,charges_origin,escalator_per_year,escalator_origin,renewal_options,renewal_option_years,renewal_origin,break_after_years,break_origin,termination_months,termination_origin,continuous_operation,note,source
corner-1,leased,reported,10,assumed,4.3,modelled,24,net,assumed,7,assumed,0.02,assumed,2,5,assumed,,,18,assumed,,,assumptions.csv
corner-2,leased,assumed,10,assumed,6,assumed,27.5,gross,reported,0,assumed,0.02,assumed,2,5,assumed,5,reported,12,reported,no,One rent for all.,Letter of the landlord
corner-3,owned,reported,,,,,,,,,,,,,,,,,,,,,Northline register
"""
DEMAND = """\
point_id,metro_id,county_fips,zip,lat,lon,population,households,median_household_income_usd,share_over_200k,share_bachelors,share_no_vehicle,population_per_sq_km
39000000100,springvale-oh,39001,01234,40.10,-83.01,4200,1700,61000,0.04,0.31,0.06,1500
39000000200,springvale-oh,39001,01235,40.16,-83.06,3900,1600,88000,0.11,0.52,0.02,900.5
39000000300,springvale-oh,39001,01236,40.22,-83.02,5100,2100,104000,0.17,0.6,0.01,700
26000000100,lakeford-mi,26001,48003,42.31,-83.12,4000,1500,52000,0.03,0.22,0.12,2100
26000000200,lakeford-mi,26001,48004,42.36,-83.21,3000,1250,97000,,0.5,,800
"""
METROS = """\
metro_id,name,cbsa_code,lat,lon,competitor_coverage,chains_missing,coverage_note,source
springvale-oh,"Springvale, OH",99001,40.15,-83.03,complete,,Every shop is listed.,County list
lakeford-mi,"Lakeford, MI",,42.33,-83.15,partial,Foodbarn; Greenery,Two chains are not listed.,County list
"""
COMPETITORS = """\
competitor_id,chain,kind,name,street,city,state,zip,county_fips,metro_id,lat,lon,size_sqft,as_of,source
foodbarn-1,Foodbarn,supermarket,Foodbarn 1,5 Elm St,Springvale,OH,01234,39001,springvale-oh,40.11,-83.02,,2024-03,County list
greenery-1,Greenery,natural,Greenery Lake,7 Lake Rd,Lakeford,MI,48003,26001,lakeford-mi,42.32,-83.11,18000,2023,County list
"""
OUTCOMES = """\
outcome_id,store_id,banner,site_name,city,state,country,outcome,new_tenant,announced,expected_open,confidence,origin,source
o-1,corner-0,Corner Pantry,Old Road,Springvale,OH,US,other_tenant,Foodbarn,2018-09,2019,high,reported,Springvale Courier
o-2,,Corner Pantry,High Street,Leeds,,GB,unknown,,,,low,reported,Leeds Post
"""
CORRECTIONS = """\
correction_id,table,subject,where,column,expect,taken,other,reason,source
closing-count,stores,Closing shops,status=closing;banner=Corner Pantry,,3,3,4,The fourth never opened.,Springvale Courier
elm-heads,stores,People on Elm Street,store_id=corner-1,employees,45,45,50,The notice says 45.,Springvale Courier
lake-opened,stores,Opening on Lake Road,store_id=corner-3,opened,2019-11-04,2019-11-04,2019-10-28,Postponed by a week.,Lakeford News
"""
SITES = """\
event,event_date,chain,site_name,street,city,state,zip,lat,lon,coord_source,size_sqft,outcome,taken_by,label_converts,source_urls,confidence
Foodbarn exit 2016,2016-04-30,Foodbarn,Mill,1 Mill St,Springvale,OH,01234,40.13,-83.04,county,28000,own,Harvest Hall,1,https://example.org/a,high
Foodbarn exit 2016,2016-04-30,Foodbarn,Quay,,Leeds,,LS1 4AP,,,,,unknown,,,https://example.org/b,low
"""
OWN_STORES = """\
event,event_date,store_name,street,city,state,zip,lat,lon,coord_source,size_sqft,open_at_event,source_urls,confidence
Foodbarn exit 2016,2016-04-30,Harvest Hall Springvale,10 Main St,Springvale,OH,01236,40.20,-83.01,register,31000,yes,https://example.org/c,high
"""
SCENARIO = """\
title: Northline leaves the corner
why: A small case for tests.
retailer: Northline
as_of: 2026-01-31
currency: USD
base_year: 2026
discount_rate: 0.08
tax_rate: 0.2
horizon_years: 10
seed: 7
banners:
  Corner Pantry: {label: Corner Pantry, plural: Corner Pantry shops}
  Harvest Hall: {label: Harvest Hall}
formats:
  corner: {label: Corner Pantry, banner: Corner Pantry, role: closing}
  hall: {label: Harvest Hall, banner: Harvest Hall, role: existing}
convert_from: [corner]
convert_to: [hall]
checkout_formats: [corner, hall]
walk_out: {code: jwo, label: Just Walk Out, short: JWO}
households_radius_miles: 4
"""
CHEAP_RENT = """\
why: Rents fall by a sixth.
horizon_years: 12
assumptions:
  rent_net_usd_per_sqft_year.corner.oh: 20
"""
LEDGER_HEADER = "key,group,description,unit,low,base,high,distribution,as_of,origin,quality,source,source_url,note"
FILES = {
    "stores.csv": STORES,
    "leases.csv": LEASES,
    "demand.csv": DEMAND,
    "metros.csv": METROS,
    "competitors.csv": COMPETITORS,
    "outcomes.csv": OUTCOMES,
    "corrections.csv": CORRECTIONS,
    "backtest/sites.csv": SITES,
    "backtest/own_stores.csv": OWN_STORES,
    "scenarios/base.yaml": SCENARIO,
    "scenarios/cheap-rent.yaml": CHEAP_RENT,
}


def write_small_data(folder: Path) -> Path:
    """Write the folder; low and high of the ledger are a tenth below and above the base."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    with (folder / "assumptions.csv").open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, lineterminator="\n").writerow
        write(LEDGER_HEADER.split(","))
        for key, base in LEDGER.items():
            spread = [f"{share * base:.10g}" for share in (0.9, 1, 1.1)]
            about = ["test", f"Figure {key}", "a unit"]
            origin = ["pert", "2026", "assumed", "judgement", "Northline", "", ""]
            write([key, *about, *spread, *origin])
    return folder
