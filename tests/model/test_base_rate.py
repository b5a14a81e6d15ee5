"""Probabilities shifted to a base rate: by hand, and what stays as it was."""

from __future__ import annotations

import numpy as np
import pytest

from retail_portfolio.model.track_record.base_rate import at_base_rate


def test_probabilities_at_a_base_rate_by_hand() -> None:
    # Odds 1 : 3 and 3 : 1; a third of each is 1 : 9 and 1 : 1, whose shares have the mean 0.3.
    found = at_base_rate(np.array([0.25, 0.75]), 0.3)
    assert found == pytest.approx([0.1, 0.5], abs=1e-12)
    assert at_base_rate(np.array([0.4, 0.4]), 0.2) == pytest.approx([0.2, 0.2])
    for level in (0.001, 0.1, 1 / 3, 0.7, 0.999):
        for sites in (1, 3):
            assert at_base_rate(np.full(sites, level), 0.18) == pytest.approx([0.18] * sites)
    many = np.linspace(0.001, 0.999, 57)
    shifted = at_base_rate(many, 0.18)
    assert shifted.mean() == pytest.approx(0.18, abs=1e-10)
    assert (np.diff(shifted) > 0).all()
    log_odds = np.log(shifted / (1 - shifted)) - np.log(many / (1 - many))
    assert np.ptp(log_odds) < 1e-9


@pytest.mark.parametrize(
    ("probability", "share"), [([0.0, 0.5], 0.2), ([0.5, 1.0], 0.2), ([0.5], 0.0), ([], 0.2)]
)
def test_certainties_cannot_be_shifted(probability: list[float], share: float) -> None:
    with pytest.raises(ValueError, match="above 0 and below 1"):
        at_base_rate(np.array(probability), share)
