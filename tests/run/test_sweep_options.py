"""Options of a sweep that name no setting: which addresses a scheduler can have."""

import pytest

from retail_portfolio.run.sweeping.sweep_cases import SweepRequest
from retail_portfolio.run.sweeping.sweep_options import SCHEMES, is_address, option_faults


@pytest.mark.parametrize(
    "text",
    [
        *(f"{scheme}://10.0.0.5:8786" for scheme in SCHEMES),
        *("tcp://scheduler:1", "tcp://a-b.example_1.org:65535", "localhost:8786"),
        *("tcp://[::1]:8786", "[fe80::1]:8786"),
    ],
)
def test_what_can_be_an_address(text):
    assert is_address(text)
    assert option_faults(SweepRequest(scenarios=("base",), scheduler=text)) == []


@pytest.mark.parametrize(
    "text",
    [
        *("foo bar", "foo", "tcp://foo", "tcp://foo:", "tcp://:8786", "://foo:1", "foo:bar"),
        *("inproc://10.0.0.5:8786", "http://foo:8786", "TCP://foo:1", "tcp:foo:1"),
        *(
            "tcp://foo:0",
            "tcp://foo:65536",
            "tcp://foo:123456",
            "tcp://foo:1/path",
            "tcp://u@foo:1",
        ),
        *(" tcp://foo:1", "tcp://foo:1\n", "tcp://fo o:1", "tcp://::1:8786", "tcp://[foo]:1"),
    ],
)
def test_what_cannot(text):
    assert not is_address(text)
    (fault,) = option_faults(SweepRequest(scenarios=("base",), scheduler=text))
    assert (fault.file, fault.value) == ("--scheduler", text)
    assert "HOST:PORT" in fault.expected
    assert all(f"{scheme}://" in fault.expected for scheme in SCHEMES)


def test_every_fault_is_named():
    request = SweepRequest(draws=0, workers=0, scheduler="foo bar")
    assert [fault.file for fault in option_faults(request)] == [
        *("sweep", "--draws", "--workers", "--workers", "--scheduler")
    ]
