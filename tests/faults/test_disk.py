"""A disk that is full, that cannot be written, or whose folder is taken away: 5, and no harm done.

A notebook that cannot write what it computed has failed (1), as with anything else that a cell
cannot do; whatever the runner itself cannot write is a report that could not be published (5).
"""

import errno
import os
import shutil

import pytest

from tests.faults.steps import Runner, ordinary_user, own_disk, refused_here
from tests.faults.whole import assert_whole, latest, listed

pytestmark = pytest.mark.slow
PAGE = os.sysconf("SC_PAGE_SIZE")
PAGES = 400
FULL = os.strerror(errno.ENOSPC)


def runner_with(workshop, before):
    if reason := refused_here(before):
        pytest.skip(reason)
    return Runner(workshop, before)


@pytest.fixture
def disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    return folder


@pytest.fixture
def runner(workshop, disk):
    """A runner that has a small disk for its reports, on which one report is published."""
    made = runner_with(workshop, own_disk(disk, PAGES * PAGE))
    first = made.run("report", "--out", disk / "reports")
    assert first.status == 0, first.err
    yield made
    made.close()


@pytest.fixture
def reports(runner, disk):
    return runner.seen(disk / "reports")


def leave(free, folder):
    """Fill a disk until so many pages are free; return the file that fills it."""
    ballast = folder / "ballast"
    ballast.unlink(missing_ok=True)
    room = os.statvfs(folder)
    # A file of its own takes no page beside those of its content.
    ballast.write_bytes(b"x" * (room.f_bavail * room.f_frsize - free * PAGE))
    assert os.statvfs(folder).f_bavail * room.f_frsize == free * PAGE
    return ballast


def test_full_at_every_size(runner, reports, disk, tmp_path):
    """With a page more each time, until there is room for a whole report."""
    kept = tmp_path / "kept"
    shutil.copytree(reports, kept, symlinks=True)
    statuses = []
    for free in range(PAGES):
        shutil.rmtree(reports)
        shutil.copytree(kept, reports, symlinks=True)
        old = latest(reports)
        ballast = leave(free, reports.parent)
        ended = runner.run("report", "--out", disk / "reports")
        ballast.unlink()
        statuses.append(ended.status)
        if not ended.status:
            break
        at = f"{free} pages free: exit status {ended.status}\n{ended.err}"
        assert ended.status in {1, 5}, at
        assert FULL in ended.err, at
        assert (ended.status == 1) == ("notebook 0" in ended.err), at
        assert "fault of the program" not in ended.err, at
        # The very last page may lack for the list of runs: then the report is published already.
        assert latest(reports) == old or "listing the runs" in ended.err, at
        assert_whole(reports, settled=False)
    assert_whole(reports)
    assert statuses.count(5) > 3
    assert statuses.count(1) > 1
    assert statuses[-1] == 0, "no size of the disk was enough"


def test_full_and_then_room_again(runner, reports, disk):
    old = latest(reports)
    ballast = leave(12, reports.parent)
    assert runner.run("report", "--out", disk / "reports").status in {1, 5}
    ballast.unlink()
    ended = runner.run("report", "--out", disk / "reports")
    assert ended.status == 0, ended.err
    assert latest(reports) != old
    assert listed(reports)[0] == (latest(reports), "complete")
    assert_whole(reports)


def test_read_only_disk(runner, reports, disk):
    before = contents(reports)
    runner.command("mount", "-o", "remount,ro", disk)
    ended = runner.run("report", "--out", disk / "reports")
    assert (ended.status, ended.out) == (5, "")
    assert os.strerror(errno.EROFS) in ended.err
    assert "reports folder" in ended.err
    assert contents(reports) == before


def test_folder_that_belongs_to_somebody_else(workshop):
    runner = runner_with(workshop, ordinary_user())
    assert runner.run("report").status == 0
    before = contents(workshop.reports)
    workshop.reports.chmod(0o555)
    ended = runner.run("report")
    workshop.reports.chmod(0o755)
    runner.close()
    assert (ended.status, ended.out) == (5, "")
    assert os.strerror(errno.EACCES) in ended.err
    assert "reports folder" in ended.err
    assert contents(workshop.reports) == before


def test_folder_is_taken_away_during_the_run(workshop):
    runner = Runner(workshop)
    whole = runner.run("report")
    assert whole.status == 0
    statuses = set()
    for at in range(1, len(whole.steps) + 1, 5):
        ended = runner.run("report", at=at, removes=workshop.reports)
        step = f"step {at}: {ended.steps[-1]}\n{ended.err}"
        # Without its file, a lock cannot be told from one that somebody else holds.
        expected = {0, 1, 5} | ({3} if ended.steps[-1].endswith(".lock") else set())
        assert ended.status in expected, step
        assert "fault of the program" not in ended.err, step
        statuses.add(ended.status)
        again = runner.run("report")
        assert again.status == 0, f"{step}\nthen: {again.err}"
        assert_whole(workshop.reports)
    assert statuses >= {1, 5}
    runner.close()


def contents(folder):
    return {path: path.lstat().st_mtime_ns for path in (folder, *folder.rglob("*"))}
