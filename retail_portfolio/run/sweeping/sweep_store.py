"""The folder of a sweep: what is finished stays, so that the same command goes on from there.

It holds::

    cases/<case id>.json   one finished case: its answer, and a hash of it
    cases/<case id>.npz    what any plan is worth in that case
    *.csv  index.html      what a reader takes away, once every case is finished
    manifest.json          which sweep it is, and whether it is complete
    .lock                  held while a sweep is at work

A case is known by a hash of everything its answer follows from, so that a changed table, setting or
program makes another case. Files are put in place in one step, the answer last; one that is damaged
does not match its hash, and its case is done again. No case is ever deleted.

A folder belongs to one question: the cases, their settings, tables and draws. Another question is
refused, so that no sweep takes the place of another's tables; the same one asked of a later program
is answered anew, and what stands there is left until the new tables are ready.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.present.files import json_text, write_bytes, write_text
from retail_portfolio.run.publishing import lock, publish, runs
from retail_portfolio.run.sweeping.sweep_task import Finished

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

KIND = "sweep"
"""What a manifest says of itself, so that no other folder is taken for a sweep."""
_CASES = "cases"


def digest(value: object) -> str:
    """Return the SHA-256 of a value as JSON holds it, in hexadecimal."""
    return hashlib.sha256(json_text(value).encode()).hexdigest()


def refuse_folder(folder: Path, question_id: str = "") -> list[Fault]:
    """Return a fault where a folder, or a file, is there already and is not for this sweep.

    Parameters
    ----------
    folder
        Where a sweep is to be kept. An empty folder will do; so will one in which a sweep was
        ended before it had signed.
    question_id
        Hash of what the sweep asks; empty where it is not known yet, and any sweep's folder will
        do.
    """
    expected = "a new folder, an empty one, or that of the same sweep"
    fault = Fault("--out", None, None, str(folder), expected)
    try:
        if not folder.exists():
            return []
        if not folder.is_dir():
            return [fault]
        names = [path.name for path in folder.iterdir() if not path.name.startswith(".")]
    except OSError as error:
        said = f"a folder that can be read ({error.strerror})"
        return [Fault("--out", None, None, str(folder), said)]
    manifest = runs.read_manifest(folder)
    if manifest is None or manifest.get("kind") != KIND:
        return [fault] if names else []
    if not question_id or manifest.get("question") == question_id:
        return []
    expected = (
        f"a folder for this sweep; {folder} holds one of other cases, settings, tables or draws, "
        "which stays as it is: give another --out, or leave --out away"
    )
    return [Fault("--out", None, None, str(folder), expected)]


@dataclass(frozen=True, slots=True)
class Store:
    """The folder of a sweep.

    Parameters
    ----------
    folder
        Its path.
    request_id, question_id
        Of the sweep: with and without the program that answers.
    """

    folder: Path
    request_id: str
    question_id: str

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder, made if missing and signed as this sweep's.

        Raises
        ------
        InputError
            If it has become another sweep's, or somebody else's, meanwhile.
        retail_portfolio.run.errors.Locked
            If another sweep holds it.
        retail_portfolio.run.errors.PublishFailed
            If it cannot be written.
        """
        with lock.hold(self.folder, {"sweep": self.request_id[:12]}):
            if faults := refuse_folder(self.folder, self.question_id):
                raise InputError(faults)
            if self._manifest().get("status") != "complete":
                self._sign()
            yield

    def _manifest(self) -> dict[str, Any]:
        return runs.read_manifest(self.folder) or {}

    def _sign(self) -> None:
        about = {"request": self.request_id, "question": self.question_id}
        publish.write_manifest(self.folder, {"kind": KIND, "status": "incomplete", **about})

    def finished(self, case_id: str) -> Finished | None:
        """Return a finished case; None where it is not finished, or its files are damaged."""
        path = self._path(case_id, "json")
        try:
            kept = json.loads(path.read_text("utf-8"))
            document = kept["answer"]
            if kept["case"] != case_id or kept["sha256"] != digest(document):
                return None
            wanted = document["worth_sha256"]
            worth = self._path(case_id, "npz").read_bytes() if wanted else b""
        except (OSError, ValueError, KeyError, TypeError):
            return None
        same = not wanted or hashlib.sha256(worth).hexdigest() == wanted
        return Finished(document, worth) if same else None

    def worth(self, case_id: str) -> bytes:
        """Return what plans are worth in a finished case, as it was put away.

        Raises
        ------
        retail_portfolio.run.errors.PublishFailed
            If it cannot be read any more.
        """
        with publish.writing("reading a finished case"):
            return self._path(case_id, "npz").read_bytes()

    def keep(self, case_id: str, finished: Finished) -> None:
        """Put a finished case away.

        Raises
        ------
        retail_portfolio.run.errors.PublishFailed
            If it cannot be written.
        """
        answer = finished.document
        kept = {"case": case_id, "sha256": digest(answer), "answer": answer}
        with publish.writing("keeping a finished case"):
            if finished.worth:
                write_bytes(self._path(case_id, "npz"), finished.worth)
            write_text(self._path(case_id, "json"), json_text(kept))

    def publish(self, files: Mapping[str, str], manifest: Mapping[str, Any]) -> None:
        """Write what a reader takes away, and last the manifest that says it is whole.

        While tables of an earlier program are replaced, the manifest says that they are not whole.

        Parameters
        ----------
        files
            Text by name.
        manifest
            Of the complete sweep.

        Raises
        ------
        retail_portfolio.run.errors.PublishFailed
            If it cannot be written.
        """
        with publish.writing("writing the tables of the sweep"), publish.uninterrupted():
            if self._manifest().get("request") != self.request_id:
                self._sign()
            for name, text in files.items():
                write_text(self.folder / name, text)
            publish.write_manifest(self.folder, dict(manifest))

    def _path(self, case_id: str, ending: str) -> Path:
        return self.folder / _CASES / f"{case_id}.{ending}"
