"""What the tests of tests/run, tests/cli and tests/faults share."""

import sys

import pytest

from retail_portfolio import cli
from retail_portfolio.run.publishing import publish
from tests.run.workshop import build, quicken, settle


@pytest.fixture
def workshop(tmp_path, monkeypatch):
    """A checkout in miniature, which the package takes for its own."""
    made = build(tmp_path / "checkout")
    settle(made.root, monkeypatch.setattr)
    return made


@pytest.fixture
def quick(workshop, monkeypatch):
    """A workshop whose notebooks need no kernel: for what becomes of what they leave."""
    quicken(monkeypatch.setattr)
    return workshop


@pytest.fixture
def published(workshop):
    """A workshop in which a complete report stands already."""
    name = "20260126T060000Z-base-01234567"
    report = workshop.reports / ".aside"
    report.mkdir(parents=True)
    publish.write_manifest(report, {"status": "complete", "run_id": name})
    publish.publish(report, workshop.reports, name)
    assert workshop.latest == name
    return workshop


@pytest.fixture
def pipe(workshop):
    """A named pipe that a cell can hold open."""
    made = workshop.pipe()
    yield made
    made.close()


@pytest.fixture
def command(monkeypatch, capsys):
    """Run the command line in this process; return its exit status and what it wrote."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["retail-portfolio", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return (ended.value.code or 0, *capsys.readouterr())

    return run
