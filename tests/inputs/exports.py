"""The register of the small case as another program would export it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from tests.small_data import STORES

SQ_FT_PER_SQ_M = 10.7639104
HEADER = (
    *("Store No", "Concept", "Shop name", "Address", "Town", "ST", "Zip"),
    *("Decision", "Opening", "GLA\nm2", "Sales", "Manager"),
)
COLUMNS = """\
stores.csv:
  separator: ";"
  decimal: ","
  thousands: "."
  date_format: MM/DD/YYYY
  blank: [N/A]
  columns:
    store_id: Store No
    banner: {from: Concept, values: {Corner: Corner Pantry, Hall: Harvest Hall}}
    format: {from: Concept, values: {Corner: corner, Hall: hall}}
    name: Shop name
    street: Address
    city: Town
    state: ST
    zip: {from: Zip, digits: 5}
    status: {from: Decision, values: {Exit: closing, Stay: open, Gone: closed}}
    opened: Opening
    size_sqft: {from: GLA m2, times: 10.7639104}
    size_origin: {value: reported}
    sales_usd_year: Sales
    confidence: {value: medium}
    source: {value: "Closing list, 30 January 2026"}
  ignore_other_columns: true
"""
STATUS = {"closing": "Exit", "open": "Stay", "closed": "Gone"}


def register() -> list[dict[str, str]]:
    """The small case's stores in our own columns."""
    return list(csv.DictReader(io.StringIO(STORES)))


def _date(iso: str) -> str:
    """3/14/2026, as a spreadsheet writes it; the year alone stays."""
    year, *rest = iso.split("-")
    month, day = [*map(int, rest), 0, 0][:2]
    return f"{month}/{day}/{year}" if day else iso


def _money(amount: str) -> str:
    return f"{int(amount):,}".replace(",", ".") if amount else "N/A"


def write_export(folder: Path) -> Path:
    """Put an export, saved by a spreadsheet, and its columns.yaml in the place of stores.csv.

    There are no coordinates in it, sizes are in square metres, and ZIP codes lost their zeros.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADER)
    for one in register():
        metres = f"{float(one['size_sqft']) / SQ_FT_PER_SQ_M:.4f}".replace(".", ",")
        place = [one["street"], f"{one['city']} ", one["state"], one["zip"].lstrip("0")]
        writer.writerow(
            [
                *(one["store_id"], one["format"].title(), one["name"], *place),
                *(STATUS[one["status"]], _date(one["opened"]), metres),
                *(_money(one["sales_usd_year"]), "A. Manager"),
            ]
        )
    writer.writerow([""] * len(HEADER))
    (folder / "stores.csv").write_bytes(b"\xef\xbb\xbf" + out.getvalue().encode())
    (folder / "columns.yaml").write_text(COLUMNS, encoding="utf-8")
    (folder / "corrections.csv").unlink()  # its guards speak of columns that the export lacks
    return folder


def replace(folder: Path, name: str, before: str, after: str) -> None:
    """Change a file at every place that says something; it has to say it."""
    path = folder / name
    text = path.read_bytes().decode()
    assert before in text
    path.write_bytes(text.replace(before, after).encode())
