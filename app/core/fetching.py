"""Fetching what a stranger's address names, without being led into our own network.

Every hop is parsed, resolved once, checked, and connected to at exactly the address that was checked: a name that
answers differently the second time (rebinding) is never asked a second time. TLS and Host still speak of the name.
"""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from app.core.addresses import is_public
from app.core.errors import DomainError
from app.core.texts import N_

MOST_HOPS = 3
CHUNK = 64 * 1024
SCHEMES = {"http": "http", "https": "https", "webcal": "https", "webcals": "https"}
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_AS_WRITTEN = "%/?#[]@!$&'()*+,;=:~"
USER_AGENT = "Unknot/1.0 (calendar and link reader)"

Resolve = Callable[[str, int], list[str]]


class Unfetchable(DomainError):
    """`code`: address-refused (we will not), no-answer (it did not), too-large, too-slow."""

    status = 422
    code = "no-answer"


def resolve(host: str, port: int) -> list[str]:
    """The numeric addresses of a name, in the system's order. 127.1, 0x7f000001 and 2130706433 become what they are."""
    return list(dict.fromkeys(str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


@dataclass(frozen=True)
class Gate:
    """What may be reached, and how far we go for it. Tests open it for the loopback; nothing else should."""

    resolve: Resolve = resolve
    may_reach: Callable[[str], bool] = is_public
    ports: frozenset[int] | None = frozenset({80, 443})
    seconds: float = 10
    most_bytes: int = 5 * 1024 * 1024
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)


@dataclass(frozen=True, slots=True)
class Fetched:
    """The answer at the end of the redirects. `body` is empty for anything but 200; 304 means "as you have it"."""

    status: int
    body: bytes
    etag: str | None
    last_modified: str | None


def fetch(url: str, gate: Gate | None = None, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
    """What is at an http, https or webcal address; Unfetchable with a clear word when it will not be had."""
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = {name: value for name, value in conditions.items() if value}
    return _follow(url, gate or Gate(), headers, with_body=True)


def status_of(url: str, gate: Gate | None = None) -> int | None:
    """The final HTTP status of an address, its content not read; None for no answer and for what we refuse."""
    try:
        return _follow(url, gate or Gate(), {}, with_body=False).status
    except Unfetchable:
        return None


def checked(url: str, gate: Gate | None = None) -> str:
    """The address tidied, when its form and where it leads are fit to be fetched; Unfetchable otherwise."""
    gate = gate or Gate()
    parts = _parse(url, gate)
    _addresses(parts, gate, time.monotonic() + gate.seconds)
    return parts.geturl()


def _follow(url: str, gate: Gate, headers: Mapping[str, str], *, with_body: bool) -> Fetched:
    until = time.monotonic() + gate.seconds
    for _hop in range(MOST_HOPS + 1):
        parts = _parse(url, gate)
        with _connected(parts, gate, until) as connection:
            answer = _ask(connection, parts, headers)
            location = answer.getheader("Location")
            if answer.status not in REDIRECTS or not location:
                body = _body(answer, gate.most_bytes) if with_body and answer.status == 200 else b""
                if time.monotonic() >= until:
                    raise TimeoutError
                return Fetched(answer.status, body, _short(answer, "ETag"), _short(answer, "Last-Modified"))
        url = urljoin(parts.geturl(), location)
    raise Unfetchable("This address sends us on and on. Use the one where the file really is.")


def _parse(url: str, gate: Gate) -> SplitResult:
    """The parts of an address that we are willing to ask at all."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
        host = host if ":" in host else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        raise _refused(N_("This is not an address that can be fetched.")) from None
    scheme = SCHEMES.get(parts.scheme.lower())
    if scheme is None or not host or any(ord(letter) <= 32 or ord(letter) == 127 for letter in url.strip()):
        raise _refused(N_("The address must begin with https://, http:// or webcal://."))
    if parts.username is not None or parts.password is not None:
        raise _refused(N_("The address must not contain a user name or password."))
    number = port or (443 if scheme == "https" else 80)
    if gate.ports is not None and number not in gate.ports:
        raise _refused(N_("The address must use the usual port, 80 or 443."))
    netloc = f"[{host}]" if ":" in host else host
    return SplitResult(scheme, f"{netloc}:{number}" if port else netloc, parts.path or "/", parts.query, "")


def _addresses(parts: SplitResult, gate: Gate, until: float) -> list[str]:
    """Where a name leads, every one of it checked: one inner address among them is enough to refuse."""
    found: list[str] = []

    def ask() -> None:
        with contextlib.suppress(OSError, UnicodeError):
            found.extend(gate.resolve(parts.hostname or "", _port(parts)))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(max(0.0, until - time.monotonic()))
    addresses = list(found)
    if not addresses:
        raise Unfetchable("No such server was found. Check the address.")
    if not all(gate.may_reach(address) for address in addresses):
        raise _refused(N_("This address leads inside a private network. Only public addresses can be fetched."))
    return addresses


@contextlib.contextmanager
def _connected(parts: SplitResult, gate: Gate, until: float) -> Iterator[http.client.HTTPConnection]:
    """A connection to an address that was checked, cut when the time is over however slowly the server drips."""
    plain = _open(_addresses(parts, gate, until), _port(parts), until)
    cut = threading.Timer(max(0.0, until - time.monotonic()), _cut, [plain])
    cut.daemon = True
    cut.start()
    try:
        sock: socket.socket = plain
        if parts.scheme == "https":
            sock = gate.tls.wrap_socket(plain, server_hostname=parts.hostname)
        connection = http.client.HTTPConnection(parts.hostname or "", _port(parts))
        connection.sock = sock
        with contextlib.closing(sock):
            yield connection
    except ssl.SSLCertVerificationError:
        raise Unfetchable("The server could not prove that it is who it says (its certificate is not valid).") from None
    except (OSError, http.client.HTTPException, ValueError):
        if time.monotonic() >= until:
            raise Unfetchable("The server took too long to answer.", code="too-slow") from None
        raise Unfetchable("The server did not answer in a way that can be read.") from None
    finally:
        cut.cancel()
        plain.close()


def _open(addresses: list[str], port: int, until: float) -> socket.socket:
    for address in addresses:
        left = until - time.monotonic()
        if left <= 0:
            break
        with contextlib.suppress(OSError):
            return socket.create_connection((address, port), timeout=left)
    raise Unfetchable("The server does not answer.")


def _cut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _ask(
    connection: http.client.HTTPConnection, parts: SplitResult, headers: Mapping[str, str]
) -> http.client.HTTPResponse:
    target = quote(parts.path + (f"?{parts.query}" if parts.query else ""), safe=_AS_WRITTEN)
    connection.putrequest("GET", target, skip_host=True, skip_accept_encoding=True)
    for name, value in {
        "Host": parts.netloc,
        "User-Agent": USER_AGENT,
        "Accept": "text/calendar, */*;q=0.5",
        "Accept-Encoding": "identity",
        "Connection": "close",
        **headers,
    }.items():
        connection.putheader(name, value)
    connection.endheaders()
    return connection.getresponse()


def _body(answer: http.client.HTTPResponse, most: int) -> bytes:
    """The content, never more than `most`, whatever length was promised."""
    if answer.getheader("Content-Encoding", "identity").lower() != "identity":
        raise Unfetchable("The server sends the file packed, which was not asked for.")
    parts, size = [], 0
    while part := answer.read(CHUNK):
        size += len(part)
        if size > most:
            raise Unfetchable("The file is larger than what we read.", code="too-large")
        parts.append(part)
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)
    return b"".join(parts)


def _short(answer: http.client.HTTPResponse, name: str) -> str | None:
    """A header worth sending back: of a sane length, and one line."""
    value = answer.getheader(name)
    return value if value and len(value) <= 200 and value.isprintable() else None


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _refused(words: str) -> Unfetchable:
    return Unfetchable(words, code="address-refused")
