"""What stops a report before anything is started: the exit status, and nothing written."""

import errno
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from retail_portfolio.inputs.files.textfile import MAX_SCENARIO_BYTES, MAX_TABLE_BYTES
from retail_portfolio.run.publishing import publish
from tests.faults.steps import ordinary_user, refused_here
from tests.faults.whole import latest

SECONDS = 60  # nothing here takes more than two
MEGABYTE = 1_000_000
TERABYTE = 10**12
ADDRESS_SPACE_BYTES = 150 * MEGABYTE


@pytest.fixture(autouse=True)
def _in_time():
    """Nothing here may wait for ever: for whoever never writes to a pipe, above all."""

    def hangs(*_):
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def test_reports_folder_that_cannot_be_written(workshop, command):
    workshop.reports.write_text("a file in the place of the folder")
    status, out, err = command("report")
    assert status == 5
    assert out == ""
    assert "reports folder" in err
    assert workshop.reports.is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "discount_rat=0.1"], "did you mean 'discount_rate'"),
        (["--set", "discount_rate=much"], "column discount_rate: found 'much'"),
        (["--set", "gross_margin"], "key=value"),
        (["--scenario", "nobody"], "found 'nobody'"),
        (["--scenario", "../base"], "without a path"),
        (["--data", "nowhere"], "found 'nowhere'"),
        (["--unknown"], "--unknown"),
        (["--workers", "many"], "--workers"),
    ],
)
def test_bad_input_starts_nothing(workshop, command, monkeypatch, arguments, said):
    monkeypatch.setattr("retail_portfolio.run.executing.notebooks.launch", None)
    status, out, err = command("report", *arguments)
    assert status == 2
    assert out == ""
    assert said in err
    assert not workshop.reports.exists()


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        (None, "a cell tagged 'parameters'"),
        ('scenario = "base"\ndata_dir = ""\noverrides = []\n', "found 'out_dir'"),
        ('scenario = "base"\ndata_dir = ""\noverrides = []\nout_dri = ""\n', "out_dir"),
        ('scenario = "base"\ndata_dir = ""\noverrides = []\nout_dir = ""\nsede = 1\n', "seed"),
        ("scenario = = 1", "a line a parameter"),
    ],
)
def test_notebook_with_wrong_parameters(workshop, command, monkeypatch, parameters, said):
    monkeypatch.setattr("retail_portfolio.run.executing.notebooks.launch", None)
    workshop.notebook("02_beta", "1", parameters=parameters)
    status, _, err = command("report")
    assert status == 2
    assert "02_beta.ipynb" in err
    assert said in err
    assert not workshop.reports.exists()


def test_notebook_that_is_no_file(workshop, command, monkeypatch):
    monkeypatch.setattr("retail_portfolio.run.executing.notebooks.launch", None)
    os.mkfifo(workshop.root / "notebooks" / "03_pipe.ipynb")
    status, _, err = command("report")
    assert status == 2
    assert "03_pipe.ipynb" in err
    assert not workshop.reports.exists()


# From here on the real check is at work, on the tables of a small portfolio.


@pytest.fixture
def reports(tmp_path):
    """A reports folder in which a complete report stands already."""
    folder, name = tmp_path / "reports", "20260126T060000Z-base-01234567"
    aside = folder / ".aside"
    aside.mkdir(parents=True)
    publish.write_manifest(aside, {"status": "complete", "run_id": name, "outputs": {}})
    publish.publish(aside, folder, name)
    return folder


@pytest.fixture
def refused(small_data, reports, command, monkeypatch):
    """See that a report of the small portfolio is refused; return every line of the message."""
    monkeypatch.setattr("retail_portfolio.run.executing.notebooks.launch", None)

    def see(*arguments):
        before = latest(reports)
        status, out, err = command("report", "--data", small_data, "--out", reports, *arguments)
        assert (status, out) == (2, ""), err
        assert "Traceback" not in err
        assert latest(reports) == before
        assert [path.name for path in reports.glob("*T*Z-*")] == [before]
        assert not list(reports.glob(".staging-*"))
        return err.splitlines()

    return see


@pytest.fixture
def little_room():
    """Give this process hardly more memory than it has: reading a large file would not fit."""
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (now + ADDRESS_SPACE_BYTES, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.slow
def test_the_small_portfolio_is_fit_as_it_is(small_data, reports, command):
    os.mkfifo(small_data / "notes.csv")  # no table, and nobody reads it
    status, _, err = command("report", "--data", small_data, "--out", reports, "--dry-run")
    assert status == 0, err
    assert "are fit; would run 01_portfolio" in err


def replace(path, put):
    """Have something else in the place of a file; return what it was."""
    content = path.read_bytes()
    path.unlink()
    put(path)
    return content


def linked(path):
    """Move a file or folder out of the portfolio, and leave a link to it."""
    outside = path.parents[1] / f"outside {path.name}"
    path.rename(outside)
    path.symlink_to(outside, target_is_directory=outside.is_dir())


def sparse(size):
    def put(path):
        with path.open("wb") as file:
            file.truncate(size)

    return put


def with_bytes(more):
    def put(path):
        path.write_bytes(path.read_bytes() + more)

    return put


LINK = "found 'a link', expected a file within its folder, not a link that leads out of it"
DEVICE = "found 'a folder or device', expected a file"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "spoil", "said"),
    [
        ("stores.csv", linked, LINK),
        ("backtest", linked, f"backtest/sites.csv: {LINK}"),
        ("stores.csv", lambda path: replace(path, lambda p: p.symlink_to("/dev/zero")), LINK),
        (
            "stores.csv",
            lambda path: replace(path, lambda p: p.symlink_to("nowhere")),
            "found nothing, expected a link to a file",
        ),
        ("stores.csv", lambda path: path.unlink(), "found nothing, expected this file"),
        ("stores.csv", lambda path: replace(path, os.mkfifo), DEVICE),
        ("stores.csv", lambda path: replace(path, os.mkdir), DEVICE),
        ("scenarios/base.yaml", lambda path: replace(path, os.mkfifo), DEVICE),
        ("demand.csv", with_bytes(b"1,\x00\n"), "row 7: found 'a NUL byte', expected text"),
        ("demand.csv", with_bytes(b"1,\xff\xfa\n"), "row 7: found ',0.5,,800\\n1,\xff\xfa\\n'"),
        ("demand.csv", with_bytes(b'"never closed'), "comma-separated text whose quotes close"),
        ("demand.csv", with_bytes(b"x" * MEGABYTE), "row 7: found nothing, expected"),
        ("scenarios/base.yaml", with_bytes(b"# \x00"), "found 'a NUL byte', expected text"),
        ("scenarios/base.yaml", sparse(MAX_SCENARIO_BYTES + 1), "expected at most 256,000 bytes"),
        # What is no table of ours is kept with the report all the same.
        ("notes.csv", lambda path: path.symlink_to(__file__), LINK),
        ("notes.csv", sparse(TERABYTE), "found '1,000,000,000,000 bytes', expected at most"),
        ("scenarios/other.yaml", lambda path: path.symlink_to(__file__), LINK),
    ],
)
def test_hostile_file_is_refused_by_name(refused, small_data, name, spoil, said):
    spoil(small_data / name)
    lines = refused()
    assert all(line.startswith(name) for line in lines)
    assert said in lines[0]


@pytest.mark.slow
@pytest.mark.parametrize("size", [MAX_TABLE_BYTES + 1, 200 * MEGABYTE])
def test_table_of_200_megabytes_is_refused_unread(refused, small_data, little_room, size):
    sparse(size)(small_data / "competitors.csv")
    (line,) = refused()
    said = f"found '{size:,} bytes', expected at most {MAX_TABLE_BYTES:,} bytes"
    assert line == f"competitors.csv: {said}"


BUILDS = "why: !!python/object/apply:os.system ['touch {place}']"
LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{two}: &{two} [*{one}, *{one}, *{one}, *{one}, *{one}, *{one}, *{one}, *{one}, *{one}]\n"
    for one, two in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BUILDS, "plain values without YAML tags (!)"),
        ("why: !!python/name:os.system", "plain values without YAML tags (!)"),
        ("!!python/object/new:os.system [x]", "plain values without YAML tags (!)"),
        (LAUGHS, "every value written out, without YAML anchors (&) and aliases (*)"),
        ("why: &a [*a]", "every value written out, without YAML anchors (&) and aliases (*)"),
        ("why: " + "[" * 100_000, "nested at most 12 deep"),
        ("why: " + "{a: " * 50_000, "nested at most 12 deep"),
        ("? " * 50_000, "nested at most 12 deep"),
        ("<<: {why: x}", "<<"),
        ("why: x\n---\nwhy: y", "one document"),
        ("why: [unfinished", "expected YAML"),
        ("just a text", "a mapping of settings (key: value)"),
        ("why: x\n# " + "x" * MAX_SCENARIO_BYTES, "at most 256,000 bytes"),
    ],
)
def test_scenario_is_never_more_than_values(refused, small_data, tmp_path, text, said):
    place = tmp_path / "built"
    path = small_data / "scenarios" / "cheap-rent.yaml"
    path.write_text(text.replace("{place}", str(place)))
    lines = refused("--scenario", "cheap-rent")
    assert all(line.startswith("scenarios/cheap-rent.yaml") for line in lines)
    assert said in "\n".join(lines)
    assert len("".join(lines)) < 10_000
    assert not place.exists()


@pytest.mark.slow
def test_scenario_that_lies_elsewhere(refused, small_data):
    linked(small_data / "scenarios" / "cheap-rent.yaml")
    (line,) = refused("--scenario", "cheap-rent")
    assert line == f"scenarios/cheap-rent.yaml: {LINK}"


@pytest.mark.parametrize(
    "name",
    ["../base", "../scenarios/base", "/etc/passwd", "a/../base", "..", "", "base.yaml", "x" * 200],
)
def test_scenario_name_is_no_path(refused, small_data, name):
    (small_data / "base.yaml").write_bytes((small_data / "scenarios" / "base.yaml").read_bytes())
    (line,) = refused("--scenario", name)
    assert line.startswith("scenario: found ")
    assert line.endswith("expected a name of small letters, digits, - and _, without a path")
    assert len(line) < 200


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("tax_rate=!!python/object/apply:os.system ['x']", "column tax_rate"),
        ("convert_from=" + "[" * 50_000, "column convert_from"),
        ("tax_rate=" + "9" * 10_000, "column tax_rate"),
        ("=" * 10_000, "key=value"),
    ],
)
def test_setting_is_never_more_than_a_value(refused, given, said):
    lines = refused("--set", given)
    assert said in lines[0]
    assert len("".join(lines)) < 10_000


@pytest.mark.slow
def test_table_that_may_not_be_read(small_data, reports):
    before = ordinary_user()
    if reason := refused_here(before):
        pytest.skip(reason)
    (small_data / "leases.csv").chmod(0)
    given = ["--data", str(small_data), "--out", str(reports)]
    made = subprocess.run(
        [*before, sys.executable, "-m", "retail_portfolio", "report", *given],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (made.returncode, made.stdout) == (2, "")
    assert made.stderr.splitlines() == [
        f"leases.csv: found '{os.strerror(errno.EACCES)}', expected a file to read"
    ]
    assert latest(reports) == "20260126T060000Z-base-01234567"
