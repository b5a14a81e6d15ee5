"""Command line: ``python -m tools.tables --sources DIR --out data``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.tables.build import build_all
from tools.tables.sources import CURATED, FILES, ZIP_FILE, SourceError


def main(arguments: list[str] | None = None) -> int:
    """Build the tables; return 0 when done, 2 when an input is missing or unfit."""
    inputs = [*FILES.values(), ZIP_FILE]
    parser = argparse.ArgumentParser(
        prog="python -m tools.tables",
        description="Build the tables of the data folder from a folder of sources.",
        epilog="inputs:\n" + "\n".join(f"  {need.path}: {need.holds}" for need in inputs),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--sources", type=Path, required=True, help="folder with the inputs")
    parser.add_argument("--out", type=Path, default=Path("data"), help="folder to write")
    parser.add_argument(
        "--curated", type=Path, default=CURATED, help="folder with notes, names and corrections"
    )
    chosen = parser.parse_args(arguments)
    try:
        counts = build_all(chosen.sources, chosen.out, chosen.curated)
    except SourceError as error:
        print(error, file=sys.stderr)
        return 2
    for key in sorted(counts):
        print(f"{key}: {counts[key]}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
