import typer

from retail_portfolio.cli import app
from retail_portfolio.run.scheduling.schedule import command, cron_fields, in_words, options
from tests.run.schedules import HOSTILE, made

REPORT = typer.main.get_command(app).commands["report"]


def parsed(words):
    """Return what the program's own parser makes of a command line."""
    assert words[0] == "report"
    return REPORT.make_context("report", list(words[1:])).params


def test_words_of_the_command():
    assert command(made()) == [
        *("/srv/portfolio/.venv/bin/retail-portfolio", "report", "--if-changed"),
        *("--timeout", "3600", "--keep", "12"),
    ]


def test_every_option_is_one_of_the_report():
    full = made(
        scenarios=("base", "fast_exit"),
        data="/d",
        out="/o",
        overrides=("discount_rate=0.1",),
        notebooks=("/n.ipynb",),
        on_failure="tell failure",
        on_change="tell change",
    )
    known = {name for option in REPORT.params for name in option.opts}
    assert {word for word in options(full) if word.startswith("--")} <= known


def test_the_program_understands_the_command():
    for text in HOSTILE:
        full = made(
            scenarios=("base", "fast_exit"),
            data=f"/{text}",
            out=f"/out{text}",
            overrides=(f"title={text}", "discount_rate=0.1"),
            notebooks=(f"/{text}.ipynb", "/n.ipynb"),
            keep=7,
            timeout_seconds=90,
            on_failure=text,
            on_change=f"x {text}",
        )
        found = parsed(options(full))
        assert found["if_changed"] is True
        assert (found["timeout"], found["keep"]) == (90, 7)
        assert tuple(found["scenario"]) == full.scenarios
        assert tuple(found["override"]) == full.overrides
        assert tuple(found["notebook"]) == full.notebooks
        assert (found["data"], found["out"]) == (full.data, full.out)
        assert (found["on_failure"], found["on_change"]) == (text, f"x {text}")


def test_in_words():
    assert in_words(made()) == "Every Monday at 06:00, time zone UTC"
    assert in_words(made(day="daily", hour=23, minute=5)) == "Every day at 23:05, time zone UTC"
    found = in_words(made(day="15", time_zone="Asia/Kathmandu"))
    assert found == "On day 15 of every month at 06:00, time zone Asia/Kathmandu"


def test_fields_of_cron():
    assert cron_fields(made()) == "0 6 * * 1"
    assert cron_fields(made(day="sun", hour=0, minute=59)) == "59 0 * * 0"
    assert cron_fields(made(day="sat")) == "0 6 * * 6"
    assert cron_fields(made(day="daily")) == "0 6 * * *"
    assert cron_fields(made(day="28")) == "0 6 28 * *"
