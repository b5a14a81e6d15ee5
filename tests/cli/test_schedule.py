import os
import pwd

import pytest

from retail_portfolio.run.scheduling.schedule_files import KINDS

FILES = {
    "cron": ["retail-portfolio.cron"],
    "systemd": ["retail-portfolio.service", "retail-portfolio.timer"],
    "github": ["retail-portfolio.yml"],
}


@pytest.mark.parametrize("kind", KINDS)
def test_prints_a_definition_and_nothing_else(workshop, command, kind):
    before = sorted(workshop.root.rglob("*"))
    status, out, err = command("schedule", kind)
    assert (status, err) == (0, "")
    assert "report --if-changed --timeout 3600 --keep 12" in out
    assert "time zone UTC" in out
    assert out == command("schedule", kind)[1]
    assert sorted(workshop.root.rglob("*")) == before


def test_two_files_are_told_apart(workshop, command):
    _, out, _ = command("schedule", "systemd")
    parts = [line for line in out.splitlines() if line.startswith("# ====")]
    assert parts == [
        "# ======== retail-portfolio.service ========",
        "# ======== retail-portfolio.timer ========",
    ]
    assert f"User={pwd.getpwuid(os.getuid()).pw_name}\n" in out


def test_units_for_a_user_s_own_manager(workshop, command):
    status, out, err = command("schedule", "systemd", "--user")
    assert (status, err) == (0, "")
    assert "systemctl --user enable --now retail-portfolio.timer" in out
    assert "\nUser=" not in out
    for kind in ("cron", "github"):
        status, out, err = command("schedule", kind, "--user")
        assert (status, out) == (2, "")
        assert f"user: found '{kind}', expected systemd" in err


def test_options_arrive(workshop, command):
    _, out, _ = command(
        *("schedule", "cron", "--day", "sun", "--at", "23:59", "--time-zone", "Europe/Berlin"),
        *("--scenario", "base", "--data", workshop.root / "data", "--out", "/srv/reports"),
        *("--set", "tax_rate=0.2", "--keep", "3", "--timeout", "60"),
        *("--on-failure", "echo failure", "--on-change", "echo change"),
    )
    assert "14,29,44,59 * * * * case " in out
    assert "TZ=Europe/Berlin" in out
    assert "7/23:59" in out
    assert (
        "report --if-changed --timeout 60 --keep 3 --scenario base --set tax_rate=0.2 "
        f"--data {workshop.root}/data --out /srv/reports "
        "--on-failure 'echo failure' --on-change 'echo change' 2>&1"
    ) in out


@pytest.mark.parametrize("kind", KINDS)
def test_files(workshop, command, tmp_path, kind):
    folder = tmp_path / "new" / "units"
    status, out, _ = command("schedule", kind, "--to", folder)
    assert status == 0
    assert out.splitlines() == [str(folder / name) for name in FILES[kind]]
    printed = command("schedule", kind)[1]
    for name in FILES[kind]:
        assert (folder / name).read_text() in printed
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES[kind])
    assert command("schedule", kind, "--to", folder)[0] == 0, "the same files are no hindrance"


def test_files_that_hold_something_else_stay(workshop, command, tmp_path):
    other = tmp_path / "retail-portfolio.timer"
    other.write_text("mine")
    status, out, err = command("schedule", "systemd", "--to", tmp_path)
    assert (status, out) == (2, "")
    assert "retail-portfolio.timer" in err
    assert "--force" in err
    assert other.read_text() == "mine"
    assert not (tmp_path / "retail-portfolio.service").exists(), "all of them, or none"
    assert command("schedule", "systemd", "--to", tmp_path, "--force")[0] == 0
    assert "OnCalendar" in other.read_text()


def test_a_link_is_not_written_through(workshop, command, tmp_path):
    target = tmp_path / "not there"
    folder = tmp_path / "units"
    folder.mkdir()
    (folder / "retail-portfolio.cron").symlink_to(target)
    assert command("schedule", "cron", "--to", folder)[0] == 2
    assert command("schedule", "cron", "--to", folder, "--force")[0] == 0
    assert not target.exists()
    assert not (folder / "retail-portfolio.cron").is_symlink()


def test_a_folder_that_cannot_be_written(workshop, command, tmp_path):
    (tmp_path / "file").touch()
    status, _, err = command("schedule", "cron", "--to", tmp_path / "file" / "units")
    assert status == 2
    assert "--to" in err


def test_all_bad_options_are_named_at_once(workshop, command):
    status, out, err = command(
        *("schedule", "crom", "--day", "x", "--at", "x", "--time-zone", "x", "--keep", "x"),
        *("--timeout", "x", "--scenario", "gone", "--on-failure", "echo a\nb"),
    )
    assert (status, out) == (2, "")
    for option in ("kind", "day", "at", "time-zone", "keep", "timeout", "on-failure"):
        assert f"{option}: found" in err
    assert "scenario: found 'gone'" in err
    assert "did you mean 'cron'" in err


def test_nobodys_home_is_a_fault(workshop, command):
    status, out, err = command("schedule", "cron", "--to", "~nobody-of-this-name/x")
    assert (status, out) == (2, "")
    assert "--to: found '~nobody-of-this-name/x', expected a path" in err
    status, out, err = command("schedule", "cron", "--out", "~nobody-of-this-name/x")
    assert (status, out) == (2, "")
    assert "--out: found '~nobody-of-this-name/x', expected a path" in err


@pytest.mark.parametrize("kind", KINDS)
def test_own_notebooks_are_passed_on(workshop, command, monkeypatch, kind):
    workshop.notebook("01_first", "x = 1")
    own = workshop.notebook("mine", "x = 1").rename(workshop.root / "mine.ipynb")
    monkeypatch.chdir(workshop.root)
    status, out, err = command("schedule", kind, "--notebook", "mine.ipynb")
    assert (status, err) == (0, "")
    assert f"--notebook {'mine.ipynb' if kind == 'github' else own}" in out
    status, out, err = command("schedule", kind, "--notebook", "gone.ipynb", "--day", "x")
    assert (status, out) == (2, "")
    assert "--notebook: found 'gone.ipynb'" in err
    assert "--day: found 'x'" in err


def test_without_a_kind(workshop, command):
    assert command("schedule")[0] == 2
