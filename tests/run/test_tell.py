import json
import sys

import pytest

from retail_portfolio.run.publishing import tell as told
from retail_portfolio.run.publishing.tell import command_faults, tell
from tests.run.workshop import NamedPipe

PYTHON = sys.executable


@pytest.mark.parametrize("command", ["", PYTHON, f"{PYTHON} -c 'print(1)'"])
def test_command_that_can_be_started(command):
    assert command_faults("--on-change", command) == []


@pytest.mark.parametrize(
    ("command", "said"),
    [("no-such-program --at-all", "can be started"), ("echo 'half", "quoted"), (" ", "started")],
)
def test_command_that_cannot_be_started_is_known_before(command, said):
    (fault,) = command_faults("--on-failure", command)
    assert fault.file == "--on-failure"
    assert said in fault.expected


def test_command_gets_the_manifest_and_the_status(tmp_path):
    writes = "import os, sys; print(os.environ['RETAIL_PORTFOLIO_EXIT_STATUS'], sys.stdin.read())"
    place = tmp_path / "got"
    code = f"{writes.replace('print(', 'print(', 1)[:-1]}, file=open({str(place)!r}, 'w'))"
    assert tell("--on-failure", f'{PYTHON} -c "{code}"', {"run_id": "a \u00e9"}, 4) == ""
    status, text = place.read_text(encoding="utf-8").split(" ", 1)
    assert status == "4"
    assert json.loads(text) == {"run_id": "a \u00e9"}


def test_no_shell_reads_the_command(tmp_path):
    place = tmp_path / "made"
    assert tell("--on-change", f"{PYTHON} -c 0 ; touch {place}", {}, 0) == ""
    assert not place.exists()


def test_command_that_fails_says_how():
    code = "import sys; print('no mail'); print('today'); sys.exit(3)"
    said = tell("--on-change", f'{PYTHON} -c "{code}"', {}, 0)
    assert said == "the command of --on-change ended with 3: no mail; today"


def test_command_that_has_gone_meanwhile():
    assert "could not be started: No such file" in tell("--on-change", "/no/such", {}, 0)


def test_command_that_does_not_read_is_no_fault():
    assert tell("--on-change", f"{PYTHON} -c 0", {"text": "x" * 1_000_000}, 0) == ""


@pytest.mark.slow
def test_command_that_hangs_is_ended_with_all_it_started(monkeypatch, tmp_path):
    monkeypatch.setattr(told, "TELL_SECONDS", 2.0)
    pipe = NamedPipe(tmp_path / "pipe")
    code = (
        f"import os, subprocess; end = os.open({str(pipe.path)!r}, os.O_WRONLY); "
        "os.write(end, b'began'); subprocess.run(['sleep', '1000'], pass_fds=[end])"
    )
    assert tell("--on-change", f'{PYTHON} -c "{code}"', {}, 0).endswith("longer than 2 seconds")
    assert pipe.read() == "began"
    assert pipe.read() == ""  # nobody holds the other end any more
    pipe.close()


def test_what_it_leaves_in_the_background_is_not_waited_for():
    code = "import subprocess; subprocess.Popen(['sleep', '5'])"
    assert tell("--on-change", f'{PYTHON} -c "{code}"', {}, 0) == ""
