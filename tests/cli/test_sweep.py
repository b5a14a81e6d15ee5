"""``retail-portfolio sweep`` as a program and a person meet it."""

import pytest

from retail_portfolio.run.sweeping import sweep
from tests.run.sweeping import WAIT_SECONDS, contents, settle, start


@pytest.fixture(autouse=True)
def source(tmp_path, monkeypatch):
    """Stands in for the package's source, which somebody may be editing."""
    root = tmp_path / "source"
    root.mkdir()
    settle(root, monkeypatch.setattr)
    yield
    settle(root, lambda *_: None)


@pytest.mark.slow
def test_the_page_is_named_and_workers_change_nothing(small_data, command, tmp_path):
    asked = ("sweep", "--data", small_data, "--scenario", "base", "--scenario", "cheap-rent")
    asked += ("--grid", "plan.force_in=[],[corner-1, corner-2]", "--set", "tax_rate=0.3")
    status, out, err = command(*asked, "--out", tmp_path / "two", "--workers", 2)
    assert (status, out) == (0, f"{tmp_path / 'two' / 'index.html'}\n")
    assert "[5/5] tables done in " in err
    assert "2 plans in 4 cases" in err
    status, out, _ = command(*asked, "--out", tmp_path / "one", "--workers", 1)
    assert (status, out) == (0, f"{tmp_path / 'one' / 'index.html'}\n")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


@pytest.mark.slow
def test_everything_wrong_is_named_at_once_before_anything_starts(small_data, command, tmp_path):
    path = small_data / "stores.csv"
    path.write_text(path.read_text().replace("closed,2015", "shut,2015"))
    other = tmp_path / "other"
    other.mkdir()
    (other / "diary.txt").write_text("mine")
    status, out, err = command(
        *("sweep", "--data", small_data, "--scenario", "nowhere", "--scenario", "base"),
        *("--grid", "discount_rat=0.07", "--grid", "tax_rate=2,0.1,0.1", "--grid", "x="),
        *("--draws", 0, "--workers", 0, "--out", other, "--set", "seed=-1"),
    )
    assert (status, out) == (2, "")
    for words in (
        "--draws: found '0', expected a whole number of 1 or more",
        "--workers: found '0', expected a whole number of 1 or more",
        "or that of the same sweep",
        "column tax_rate: found '0.1', expected every value once",
        "column x: found '', expected at least one value",
        "found 'nowhere', expected one of 'base'",
        "did you mean 'discount_rate'?",
        "column tax_rate: found '2'",
        "column seed: found '-1'",
        "stores.csv row 5, column status: found 'shut'",
    ):
        assert words in err, words
    assert len(err.splitlines()) == len(set(err.splitlines()))
    assert contents(other) == {"diary.txt": b"mine"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "at least one --scenario or --grid"),
        (("--grid", "plan.force_in=corner-1,corner-9"), "found 'corner-9'"),
        (("--grid", "tax_rate=0.2,0.20"), "expected another case than 'base · tax_rate=0.2'"),
        (("--grid", "sales_usd_per_sqft_year=1e400"), "sales_usd_per_sqft_year"),
        (("--scenario", "base", "--scenario", "base"), "every scenario once"),
        (("--scenario", "../base"), "without a path"),
        (("--grid", "tax_rate=0.1", "--set", "tax_rate=0.2"), "a key that no other --set has"),
        (("--grid", "travel_times=a.csv,b.csv"), "a.csv"),
        (("--scenario", "base", "--draws", "many"), "--draws"),
        (
            ("--scenario", "base", "--scheduler", "tcp://127.0.0.1:1", "--workers", "2"),
            "a cluster has its own",
        ),
        (("--scenario", "base", "--scheduler", "foo bar"), "HOST:PORT after one of tcp://"),
        (("--grid", "plan.min_conversions=4"), "settings that leave a plan"),
    ],
)
def test_bad_input_ends_with_two(small_data, command, tmp_path, arguments, words, monkeypatch):
    from tests.run.sweeping import Here

    monkeypatch.setattr(sweep.make_sweep, "__defaults__", (None, Here().hire))
    out_dir = tmp_path / "sweep"
    status, out, err = command("sweep", "--data", small_data, "--out", out_dir, *arguments)
    assert (status, out) == (2, "")
    assert words in err
    assert "Traceback" not in err
    assert not (out_dir / "index.html").exists()
    assert not out_dir.exists() or words == "settings that leave a plan"  # that one has been asked


def test_nobodys_home_is_a_fault_among_others(small_data, command):
    status, out, err = command(
        *("sweep", "--data", small_data, "--out", "~nobody-of-this-name/x", "--grid", "x="),
    )
    assert (status, out) == (2, "")
    assert "--out: found '~nobody-of-this-name/x', expected a path" in err
    assert "column x: found '', expected at least one value" in err


def test_data_that_are_not_there_are_named(command, tmp_path):
    status, _, err = command("sweep", "--data", tmp_path / "nowhere", "--grid", "tax_rate=")
    assert status == 2
    assert "a folder that exists" in err
    assert "at least one value" in err


@pytest.mark.slow
def test_an_unreachable_cluster_is_five_with_its_address(small_data, command, tmp_path):
    address = "tcp://127.0.0.1:9"
    status, out, err = command(
        *("sweep", "--data", small_data, "--scenario", "base", "--scheduler", address),
        *("--out", tmp_path / "sweep"),
    )
    assert (status, out) == (5, "")
    assert err.startswith(f"no scheduler answers at {address} within 6 seconds")
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "sweep").exists()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["tls", "ucx"])
def test_so_is_one_that_nobody_here_can_speak_to(small_data, tmp_path, scheme):
    """A process of its own, as libraries complain when it ends."""
    asked = ("--data", small_data, "--scenario", "base", "--out", tmp_path / "sweep")
    address = f"{scheme}://127.0.0.1:9"
    with start(tmp_path / "source", "sweep", *asked, "--scheduler", address) as runner:
        out, err = runner.communicate(timeout=WAIT_SECONDS)
    assert (runner.returncode, out) == (5, "")
    assert err.startswith(f"no scheduler answers at {address}")
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "sweep").exists()


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_is_five(small_data, command, tmp_path):
    (tmp_path / "file").write_text("")
    where = tmp_path / "file" / "sweep"
    status, _, err = command("sweep", "--data", small_data, "--scenario", "base", "--out", where)
    assert status in {2, 5}
    assert str(tmp_path / "file") in err
    assert (tmp_path / "file").read_text() == ""
