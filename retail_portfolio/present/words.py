"""Codes of the tables in a reader's words: stores, decisions, checkout technologies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retail_portfolio.inputs.scenario import Format
    from retail_portfolio.present.map_data import FormatLook

CONVERTING: Final = "Worth converting to"
"""How a decision to convert begins; what an owner will do is another matter."""

TECHNOLOGIES: Final = {
    "staffed": "staffed lanes",
    "self_checkout": "self-checkout",
    "smart_cart": "smart carts",
    "jwo_vision": "Just Walk Out",
    "jwo_rfid": "Just Walk Out by RFID",
    "jwo_hybrid": "Just Walk Out beside lanes",
}
"""What a reader calls each technology."""

LEASE_EXITS: Final = {"buy_out": "buy-out", "sublease": "sublease", "hold_dark": "hold dark"}
"""What a reader calls each way out of a lease."""


def decision_words(decision: object, formats: Mapping[str, Format | FormatLook]) -> str:
    """Return a decision in words: ``Closes``, ``Stays`` or ``Worth converting to <format>``."""
    code = str(decision)
    if code.startswith("convert_"):
        target = code.removeprefix("convert_")
        return f"{CONVERTING} {formats[target].label if target in formats else target}"
    return {"close": "Closes", "keep": "Stays"}.get(code, code)


def store_words(stores: pd.DataFrame) -> pd.Series[str]:
    """Return the name of each store without its banner, with its state; index of ``stores``.

    Parameters
    ----------
    stores
        Has columns ``name, banner, state``.
    """
    return pd.Series(
        [
            f"{str(name).removeprefix(str(banner)).strip(' -,') or name}, {state}"
            for name, banner, state in zip(
                stores["name"], stores["banner"], stores["state"], strict=True
            )
        ],
        index=stores.index,
        dtype="str",
    )


def checkout_words(
    rows: pd.DataFrame, formats: Mapping[str, Format | FormatLook]
) -> pd.Series[str]:
    """Return format, technology and reading of each row of a checkout table in words."""

    def words(fmt: str, technology: str, reading: str) -> str:
        name = formats[fmt].label if fmt in formats else fmt
        read = f" ({reading} reading)" if reading else ""
        return f"{name}: {TECHNOLOGIES.get(technology, technology)}{read}"

    return pd.Series(
        [
            words(str(fmt), str(technology), str(reading))
            for fmt, technology, reading in zip(
                rows["format"], rows["technology"], rows["reading"], strict=True
            )
        ],
        index=rows.index,
        dtype="str",
    )
