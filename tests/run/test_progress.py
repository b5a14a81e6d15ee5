import sys

import pytest

from retail_portfolio.run.executing import progress


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


class Clock:
    """A clock that is moved by hand."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    real = progress.TimeLeft
    monkeypatch.setattr(progress, "TimeLeft", lambda *given: real(*given, clock=made))
    return made


EXPECTED = {"a": 20.0, "b": 20.0, "pages": 10.0}


def test_lines_say_what_is_left(clock, capsys):
    lines = progress.Lines()
    lines.begin("report x", 3, expected=EXPECTED, workers=2, run_id="x")
    lines.cell("a", 0, 3)
    lines.cell("b", 0, 3)
    clock.now += 20
    lines.done("a", 20.0)
    clock.now += 20
    lines.done("b", 40.0)
    lines.done("pages", 5.0)
    assert capsys.readouterr().err.splitlines() == [
        "report x",
        "[1/3] a done in 20.0 s, about 10 s left",
        "[2/3] b done in 40.0 s, about 15 s left",
        "[3/3] pages done in 5.0 s",
    ]


def test_bar_says_what_is_left_of_the_whole(clock, capsys):
    with progress.Bar() as bar:
        bar.begin("report x", 3, expected=EXPECTED, workers=2)
        bar.cell("a", 1, 3)
        bar.cell("b", 1, 3)
        bar._bars.console.print(bar._bars.get_renderable())
        clock.now += 15  # nobody tells the bar: it is drawn anew all the time
    err = " ".join(capsys.readouterr().err.split())
    assert [part.split()[-2:] for part in err.split(" left")[:-1]] == [["30", "s"], ["15", "s"]]


def test_bar_of_a_run_that_is_over_says_no_more(clock, capsys):
    with progress.Bar() as bar:
        bar.begin("report x", 3, expected=EXPECTED)
        bar.begin("report y", 3)
    last = capsys.readouterr().err.splitlines()[-2:]
    assert not [line for line in last if "left" in line]


@pytest.mark.parametrize("kind", [progress.Lines, progress.Bar])
def test_events_are_said_where_they_have_a_text(kind, capsys):
    told = kind()
    told.tell("published", seconds=3.0)
    told.tell("kernel_retry", "trying again [2]", level="warning", notebook="a")
    assert capsys.readouterr().err == "trying again [2]\n"


def test_quiet_says_nothing(capsys):
    quiet = progress.Quiet()
    quiet.begin("x", 1)
    quiet.cell("a", 0, 1)
    quiet.done("a", 1.0)
    quiet.say("x")
    quiet.tell("x", "x")
    assert capsys.readouterr() == ("", "")


def test_no_deadline_never_passes():
    assert progress.Deadline().left() is None
    assert not progress.Deadline().passed()


@pytest.mark.parametrize(("seconds", "passed"), [(1000, False), (0, True), (-1, True)])
def test_deadline(seconds, passed):
    assert progress.Deadline(seconds).passed() is passed
    assert progress.Deadline(seconds).left() >= 0


class Gone:
    """A standard error that nobody reads any more."""

    def __init__(self):
        self.asked = 0

    def write(self, _text):
        self.asked += 1
        raise BrokenPipeError

    def flush(self):
        raise BrokenPipeError


def test_log_that_nobody_reads_stops_nothing(monkeypatch):
    gone = Gone()
    monkeypatch.setattr(sys, "stderr", gone)
    lines = progress.Lines()
    lines.say("lost")
    lines.say("lost too")
    sys.stderr.close()
    assert gone.asked == 1
