"""Runs in a folder of reports, as bare as a test can do with. Not a test."""

from retail_portfolio.run.publishing import publish


def built(folder, status="complete", *, about=None, **files):
    """Make the folder of a run: a manifest, and files of these texts."""
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    publish.write_manifest(folder, {"status": status, "run_id": folder.name} | (about or {}))
    return folder


def latest(reports):
    """Return what the link points at."""
    return str((reports / "latest").readlink())
