"""Git in a checkout of its own: a notebook with outputs is refused, and shown cell by cell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml
from nbformat import v4

from tests.plumbing.checkout import ROOT, text_of
from tools import git_notebooks

GIT = shutil.which("git")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(GIT is None, reason="git is not on the path"),
]
TOOL = ROOT / "tools" / "git_notebooks.py"


class Checkout:
    """A git checkout with one notebook, and somebody who has no settings of git."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "checkout"
        (self.root / "notebooks" / "scratch").mkdir(parents=True)
        (self.root / ".venv").mkdir()
        (self.root / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
        hooks = yaml.safe_load(text_of(".pre-commit-config.yaml"))
        listed = hooks["repos"][0]["hooks"]
        # The other checks look at a whole tree, which is not here.
        hooks["repos"][0]["hooks"] = [one for one in listed if one["id"] == "nbstripout"]
        (self.root / ".pre-commit-config.yaml").write_text(yaml.safe_dump(hooks))
        for name in (".gitattributes", ".gitignore"):
            shutil.copy(ROOT / name, self.root)
        self.notebook = self.root / "notebooks" / "01_one.ipynb"
        self.template = self.root / "notebooks" / "scratch" / "template.ipynb"
        home = folder / "home"
        home.mkdir()
        who = {
            f"GIT_{one}_{key}": "x" for one in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")
        }
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        quiet = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_PAGER": "cat", "TERM": "dumb"}
        self.environment = kept | who | quiet | {"HOME": str(home)}
        self.write("1 + 1")
        shutil.copy(self.notebook, self.template)
        self.git("init", "--quiet", "--initial-branch", "main")

    def write(self, source: str, *, outputs: bool = False) -> None:
        cell = v4.new_code_cell(source, id="a")
        if outputs:
            cell["outputs"] = [v4.new_output("stream", text="left over\n")]
        nbformat.write(v4.new_notebook(cells=[cell]), self.notebook)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def git(self, *words: str) -> str:
        done = self.run("git", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def commit(self, message: str) -> None:
        """Commit what is known to git, past the check: of that the first test tells."""
        self.git("commit", "--all", "--no-verify", "-m", message)

    def hooks(self, *options: str) -> str:
        done = self.run(sys.executable, str(TOOL), *options)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_outputs_do_not_get_into_a_commit(checkout: Checkout) -> None:
    said = checkout.hooks()
    assert "make hooks ARGS=--undo" in said
    assert "nbdiffdriver" in (checkout.root / ".git" / "config").read_text()
    assert list(Path(checkout.environment["HOME"]).glob(".gitconfig")) == []
    checkout.write("1 + 1", outputs=True)
    checkout.git("add", ".")
    refused = checkout.run("git", "commit", "-m", "one")
    assert refused.returncode == 1
    assert "01_one.ipynb" in refused.stdout + refused.stderr
    assert checkout.run("git", "rev-parse", "HEAD").returncode != 0, "it was committed"
    checkout.write("1 + 1")
    checkout.git("add", ".")
    checkout.git("commit", "-m", "one")
    assert "left over" not in checkout.git("show", "HEAD:notebooks/01_one.ipynb")


def test_notebooks_are_shown_cell_by_cell_until_that_is_taken_back(checkout: Checkout) -> None:
    checkout.hooks()
    checkout.git("add", ".")
    checkout.commit("one")
    checkout.write("1 + 2")
    shown = checkout.git("diff")
    assert shown.startswith("nbdiff ")
    assert "## modified /cells/0/source" in shown
    assert '"source"' not in shown
    below = checkout.git("-C", "notebooks", "diff")
    assert "## modified /cells/0/source" in below, "from another folder"
    assert '"source"' in checkout.git("diff", "--no-ext-diff")
    checkout.hooks("--undo")
    assert checkout.git("diff").startswith("diff --git ")
    checkout.write("1 + 2", outputs=True)
    checkout.git("commit", "--all", "-m", "two")
    assert "no longer" in checkout.hooks("--undo"), "twice"


def test_two_changes_of_one_notebook_are_merged(checkout: Checkout) -> None:
    checkout.hooks()
    cells = [v4.new_code_cell(f"a = {n}", id=f"c{n}") for n in range(3)]
    book = v4.new_notebook(cells=cells)
    nbformat.write(book, checkout.notebook)
    checkout.git("add", ".")
    checkout.commit("one")
    checkout.git("checkout", "--quiet", "-b", "other")
    book.cells[0].source = "a = 'theirs'"
    nbformat.write(book, checkout.notebook)
    checkout.commit("theirs")
    checkout.git("checkout", "--quiet", "main")
    book.cells[0].source, book.cells[2].source = "a = 0", "a = 'ours'"
    nbformat.write(book, checkout.notebook)
    checkout.commit("ours")
    checkout.git("merge", "--quiet", "other", "-m", "both")
    merged = nbformat.read(checkout.notebook, as_version=4)
    assert [cell.source for cell in merged.cells] == ["a = 'theirs'", "a = 1", "a = 'ours'"]


def test_what_an_analyst_tries_out_is_not_kept(checkout: Checkout) -> None:
    shutil.copy(checkout.notebook, checkout.root / "notebooks" / "scratch" / "mine.ipynb")
    kept = checkout.git("status", "--porcelain", "--untracked-files=all", "notebooks").split()
    assert set(kept) == {"??", "notebooks/01_one.ipynb", "notebooks/scratch/template.ipynb"}


def test_no_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert git_notebooks.main([]) == 2
