import pytest

from retail_portfolio.run import progress


def test_lines_are_one_a_step(capsys):
    lines = progress.Lines()
    lines.begin("report x", 2)
    lines.cell("a", 0, 3)
    lines.done("a", 1.26)
    lines.done("pages", 0.5)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == ["report x", "[1/2] a done in 1.3 s", "[2/2] pages done in 0.5 s"]


def test_bar_writes_to_standard_error_and_takes_text_literally(capsys):
    with progress.Bar() as bar:
        bar.begin("report [red]x", 2)
        bar.cell("[bold]a", 1, 3)
        bar.done("[bold]a", 1.0)
        bar.done("pages", 0.5)
        bar.say("[dim]said[/dim]")
    out, err = capsys.readouterr()
    assert out == ""
    assert "[red]x" in err
    assert "[bold]a" in err
    assert "[dim]said[/dim]" in err


def test_quiet_says_nothing(capsys):
    quiet = progress.Quiet()
    quiet.begin("x", 1)
    quiet.cell("a", 0, 1)
    quiet.done("a", 1.0)
    quiet.say("x")
    assert capsys.readouterr() == ("", "")


def test_no_deadline_never_passes():
    assert progress.Deadline().left() is None
    assert not progress.Deadline().passed()


@pytest.mark.parametrize(("seconds", "passed"), [(1000, False), (0, True), (-1, True)])
def test_deadline(seconds, passed):
    assert progress.Deadline(seconds).passed() is passed
    assert progress.Deadline(seconds).left() >= 0
