"""Options of a sweep that name no setting: what is wrong with them, before anything is started."""

from __future__ import annotations

import importlib.util
import ipaddress
import re
from typing import TYPE_CHECKING, Final

from retail_portfolio.inputs.faults import Fault

if TYPE_CHECKING:
    from retail_portfolio.run.sweeping.sweep_cases import SweepRequest

SCHEMES: Final = ("tcp", "tls", "ws", "wss", "ucx")
"""How a scheduler can be reached from another process; without any it is ``tcp``."""
_ADDRESS: Final = re.compile(
    r"(?:(?P<scheme>[a-z]+)://)?(?:\[(?P<six>[^\]]+)\]|(?P<host>[A-Za-z0-9_.-]+)):(?P<port>[0-9]{1,5})"
)
_LAST_PORT: Final = 65_535


def option_faults(request: SweepRequest) -> list[Fault]:
    """Return what is wrong with the options that name no setting, other than the folder.

    Parameters
    ----------
    request
        What is asked for.
    """
    faults = []
    if not request.scenarios and not request.grid:
        expected = "at least one --scenario or --grid"
        faults.append(Fault("sweep", None, None, None, expected))
    for name, value in (("--draws", request.draws), ("--workers", request.workers)):
        if value is not None and value < 1:
            faults.append(Fault(name, None, None, str(value), "a whole number of 1 or more"))
    if request.scheduler and request.workers is not None:
        expected = "no number of workers beside --scheduler, as a cluster has its own"
        faults.append(Fault("--workers", None, None, str(request.workers), expected))
    return faults + _scheduler_faults(request.scheduler)


def _scheduler_faults(address: str) -> list[Fault]:
    if not address:
        return []
    faults = []
    if not is_address(address):
        ways = ", ".join(f"{scheme}://" for scheme in SCHEMES)
        expected = f"the address of a scheduler, HOST:PORT after one of {ways}"
        faults.append(Fault("--scheduler", None, None, address, expected))
    if importlib.util.find_spec("distributed") is None:
        expected = "the package distributed: pip install 'retail-portfolio[cluster]'"
        faults.append(Fault("--scheduler", None, None, address, expected))
    return faults


def is_address(text: str) -> bool:
    """Whether a text can be the address of a scheduler in another process.

    Parameters
    ----------
    text
        As in ``tcp://10.0.0.5:8786``, ``[::1]:8786`` or ``tls://scheduler:8786``.
    """
    found = _ADDRESS.fullmatch(text)
    if found is None or found["scheme"] not in {None, *SCHEMES}:
        return False
    if found["six"] is not None and not _is_version_6(found["six"]):
        return False
    return 1 <= int(found["port"]) <= _LAST_PORT


def _is_version_6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
