"""What a notebook can do wrong: the wanted exit status, and a ``latest`` that nobody touched."""

import json
import sys

import pytest

from tests.run.workshop import writes

pytestmark = [pytest.mark.notebook, pytest.mark.slow]

DIES = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"


@pytest.fixture
def alone(published):
    """A published workshop with nothing to execute but the notebook of the test."""
    (published.root / "notebooks" / "01_alpha.ipynb").unlink()
    return published


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import sys; sys.exit()", "SystemExit"),
        ("import sys; sys.exit(3)", "SystemExit"),
        (DIES, "KernelDied"),
    ],
)
def test_cell_that_fails(published, command, source, error):
    latest = published.latest
    published.notebook("02_beta", "print('before')", source, "print('after')")
    status, out, err = command("report")
    assert status == 1
    assert out == ""
    assert "notebook 02_beta, cell 3" in err
    assert error in err
    kept = published.assert_kept(latest, "02_beta", cell=3, error=error)
    assert kept["cells"][2]["outputs"][0]["text"] == ["before\n"]
    assert kept["cells"][4]["outputs"] == []


def test_missing_kernel(alone, command):
    latest = alone.latest
    alone.notebook("02_beta", "1", kernel="nobody")
    status, _, err = command("report")
    assert status == 1
    assert "nobody" in err
    assert alone.latest == latest


def test_kernel_that_never_starts(alone, command, tmp_path, monkeypatch):
    folder = tmp_path / "jupyter" / "kernels" / "broken"
    folder.mkdir(parents=True)
    starts = tmp_path / "starts"
    source = f"print('x', file=open({str(starts)!r}, 'a')); raise SystemExit('no luck today')"
    argv = [sys.executable, "-c", source, "{connection_file}"]
    spec = {"argv": argv, "display_name": "Broken", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    latest = alone.latest
    alone.notebook("02_beta", "1", kernel="broken")
    status, out, err = command("report")
    assert (status, out) == (1, "")
    assert "02_beta: its kernel did not start" in err
    assert "trying again (3 of 3)" in err
    assert "KernelNotStarted: its kernel did not start in 3 attempts: (1) " in err
    assert "no luck today" in err
    assert starts.read_text() == "x\n" * 3
    alone.assert_kept(latest, "02_beta", cell=None, error="KernelNotStarted")
    (failed,) = (one for one in alone.manifests().values() if one["status"] == "failed")
    assert failed["failure"]["traceback"].count("no luck today") == 3


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["1"], "did not write 02_beta.json"),
        (["WRITE", "(out / 'tables' / 'beta.csv').unlink()"], "beta.csv"),
        (["WRITE", "(out / 'tables' / 'beta.csv').write_text('')"], "beta.csv"),
        (["WRITE", "(out / 'tables' / 'plan.csv').write_text('a\\n')"], "plan.csv"),
    ],
)
@pytest.mark.usefixtures("quick")
def test_notebook_that_leaves_less_than_it_promised(published, command, cells, said):
    latest = published.latest
    write = writes("02_beta", "beta")
    published.notebook("02_beta", *(cell.replace("WRITE", write) for cell in cells))
    status, _, err = command("report")
    assert status == 1
    assert said in err
    assert published.latest == latest


@pytest.mark.usefixtures("quick")
def test_page_that_was_not_built(published, command, monkeypatch):
    from retail_portfolio import present

    def build_site(outputs, notebooks, facts, out, *, data_dir, changes=None):
        (out / "index.html").write_text("")

    latest = published.latest
    monkeypatch.setattr(present.site, "build_site", build_site)
    status, _, err = command("report")
    assert status == 5
    assert "index.html is empty" in err
    assert "map.html is missing" in err
    assert published.latest == latest


@pytest.mark.usefixtures("quick")
def test_fault_of_ours(published, command, monkeypatch):
    from retail_portfolio import present

    latest = published.latest
    monkeypatch.setattr(present.site, "build_site", lambda *_, **__: {}["nothing"])
    status, out, err = command("report")
    assert (status, out) == (70, "")
    assert "fault of the program" in err
    assert "Traceback" not in err
    assert published.latest == latest
    status, _, err = command("report", "--debug")
    assert status == 70
    assert "Traceback" in err


def test_table_that_changes_during_the_run(published, command):
    latest = published.latest
    published.notebook(
        "02_beta",
        writes("02_beta", "beta"),
        "with open('data/stores.csv', 'a') as file:\n    file.write('go-2\\n')",
    )
    status, _, err = command("report")
    assert status == 5
    assert "changed during the run: data/stores.csv" in err
    assert published.latest == latest


def test_output_of_megabytes_in_a_cell(workshop, command):
    workshop.notebook("02_beta", "print('x' * 10_000_000)", writes("02_beta", "beta"))
    status, _, err = command("report")
    assert status == 0, err


@pytest.mark.parametrize(
    "source",
    [
        "while True: print('a line of text ' * 50)",
        "print('y' * 50_000_000)",
        "from IPython.display import HTML, display\nwhile True: display(HTML('x' * 100_000))",
    ],
)
def test_output_without_end_in_a_cell(alone, command, source):
    latest = alone.latest
    alone.notebook("02_beta", "print('before')", source)
    status, out, err = command("report")
    assert (status, out) == (1, "")
    assert "notebook 02_beta, cell 3: OutputTooLarge: what the cell wrote would take more" in err
    kept = alone.assert_kept(latest, "02_beta", cell=3, error="OutputTooLarge")
    assert kept["cells"][2]["outputs"][0]["text"] == ["before\n"]
    *first, last = kept["cells"][3]["outputs"]
    assert first
    assert "cut here" in "".join(last["text"])
    assert 50_000 < len(json.dumps(kept)) < 500_000
