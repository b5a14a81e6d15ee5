import pytest

from retail_portfolio.run.errors import PublishFailed
from retail_portfolio.run.publishing import publish
from tests.run.folders import built, latest


@pytest.fixture
def reports(tmp_path):
    return tmp_path / "reports"


def test_publish_switches_latest(reports):
    for name in ("one", "two"):
        place = publish.publish(built(reports / ".aside"), reports, name)
        assert place == reports / name
        assert latest(reports) == name  # relative: the folder can be moved
    assert (reports / "one").is_dir()
    assert sorted(path.name for path in reports.iterdir()) == ["latest", "one", "two"]


def test_publish_survives_what_a_killed_one_left(reports):
    report = built(reports / ".aside")
    (reports / ".latest-one").symlink_to("nowhere")
    publish.publish(report, reports, "one")
    assert latest(reports) == "one"


def test_publish_that_fails_leaves_latest(reports):
    publish.publish(built(reports / ".aside"), reports, "one")
    built(reports / "two")
    with pytest.raises(PublishFailed, match="publishing the report"):
        publish.publish(built(reports / ".aside"), reports, "two")
    assert latest(reports) == "one"


def test_failed_run_never_becomes_latest(reports):
    publish.publish(built(reports / ".aside"), reports, "one")
    publish.keep_failed(built(reports / ".aside", "failed"), reports, "two")
    assert latest(reports) == "one"
    assert (reports / "two").is_dir()


def test_complete_report_passes(tmp_path):
    publish.check_complete(built(tmp_path / "r", a="1", b="2"), ["a", "b"])


def test_everything_missing_is_named_at_once(tmp_path):
    report = built(tmp_path / "r", status="failed", a="", b="2")
    with pytest.raises(PublishFailed) as caught:
        publish.check_complete(report, ["a", "b", "c"])
    assert str(caught.value) == (
        "the report is not complete: a is empty; c is missing; "
        "manifest.json does not say that the report is complete"
    )


def test_report_that_cannot_be_shown_is_not_published(reports, monkeypatch):
    """Whoever built it still has it, and can keep it as failed."""
    publish.publish(built(reports / ".aside"), reports, "one")
    report = built(reports / ".aside")
    replace = type(reports).replace

    def refuse(path, target):
        if path.name == ".latest-two":
            raise OSError(28, "No space left on device")
        return replace(path, target)

    monkeypatch.setattr(type(reports), "replace", refuse)
    with pytest.raises(PublishFailed, match="No space left"):
        publish.publish(report, reports, "two")
    assert latest(reports) == "one"
    assert not (reports / "two").exists()
    assert report.is_dir()


def test_report_is_on_the_disk_before_it_has_its_name(reports, monkeypatch):
    report = built(reports / ".aside", **{"a.csv": "x"})
    (report / "tables").mkdir()
    steps = []
    fsync, rename = publish.os.fsync, type(reports).rename

    def note(handle):
        steps.append(publish.os.readlink(f"/proc/self/fd/{handle}").rsplit("/", 1)[-1])
        fsync(handle)

    def named(path, target):
        steps.append("named")
        return rename(path, target)

    monkeypatch.setattr(publish.os, "fsync", note)
    monkeypatch.setattr(type(reports), "rename", named)
    publish.publish(report, reports, "one")
    assert set(steps[: steps.index("named")]) == {"a.csv", "manifest.json", "tables", ".aside"}
    assert steps[-1] == "reports"


def test_report_made_again_stays_aside(reports):
    publish.publish(built(reports / ".aside"), reports, "one")
    publish.publish(built(reports / ".aside"), reports, "two", show=False)
    assert latest(reports) == "one"
    assert (reports / "two").is_dir()


def test_what_could_be_taken_for_a_report_goes(tmp_path):
    report = built(tmp_path / "r", **{"index.html": "x"})
    (report / "tables").mkdir()
    (report / "notebooks").mkdir()
    publish.only_notebooks(report)
    assert [path.name for path in report.iterdir()] == ["notebooks"]
