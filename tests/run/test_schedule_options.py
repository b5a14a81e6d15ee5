"""From what was typed to settings, or everything that is wrong with it."""

import shlex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retail_portfolio.inputs.faults import InputError
from retail_portfolio.run.scheduling import schedule_cron
from retail_portfolio.run.scheduling.schedule import Schedule
from retail_portfolio.run.scheduling.schedule_files import KINDS, definition
from retail_portfolio.run.scheduling.schedule_options import Wanted, read_schedule
from tests.run.schedules import HOSTILE, texts


def faults_of(wanted):
    with pytest.raises(InputError) as raised:
        read_schedule(wanted, "somebody")
    return raised.value.faults


def named(wanted):
    return [fault.file for fault in faults_of(wanted)]


@pytest.mark.parametrize("kind", KINDS)
def test_defaults(workshop, kind):
    found = read_schedule(Wanted(kind), "somebody")
    assert isinstance(found, Schedule)
    assert str(found.checkout) == str(workshop.root)
    assert (found.user, found.day, found.time, found.time_zone) == (
        "somebody",
        "mon",
        "06:00",
        "UTC",
    )
    assert (found.keep, found.timeout_seconds) == (12, 3600)
    assert (found.scenarios, found.data, found.out) == ((), "", "")


def test_everything_arrives(workshop, monkeypatch, tmp_path):
    monkeypatch.chdir(workshop.root)
    wanted = Wanted(
        kind="cron",
        day="28",
        at="23:59",
        time_zone="Europe/Berlin",
        scenarios=("base",),
        overrides=("tax_rate=0.2",),
        data="data",
        out="elsewhere",
        keep="3",
        timeout="60",
        on_failure="echo b",
        on_change="cat",
    )
    found = read_schedule(wanted, "me")
    assert (found.day, found.hour, found.minute) == ("28", 23, 59)
    assert found.time_zone == "Europe/Berlin"
    assert (found.scenarios, found.overrides) == (("base",), ("tax_rate=0.2",))
    assert (found.data, found.out) == (f"{workshop.root}/data", f"{workshop.root}/elsewhere")
    assert (found.keep, found.timeout_seconds) == (3, 60)
    assert (found.on_failure, found.on_change) == ("echo b", "cat")


def test_the_own_program_of_the_checkout_comes_first(workshop):
    running = read_schedule(Wanted("cron"), "me").program
    own = workshop.root / ".venv/bin/retail-portfolio"
    assert str(running) != str(own)
    assert running.name == own.name
    own.parent.mkdir(parents=True)
    own.touch()
    assert str(read_schedule(Wanted("cron"), "me").program) == str(own)


def test_a_missing_program_is_named(workshop, monkeypatch):
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    assert named(Wanted("cron")) == ["program"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("day", value) for value in ("Mon", "monday", "0", "29", "31", "01", "1,2", "*", "")),
        *(
            ("at", value)
            for value in ("24:00", "6:00", "06:60", "06:00:00", "06", "6 am", "\u0660\u0666:00")
        ),
        *(("time_zone", value) for value in ("", "Europe/Berln", "utc+1", "../UTC", "UTC; id")),
        *(("keep", value) for value in ("0", "-1", "1.5", "x", "", "10001", "\u0661")),
        *(("timeout", value) for value in ("0", "-1", "1e3", "86401", "never")),
    ],
)
def test_what_an_option_cannot_be(workshop, option, value):
    (fault,) = faults_of(Wanted("systemd", **{option: value}))
    assert fault.file == f"--{option.replace('_', '-')}"
    assert fault.value == value


@pytest.mark.parametrize("kind", KINDS)
def test_only_systemd_has_a_manager_for_each_user(workshop, kind):
    wanted = Wanted(kind, user_manager=True)
    if kind == "systemd":
        assert read_schedule(wanted, "me").user_manager
        assert not read_schedule(Wanted(kind), "me").user_manager
    else:
        (fault,) = faults_of(wanted)
        assert (fault.file, fault.value) == ("--user", kind)
        assert fault.expected.startswith("systemd")


def test_near_names_are_suggested(workshop):
    (fault,) = faults_of(Wanted("cron", time_zone="Europe/Berln"))
    assert "did you mean 'Europe/Berlin'" in fault.expected
    (fault,) = faults_of(Wanted("sytemd"))
    assert "did you mean 'systemd'" in fault.expected


def test_all_faults_at_once(workshop):
    wanted = Wanted(
        kind="cro",
        day="x",
        at="x",
        time_zone="x",
        scenarios=("gone",),
        overrides=("tax_rat=0.2",),
        keep="x",
        timeout="x",
        on_failure="echo\nb",
        on_change="echo \x1bb",
    )
    assert named(wanted) == [
        *("kind", "--day", "--at", "--time-zone", "--keep", "--timeout"),
        *("--on-failure", "--on-change", "scenario", "overrides"),
    ]


@pytest.mark.parametrize(
    "text", ["a\nb", "a\tb", "a\0b", "a\x7f", "a\u2028b", "a\u202eb", "a\ud800"]
)
def test_texts_that_no_line_can_hold(workshop, text):
    for option in ("on_failure", "on_change"):
        assert named(Wanted("systemd", **{option: f"echo {text}"})) == [
            f"--{option.replace('_', '-')}"
        ]
    assert "--set" in named(Wanted("systemd", overrides=(f"title={text}",)))
    assert "--scenario" in named(Wanted("systemd", scenarios=(text,)))
    assert named(Wanted("systemd", out=f"/{text}")) == ["--out"]
    assert "--data" in named(Wanted("systemd", data=f"/{text}"))


def test_a_line_that_cron_refuses(workshop):
    assert read_schedule(Wanted("systemd", on_failure=f"echo {'x' * 2000}"), "me")
    (fault,) = faults_of(Wanted("cron", on_failure=f"echo {'x' * 2000}"))
    assert "998 bytes" in fault.expected
    size = len(schedule_cron.job(read_schedule(Wanted("cron", on_failure="echo x"), "me")).encode())
    most = 1 + schedule_cron.MOST_BYTES - size
    assert read_schedule(Wanted("cron", on_failure="echo " + "x" * most), "me")
    wanted = Wanted("cron", on_failure="echo " + "x" * (most + 1))
    assert named(wanted) == ["line of the crontab"]


@pytest.mark.parametrize(
    "folder", ["/srv/x", "../x", ".", "", "a b", "a*", "!a", "a/../..", ".git"]
)
def test_folders_that_github_has_not(workshop, monkeypatch, folder):
    monkeypatch.chdir(workshop.root)
    if folder:
        assert named(Wanted("github", out=folder)) == ["--out"]
    assert read_schedule(Wanted("github", out="a/b-c.d_e", data="data"), "me")


def test_time_that_github_does_not_grant(workshop):
    assert read_schedule(Wanted("github", timeout="19800"), "me")
    assert named(Wanted("github", timeout="19801", out="/srv/x")) == ["--timeout", "--out"]
    assert read_schedule(Wanted("cron", timeout="19801"), "me")


def test_paths_below_nobodys_home(workshop, monkeypatch):
    monkeypatch.chdir(workshop.root)
    nowhere = "~nobody-at-all/x"
    wanted = Wanted("cron", data=nowhere, out=nowhere, notebooks=(nowhere,))
    faults = faults_of(wanted)
    assert [fault.file for fault in faults] == ["--data", "--out", "--notebook"]
    assert {fault.value for fault in faults} == {nowhere}
    (workshop.root / nowhere).mkdir(parents=True)
    found = read_schedule(Wanted("cron", out=nowhere), "me")
    assert found.out == f"{workshop.root}/{nowhere}", "as a shell takes it, where it is there"


def test_own_notebooks_arrive(workshop, monkeypatch):
    own = [
        workshop.notebook(name, "x = 1").rename(workshop.root / f"{name}.ipynb") for name in "ba"
    ]
    workshop.notebook("01_first", "x = 1")
    monkeypatch.chdir(workshop.root)
    found = read_schedule(Wanted("cron", notebooks=("b.ipynb", str(own[1]))), "me")
    assert found.notebooks == tuple(map(str, own))


def test_a_notebook_that_would_stop_the_report(workshop, monkeypatch):
    workshop.notebook("01_first", "x = 1")
    monkeypatch.chdir(workshop.root)
    wanted = Wanted("cron", keep="x", notebooks=("gone.ipynb", "pyproject.toml"))
    faults = faults_of(wanted)
    assert [fault.file for fault in faults] == ["--keep", "--notebook", "--notebook"]
    assert [fault.value for fault in faults[1:]] == ["gone.ipynb", "pyproject.toml"]


def test_notebooks_that_github_has_not(workshop, monkeypatch, tmp_path):
    workshop.notebook("01_first", "x = 1")
    inside = workshop.notebook("mine", "x = 1").rename(workshop.root / "mine.ipynb")
    outside, odd = tmp_path / "other.ipynb", workshop.root / "a b.ipynb"
    for path in (outside, odd):
        path.write_bytes(inside.read_bytes())
    assert read_schedule(Wanted("github", notebooks=(str(inside),)), "me")
    for path in (outside, odd):
        assert named(Wanted("github", notebooks=(str(path),))) == ["--notebook"]
        assert read_schedule(Wanted("cron", notebooks=(str(path),)), "me")


@pytest.mark.slow
@given(text=texts, kind=st.sampled_from(KINDS))
@settings(max_examples=40)
def test_any_text_is_taken_or_refused(text, kind):
    """Of the bundled case: nothing but an `InputError`, and the same text twice."""
    wanted = Wanted(kind, on_failure=f"echo {text}", on_change=f"echo {text}", out=text)
    try:
        schedule = read_schedule(wanted, "me")
    except InputError:
        return
    assert definition(kind, schedule) == definition(kind, schedule)


def test_hostile_texts_are_taken_as_they_are(workshop):
    for text in HOSTILE:
        told = f"echo {shlex.quote(text)}"
        assert read_schedule(Wanted("systemd", on_failure=told), "me").on_failure == told


@pytest.mark.parametrize("kind", ["cron", "systemd"])
@pytest.mark.parametrize("option", ["on_failure", "on_change"])
def test_a_command_that_no_scheduler_would_find(workshop, monkeypatch, tmp_path, kind, option):
    """A shell has a longer PATH, and another folder, than what cron and systemd start."""
    own = workshop.root / "tell me.sh"
    own.write_text("#!/bin/sh\n")
    monkeypatch.setenv("PATH", str(workshop.root), prepend=":")
    monkeypatch.chdir(tmp_path)
    name = f"--{option.replace('_', '-')}"
    for command in (
        "'tell me.sh'",
        f"'{own}'",
        "'./tell me.sh'",
        "nothing-is-called-so",
        "''",
        "'a",
    ):
        assert named(Wanted(kind, **{option: command})) == [name]
    own.chmod(0o755)
    assert named(Wanted(kind, **{option: "'tell me.sh' x"})) == [name]
    assert read_schedule(Wanted(kind, **{option: f"'{own}' x"}), "me")
    assert read_schedule(Wanted(kind, **{option: "'./tell me.sh' x"}), "me")


def test_a_command_of_another_machine_is_only_read(workshop):
    assert read_schedule(Wanted("github", on_failure="nothing-is-called-so x"), "me")
    assert named(Wanted("github", on_failure="'a")) == ["--on-failure"]
