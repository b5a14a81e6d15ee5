"""A stand-in for the Census Bureau's service on the loopback, asked by the true client.

It knows the American Community Survey of one year for any ZIP area: figures made of the code.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from requests.adapters import HTTPAdapter

KEY = "0123456789abcdef-secret"
YEAR = 2023
NO_FIGURE = -666666666
ZCTA = "zip code tabulation area"
REAL = "https://api.census.gov/"


def figures(code: str) -> dict[str, Any]:
    """Return what the stand-in says of a ZIP area."""
    people = 1000 + int(code) % 500
    return {
        "B01003_001E": people,
        "B11001_001E": people // 2,
        "B19013_001E": 50_000 + int(code),
        "B19001_001E": people // 2,
        "B19001_017E": people // 8,
        "B15003_001E": 800,
        "B15003_022E": 100,
        "B15003_023E": 60,
        "B15003_024E": 30,
        "B15003_025E": 10,
        "B08201_001E": people // 2,
        "B08201_002E": people // 20,
    }


class StandIn:
    """What the service answers, and what it was asked."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.asked: list[str] = []
        self.changed: dict[str, dict[str, Any]] = {}
        self.missing: set[str] = set()
        self.reply: tuple[int, str] | None = None

    def answer(self, path: str) -> tuple[int, str]:
        """Return status and text for a request."""
        self.asked.append(path)
        if self.reply is not None:
            return self.reply
        asked = parse_qs(urlsplit(path).query)
        if asked.get("key") != [KEY]:
            return 200, "<html><head><title>Invalid Key</title></head></html>"
        if not urlsplit(path).path.startswith(f"/data/{YEAR}/acs/acs5"):
            return 404, "<title>404 Not Found</title>"
        if "/variables/" in path:
            return 200, json.dumps({"predicateType": "int"})
        names = asked["get"][0].split(",")
        codes = asked["for"][0].removeprefix(f"{ZCTA}:").split(",")
        rows = [
            [*({**figures(code), **self.changed.get(code, {})}[name] for name in names), code]
            for code in codes
            if code not in self.missing
        ]
        texts = [[None if cell is None else str(cell) for cell in row] for row in rows]
        return 200, json.dumps([[*names, ZCTA], *texts])


class _ToLoopback(HTTPAdapter):
    """Sends what is meant for the Bureau to the stand-in."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        address = str(request.url)
        assert address.startswith(REAL), address
        request.url = f"http://127.0.0.1:{self.port}/{address.removeprefix(REAL)}"
        return super().send(request, *args, **{**kwargs, "timeout": 5, "proxies": {}})


def session_to(port: int) -> requests.Session:
    """Return a session that reaches the stand-in and nothing else."""
    session = requests.Session()
    session.trust_env = False
    session.adapters.clear()
    session.mount("https://", _ToLoopback(port))
    return session


@contextlib.contextmanager
def stand_in() -> Iterator[StandIn]:
    """Run the service."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, text = service.answer(self.path)
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service = StandIn(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
