"""A stand-in for the Census Bureau's geocoder, on this machine: what the true client talks to."""

from __future__ import annotations

import contextlib
import csv
import email
import email.policy
import io
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import censusgeocode
import pytest

Answer = Callable[[dict[str, str]], list[str]]
"""From the fields of an address that was sent to the fields of the line that comes back."""
FIELDS = ("id", "street", "city", "state", "zip")


class Geocoder:
    """What was asked, and how it is answered."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.forms: list[dict[str, str]] = []
        self.status = 200
        self.page: str | None = None
        """Sent in place of a list, where not None."""

    def respond(self, path: str, form: dict[str, str]) -> str:
        """Answer one request as the service does: a list without a header, all in quotes."""
        self.paths.append(path)
        self.forms.append(form)
        rows = list(csv.DictReader(io.StringIO(form["addressFile"]), fieldnames=FIELDS))
        self.asked += rows
        if self.page is not None:
            return self.page
        out = io.StringIO(newline="")
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows(self.answer(row) for row in rows)
        return out.getvalue()


def _form(kind: str, body: bytes) -> dict[str, str]:
    """Take a posted form apart."""
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    message = email.message_from_bytes(head + body, policy=email.policy.HTTP)
    found = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        found[str(name)] = part.get_payload(decode=True).decode()
    return found


@contextlib.contextmanager
def geocoder(monkeypatch: pytest.MonkeyPatch, answer: Answer) -> Iterator[Geocoder]:
    """Serve on loopback, and let the true client take it for the Census Bureau."""
    service = Geocoder(answer)

    class Handler(BaseHTTPRequestHandler):
        timeout = 5

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            content = service.respond(self.path, _form(self.headers["Content-Type"], body)).encode()
            self.send_response(service.status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    base = f"http://127.0.0.1:{server.server_port}/geocoder/{{returntype}}/{{searchtype}}"
    monkeypatch.setattr(censusgeocode.CensusGeocode, "_url", base)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    try:
        yield service
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
    assert not thread.is_alive()
