"""A reader looks at ``latest`` all the time while reports are published one after another."""

import subprocess
import sys

import pytest

from retail_portfolio.run.errors import RunError
from retail_portfolio.run.report import Request, make_reports
from tests.faults.steps import REPOSITORY
from tests.faults.whole import assert_whole
from tests.run.workshop import quicken

pytestmark = pytest.mark.slow
PUBLISHES = 20


def reader(reports):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.reader", str(reports)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    )


def test_reader_never_meets_a_partial_report(workshop, monkeypatch):
    quicken(monkeypatch.setattr)
    (first,) = make_reports(Request())
    with reader(workshop.reports) as reading:
        assert reading.stdout.readline() == f"{first.name}\n"
        for _ in range(PUBLISHES):
            (run,) = make_reports(Request())
            # It looks without pause; that it has met this one is waited for, not the time it takes.
            assert reading.stdout.readline() == f"{run.name}\n"
        looks, _ = reading.communicate()
    assert int(looks) > PUBLISHES
    assert_whole(workshop.reports)


def test_failed_runs_are_never_met(workshop, monkeypatch):
    quicken(monkeypatch.setattr)
    (first,) = make_reports(Request())
    failing = workshop.notebook("03_gamma", "1 / 0")
    with reader(workshop.reports) as reading:
        assert reading.stdout.readline() == f"{first.name}\n"
        for _ in range(3):
            with pytest.raises(RunError, match="ZeroDivisionError"):
                make_reports(Request())
        failing.unlink()
        (run,) = make_reports(Request())
        assert reading.stdout.readline() == f"{run.name}\n"
        reading.communicate()
    assert_whole(workshop.reports)
