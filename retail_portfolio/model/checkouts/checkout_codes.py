"""What walk-out checkout is called: in the codes of tables, in the ledger's keys, in sentences.

The owner's own code and name are settings (`walk_out` of the scenario), so that no model knows
them: whatever has to name walk-out checkout asks `Codes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retail_portfolio.inputs.settings.scenario import Scenario
    from retail_portfolio.inputs.settings.scenario_parts import WalkOut

WITH_CHECKOUT: tuple[str, ...] = ("staffed", "self_checkout", "smart_cart")
"""Technologies with a checkout, in the order of the tables."""
_WORDS = ("staffed lanes", "self-checkout", "smart carts")


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes and words of walk-out checkout.

    Parameters
    ----------
    code
        What stands for it in tables and keys: small letters, digits and ``_``.
    label
        What a sentence calls it inside.
    short
        A few letters for it; blank to use the label.

    Examples
    --------
    >>> codes = Codes("gliss", "Gliss lane")
    >>> codes.vision, codes.key("life_years"), codes.column("paid_extra", "installed")
    ('gliss_vision', 'gliss_life_years', 'gliss_paid_extra_installed_usd_year')
    >>> Codes().start, Codes("a", "eCheck").start
    ('Walk-out checkout', 'eCheck')
    """

    code: str = "walk_out"
    label: str = "walk-out checkout"
    short: str = ""

    @classmethod
    def of(cls, setting: WalkOut) -> Codes:
        """Return the codes and words that a setting gives."""
        return cls(setting.code, setting.label, setting.short)

    @property
    def vision(self) -> str:
        """Technology of cameras and sensors."""
        return f"{self.code}_vision"

    @property
    def rfid(self) -> str:
        """Technology of radio tags at an exit lane."""
        return f"{self.code}_rfid"

    @property
    def hybrid(self) -> str:
        """Technology of cameras and sensors beside staffed lanes."""
        return f"{self.code}_hybrid"

    @property
    def walk_out(self) -> tuple[str, ...]:
        """Technologies without a checkout, for part of the customers at least."""
        return (self.vision, self.rfid, self.hybrid)

    @property
    def technologies(self) -> tuple[str, ...]:
        """Every technology compared, in the order of the tables."""
        return (*WITH_CHECKOUT, *self.walk_out)

    @property
    def with_reading(self) -> tuple[str, ...]:
        """Technologies that the published figure enters."""
        return (self.vision, self.hybrid)

    def key(self, name: str) -> str:
        """Return the ledger's key, or a figure's, of something about walk-out checkout."""
        return f"{self.code}_{name}"

    def column(self, what: str, reading: str) -> str:
        """Return the column of a yearly amount under a reading of the published figure."""
        return f"{self.code}_{what}_{reading}_usd_year"

    @property
    def words(self) -> dict[str, str]:
        """What a sentence calls each technology inside, in the order of the tables."""
        with_checkout = dict(zip(WITH_CHECKOUT, _WORDS, strict=True))
        walk_out = (self.label, f"{self.label} by RFID", f"{self.label} beside lanes")
        return with_checkout | dict(zip(self.walk_out, walk_out, strict=True))

    @property
    def start(self) -> str:
        """What a sentence calls it at its beginning; a name with capitals of its own stays."""
        first = next(iter(self.label.split()), "")
        return self.label[0].upper() + self.label[1:] if first.islower() else self.label

    @property
    def brief(self) -> str:
        """What it is called where there is little room."""
        return self.short or self.label


def codes_of(scenario: Scenario) -> Codes:
    """Return what a scenario calls walk-out checkout."""
    return Codes.of(scenario.walk_out)
