"""Fetching from strangers: what is refused, and that nothing is asked of what is refused."""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from app.core.fetching import Gate, Unfetchable, fetch, resolve, status_of
from tests.support.certificates import certificate
from tests.support.elsewhere import PATIENCE

Answer = Callable[[BaseHTTPRequestHandler], None]
POLL = 0.01
"""Seconds between two looks of a server at whether it shall stop."""


@contextmanager
def serving(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[tuple[int, list[dict[str, str]]]]:
    """A server on the loopback: its port, and the requests it saw."""
    seen: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append({"path": self.path, **{name.lower(): value for name, value in self.headers.items()}})
            answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True)
    thread.start()
    try:
        yield server.server_port, seen
    finally:
        server.shutdown()
        server.server_close()


def says(body: bytes = b"hello", status: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def redirects(to: Callable[[str], str]) -> Answer:
    return lambda handler: says(b"", 302, Location=to(handler.path))(handler)


def loopback(**facts: object) -> Gate:
    """A gate that takes every name to the loopback, as if that were outside."""
    return Gate(**{"resolve": lambda *_: ["127.0.0.1"], "may_reach": lambda _: True, "ports": None, **facts})  # type: ignore[arg-type]


@pytest.fixture
def no_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> socket.socket:
        raise AssertionError("something was asked")

    monkeypatch.setattr(socket, "create_connection", refuse)


@pytest.mark.usefixtures("no_connections")
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://017700000001/",
        "http://localhost/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[fe80::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/",
        "http://10.0.0.1/calendar.ics",
        "http://0/",
        "http://①②⑦.⓪.⓪.①/",
        "webcal://192.168.0.1/calendar.ics",
        "https://8.8.8.8:22/",
        "http://8.8.8.8:6379/",
        "ftp://8.8.8.8/calendar.ics",
        "file:///etc/passwd",
        "gopher://8.8.8.8/",
        "http://user:secret@8.8.8.8/",
        "http://8.8.8.8\r\nX: y/",
        "http://8.8.8.8:99999/",
        "https:///calendar.ics",
        "calendar.ics",
        "",
    ],
)
def test_what_leads_inside_or_is_odd_is_refused_and_never_asked(url: str) -> None:
    with pytest.raises(Unfetchable) as refused:
        fetch(url)
    assert refused.value.code == "address-refused"
    assert status_of(url) is None


@pytest.mark.usefixtures("no_connections")
def test_one_inner_address_among_outer_ones_is_enough_to_refuse() -> None:
    with pytest.raises(Unfetchable, match="private network"):
        fetch("https://calendar.example/a.ics", Gate(resolve=lambda *_: ["8.8.8.8", "10.0.0.1"]))


def test_what_a_name_means_is_asked_once_and_the_checked_address_is_the_one_connected_to() -> None:
    """Rebinding: a name that is outside when it is checked and inside afterwards."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    with serving(says()) as (port, seen):
        gate = loopback(resolve=lambda *_: next(answers))
        assert fetch(f"http://rebinding.example:{port}/a.ics", gate).body == b"hello"
    assert next(answers) == ["10.0.0.1"]
    assert seen[0]["host"] == f"rebinding.example:{port}"


def test_every_hop_is_checked_again() -> None:
    with serving(redirects(lambda _: "http://inner.example/secret")) as (port, seen):
        inside = {"inner.example": ["10.0.0.1"]}
        gate = loopback(
            resolve=lambda host, _port: inside.get(host, ["127.0.0.1"]), may_reach=lambda each: each == "127.0.0.1"
        )
        with pytest.raises(Unfetchable) as refused:
            fetch(f"http://outer.example:{port}/", gate)
    assert refused.value.code == "address-refused"
    assert len(seen) == 1


def test_three_redirects_are_followed_and_a_fourth_is_not() -> None:
    def on(path: str) -> str:
        return f"/{int(path[1:]) + 1}"

    def answer(handler: BaseHTTPRequestHandler) -> None:
        (says(b"there") if handler.path == "/4" else redirects(on))(handler)

    with serving(answer) as (port, _):
        assert fetch(f"http://a.example:{port}/1", loopback()).body == b"there"
        with pytest.raises(Unfetchable, match="on and on"):
            fetch(f"http://a.example:{port}/0", loopback())


def test_a_promise_of_little_does_not_let_much_in() -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"x" * 200_000)

    with serving(answer) as (port, _), pytest.raises(Unfetchable) as refused:
        fetch(f"http://a.example:{port}/", loopback(most_bytes=100_000))
    assert refused.value.code == "too-large"


@pytest.mark.parametrize("slow", ["status", "body"])
def test_a_server_that_drips_is_cut_off_in_time(slow: str) -> None:
    cut_off = threading.Event()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"" if slow == "status" else b"\r\n"))
        try:
            for _ in range(400):
                handler.wfile.write(b"X")
                handler.wfile.flush()
                time.sleep(0.05)
        except OSError:
            cut_off.set()

    with serving(answer) as (port, _):
        with pytest.raises(Unfetchable) as refused:
            fetch(f"http://a.example:{port}/", loopback(seconds=0.5))
        assert refused.value.code == "too-slow"
        assert cut_off.wait(PATIENCE), "it was waited for to the end"


def test_a_file_that_ends_too_early_is_not_taken_for_whole() -> None:
    with serving(says(b"half", Content_Length="8")) as (port, _), pytest.raises(Unfetchable):
        fetch(f"http://a.example:{port}/", loopback())


def test_what_did_not_change_is_not_sent_again() -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        known = handler.headers.get("If-None-Match") == '"one"'
        (says(b"", 304) if known else says(b"all", ETag='"one"', Last_Modified="Sat, 21 Nov 2026 05:00:00 GMT"))(
            handler
        )

    with serving(answer) as (port, seen):
        first = fetch(f"http://a.example:{port}/", loopback())
        again = fetch(f"http://a.example:{port}/", loopback(), etag=first.etag, last_modified=first.last_modified)
    assert (first.status, first.body, again.status, again.body) == (200, b"all", 304, b"")
    assert seen[1]["if-modified-since"] == "Sat, 21 Nov 2026 05:00:00 GMT"


def test_the_status_of_a_link_is_that_at_the_end() -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        (says(b"gone", 410) if handler.path == "/new" else redirects(lambda _: "/new"))(handler)

    with serving(answer) as (port, _):
        assert status_of(f"http://a.example:{port}/old", loopback()) == 410


def test_the_certificate_must_be_that_of_the_name_though_the_address_is_pinned(tmp_path: Path) -> None:
    path = certificate(tmp_path, "calendar.example")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(path)
    trusting = ssl.create_default_context(cafile=str(path))
    with serving(says(b"sealed"), tls) as (port, _):
        assert fetch(f"webcal://calendar.example:{port}/", loopback(tls=trusting)).body == b"sealed"
        with pytest.raises(Unfetchable, match="certificate"):
            fetch(f"https://other.example:{port}/", loopback(tls=trusting))


def test_the_systems_resolver_turns_odd_spellings_into_plain_addresses() -> None:
    for odd in ("127.1", "0x7f000001", "2130706433"):
        assert [str(ipaddress.ip_address(each)) for each in resolve(odd, 80)] == ["127.0.0.1"]
