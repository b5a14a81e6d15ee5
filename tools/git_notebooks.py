"""Has git check each commit of this checkout, and show notebooks as cells and not as JSON.

``python -m tools.git_notebooks`` installs the hooks of ``.pre-commit-config.yaml`` and names nbdime
as what shows and merges notebooks, as ``.gitattributes`` asks for; ``--undo`` takes both back.
Only the settings of this checkout are written to, and nothing is fetched.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

BIN: Final = ".venv/bin"
"""Git runs what its settings name in the top folder of a checkout."""
SETTINGS: Final = {
    "diff.jupyternotebook.command": f"{BIN}/git-nbdiffdriver diff",
    "merge.jupyternotebook.name": "notebooks, cell by cell",
    "merge.jupyternotebook.driver": f"{BIN}/git-nbmergedriver merge %O %A %B %L %P",
}
SECTIONS: Final = ("diff.jupyternotebook", "merge.jupyternotebook")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do as the command line asks, in the folder of a checkout; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--undo", action="store_true", help="take both back")
    undo = parser.parse_args(arguments).undo
    if not Path(".git").exists():
        sys.stderr.write("this folder is no git checkout: there is nothing to set\n")
        return 2
    done = _run(f"{BIN}/pre-commit", "uninstall" if undo else "install")
    if done:
        return done
    if undo:
        for section in SECTIONS:
            _run("git", "config", "--local", "--remove-section", section, quiet=True)
        sys.stdout.write("commits are no longer checked; git shows notebooks as JSON\n")
        return 0
    for key, value in SETTINGS.items():
        if done := _run("git", "config", "--local", key, value):
            return done
    sys.stdout.write(
        "commits are checked as by `make lint`: outputs left in a notebook stop one, and "
        "`make format` takes them out\n"
        "`git diff` shows notebooks cell by cell (`git diff --no-ext-diff` as JSON)\n"
        "taken back by: make hooks ARGS=--undo\n"
    )
    return 0


def _run(*command: str, quiet: bool = False) -> int:
    """Run a program; return its exit status. Of one that is quiet, nobody hears why it failed."""
    heard = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, check=False, stdout=sys.stderr, stderr=heard).returncode


if __name__ == "__main__":
    sys.exit(main())
