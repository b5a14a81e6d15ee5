"""A reader who never stops: looks at the reports again and again until there is something wrong.

Not a test. Run as a program it says in a line each which report it has met, and after its last look
(its standard input is at an end then) how many looks it took; or what it met that was not whole.
"""

from __future__ import annotations

import json
import select
import sys
from pathlib import Path

from tests.faults.whole import latest, manifest_of, partial


def look(reports):
    """Read the report that ``latest`` shows, and what stands beside it; return its name."""
    name = latest(reports)
    assert name is not None, "there is no latest"
    run = (reports / "latest").resolve(strict=True)
    manifest = manifest_of(run)
    assert manifest["status"] == "complete", f"{run.name} is {manifest['status']}"
    assert len(manifest["outputs"]) > 10, f"{run.name} has {len(manifest['outputs'])} files"
    torn = partial(run, manifest)
    assert not torn, "; ".join(torn)
    lines = (reports / "index.html").read_text().splitlines()
    assert lines, "the list of runs is empty"
    assert all(line.endswith((" complete", " failed")) for line in lines), f"half a list: {lines}"
    status = reports / "status.json"
    if status.exists():
        json.loads(status.read_text())
    return run.name


def say(word):
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def watch(reports):
    seen, looks = [], 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        try:
            name = look(reports)
        except (AssertionError, OSError, ValueError) as error:
            say(f"not whole: {type(error).__name__}: {error}")
            return
        looks += 1
        if not seen or name != seen[-1]:
            back = name in seen
            seen.append(name)
            say(f"back again: {name}" if back else name)
    say(looks)


if __name__ == "__main__":
    watch(Path(sys.argv[1]))
