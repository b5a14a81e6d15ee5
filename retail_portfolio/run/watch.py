"""Who watches a run is told how it ended: ``status.json``, ``--on-failure``, ``--on-change``."""

from __future__ import annotations

import contextlib
import datetime as dt
import signal
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from retail_portfolio.inputs.faults import InputError
from retail_portfolio.run.errors import (
    Interrupted,
    Locked,
    PublishFailed,
    RunError,
    exit_status,
)
from retail_portfolio.run.manifest import describe_failure
from retail_portfolio.run.publishing import status
from retail_portfolio.run.publishing.lock import hold
from retail_portfolio.run.publishing.publish import uninterrupted
from retail_portfolio.run.publishing.runs import read_manifest, stamp
from retail_portfolio.run.publishing.tell import command_faults, tell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from retail_portfolio.run.executing.progress import Progress
    from retail_portfolio.run.publishing.recovery import Found
    from retail_portfolio.run.request import Request

_REFUSED = 2
_KILLED = 128 + signal.SIGKILL


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(slots=True)
class Watch:
    """How one command ends, and who has to be told.

    Parameters
    ----------
    request
        What is asked for; names the reports folder and the commands.
    progress
        Is told where nobody else could be.

    Attributes
    ----------
    made
        The manifest of each report that was published.
    """

    request: Request
    progress: Progress
    made: list[dict[str, Any]] = field(default_factory=list)
    _begun: dt.datetime = field(default_factory=_now)
    _before: Mapping[str, Any] = field(default_factory=dict)
    _killed: list[str] = field(default_factory=list)
    _noted: bool = False

    def take_over(self, found: Found) -> None:
        """Say what an earlier run had left behind; what was killed is told as a failure."""
        for sentence in found.sentences:
            self.progress.tell("taken_over", sentence, level="warning")
        self._killed += found.killed

    @contextlib.contextmanager
    def noted(self) -> Iterator[None]:
        """Write the status when what is done within ends; the caller holds the folder."""
        try:
            yield
        except (Exception, Interrupted) as error:
            self._note(error)
            raise
        self._note(None)

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Tell how what is done within ends: the status, where `noted` has not, and the commands.

        Raises
        ------
        PublishFailed
            If everything is published and a command could not be told of it.
        """
        try:
            yield
        except (Exception, Interrupted) as error:
            self._note_holding(error)
            if problem := self._tell_changes():
                self.progress.say(problem)
            self._tell_killed()
            self._tell_failure(error)
            raise
        self._note_holding(None)
        self._tell_killed()
        if problem := self._tell_changes():
            raise PublishFailed(f"the report is published, but nobody was told: {problem}")

    def _note_holding(self, error: BaseException | None) -> None:
        """Write the status of a command that never held the folder, where nobody else does."""
        try:
            reports = self.request.reports
        except InputError:
            return  # there is no folder for a status, and the error itself says so
        if self._noted or isinstance(error, Locked) or not reports.is_dir():
            return
        owner = {"since": stamp(_now()), "doing": "noting how a run ended"}
        try:
            with uninterrupted(), hold(reports, owner) as found:
                self.take_over(found)
                self._note(error)
        except Locked as held:
            self.progress.say(f"the status was not written: {held}")
        except PublishFailed as problem:
            self.progress.say(f"the status could not be written: {problem}")

    def _note(self, error: BaseException | None) -> None:
        reports = self.request.reports
        try:
            with uninterrupted():
                self._before = status.read(reports)
                status.ended(reports, _now(), self._last(error), self._to_tell())
        except PublishFailed as problem:
            self.progress.say(f"the status could not be written: {problem}")
        self._noted = True

    def _last(self, error: BaseException | None) -> dict[str, Any]:
        """Say in short how it ended."""
        names = [one["run_id"] for one in self.made]
        code = 0
        if error is not None:
            code = exit_status(error)
            outcome, message = "refused" if code == _REFUSED else "failed", str(error)
        elif self.request.again:
            outcome, message = status.COMPARED, "made again, and the same"
        elif self.made:
            outcome, message = "published", ", ".join(names)
        else:
            outcome, message = "unchanged", "nothing has changed since the last report"
        if self.request.again:
            outcome = status.COMPARED
        last = {"outcome": outcome, "exit_status": code, "message": message, "runs": names}
        return last | {"killed": list(self._killed)}

    def _to_tell(self) -> list[str]:
        """Name the reports of which `--on-change` has not heard, from earlier runs and from this.

        Without the command nothing is added: nobody waits for it.
        """
        untold = [one for one in self._before.get("untold", ()) if isinstance(one, str)]
        if self.request.on_change and not self.request.again:
            untold += [one["run_id"] for one in self.made if one["changes"]["any"]]
        return list(dict.fromkeys(untold))

    def _tell_changes(self) -> str:
        """Tell `--on-change` of every report it has not heard of; return what went wrong."""
        command, waiting = self.request.on_change, self._to_tell()
        if not command or not waiting or command_faults("--on-change", command):
            return ""
        problem = ""
        while waiting and not problem:
            manifest = read_manifest(self.request.reports / waiting[0])
            if manifest is not None:  # else removed meanwhile: there is nothing to look at any more
                problem = tell("--on-change", command, manifest, 0)
            if not problem:
                waiting.pop(0)
        self._amend(waiting, problem)
        return problem

    def _amend(self, untold: list[str], problem: str) -> None:
        """Write down of whom nobody was told; a run whose news went nowhere has not ended well."""
        reports = self.request.reports
        owner = {"since": stamp(_now()), "doing": "noting who was told"}
        try:
            with uninterrupted(), hold(reports, owner) as found:
                self.take_over(found)
                status.told(reports, untold, problem, self._before)
        except (Locked, PublishFailed) as error:
            self.progress.say(f"the status could not be written: {error}")

    def _tell_killed(self) -> None:
        """Tell `--on-failure` of runs that were killed and could not do so themselves."""
        command = self.request.on_failure
        if not command or command_faults("--on-failure", command):
            return
        for run_id in self._killed:
            manifest = read_manifest(self.request.reports / run_id) or {}
            if problem := tell("--on-failure", command, manifest, _KILLED):
                self.progress.say(problem)

    def _tell_failure(self, error: BaseException) -> None:
        command = self.request.on_failure
        if not command or command_faults("--on-failure", command):
            return
        kept = error.kept if isinstance(error, RunError | Interrupted) else None
        manifest = read_manifest(kept) if kept else None
        code = exit_status(error)
        problem = tell("--on-failure", command, manifest or self._of_no_run(error), code)
        if problem:
            self.progress.say(problem)

    def _of_no_run(self, error: BaseException) -> dict[str, Any]:
        """Describe a command that did not come to a manifest, as a manifest would."""
        request = self.request
        return {
            "status": "failed",
            "run_id": None,
            "started": stamp(self._begun),
            "finished": stamp(_now()),
            "scenario": {
                "name": ", ".join(request.scenarios),
                "overrides": list(request.overrides),
            },
            "published": [one["run_id"] for one in self.made],
            "failure": describe_failure(error, {}),
        }
