"""What the tests of schedules share. Not a test."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import PurePosixPath

from hypothesis import strategies as st

from retail_portfolio.run.scheduling.schedule import Schedule

# Everything that a crontab, a shell, systemd, YAML or GitHub takes for its own somewhere.
HOSTILE = (
    'it\'s 100 % "sure" \\ $HOME ${{ github.token }}',
    "%n%%h\\%",
    "\\\\%\\\\\\%%",
    "$(touch pwned) `touch pwned` ; touch pwned & touch pwned | # no",
    "''",
    '"',
    "\\",
    "  two  blanks  ",
    ": - {a: b} & *c !d |",
    "${{ '${{' }}{{x}}$$${X}",
    "--timeout",
    "ä 漢 🛒",
)
SIGNS = "%\\'\"$ {}();&|<>*?[]~#!`=-:@,.aä漢🛒"
texts = st.text(st.sampled_from(SIGNS) | st.characters(categories=("L", "N", "P", "S")), min_size=1)

ODD_FOLDER = 'we\'re "here" $HOME 100%n \\b; c'

# Writes the words it was called with, and where, to the file that it finds beside itself.
STUB = """#!{python}
import json, os, pathlib, sys
told = pathlib.Path(__file__).with_name("told.json")
told.write_text(json.dumps([os.getcwd(), sys.argv[1:]]))
print("says 100% \\\\n this")
sys.exit(int(os.environ.get("STATUS", "0")))
"""


def made(checkout="/srv/portfolio", **changes):
    """Return a schedule for a checkout."""
    folder = PurePosixPath(checkout)
    program = folder / ".venv/bin/retail-portfolio"
    return Schedule(folder, program, "reports", **changes)


def write_stub(schedule):
    """Put a program in place that writes down how it was called; return a function that tells."""
    from pathlib import Path

    path = Path(schedule.program)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(STUB.format(python=sys.executable), encoding="utf-8")
    path.chmod(0o755)
    told = path.with_name("told.json")

    def tell():
        found = json.loads(told.read_text()) if told.exists() else None
        told.unlink(missing_ok=True)
        return found

    return tell


def as_shell_reads(line):
    """Return the words that a shell makes of a line."""
    done = subprocess.run(
        ["sh", "-c", f"printf '%s\\0' {line}"], capture_output=True, text=True, check=True
    )
    return done.stdout.split("\0")[:-1]
