"""A light load: one thread, one epoll, requests built beforehand. `python -m tools.load PORT CLIENTS SECONDS < FILE`.

FILE holds whole HTTP requests, each after its length on a line of its own. Prints JSON: the wall seconds, and of each
request that was answered its number, status and milliseconds. It shares the machine with what it measures, so it
does as little as a client can.
"""

import json
import select
import socket
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"

Answer = tuple[int, int, float]
"""Which request, its status, milliseconds."""


@dataclass(slots=True)
class Connection:
    """One client: the request it waits for, since when, and what has come so far."""

    socket: socket.socket
    number: int = -1
    began: float = 0.0
    buffer: bytes = b""


def post(path: str, body: bytes, headers: Iterable[str] = ()) -> bytes:
    """A whole request, as it goes over the wire."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", *headers]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def write(requests: Sequence[bytes]) -> bytes:
    return b"".join(b"%d\n%s" % (len(each), each) for each in requests)


def read(file: BinaryIO) -> list[bytes]:
    requests = []
    while line := file.readline():
        requests.append(file.read(int(line)))
    return requests


def drive(port: int, requests: Sequence[bytes], clients: int, seconds: float) -> tuple[float, list[Answer]]:
    """Keep `clients` connections busy until the time or the requests are over; what was begun is waited for."""
    poll, answers, next_one = select.epoll(), [], iter(enumerate(requests))
    open_ones: dict[int, Connection] = {}
    began = time.perf_counter()
    for _ in range(clients):
        one = Connection(socket.create_connection(("127.0.0.1", port)))
        one.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if _send(one, next(next_one, None)):
            open_ones[one.socket.fileno()] = one
            poll.register(one.socket, select.EPOLLIN)
    while open_ones:
        for handle, _ in poll.poll(30):
            one = open_ones[handle]
            one.buffer += one.socket.recv(65536)
            status = _status(one.buffer)
            if status is None:
                continue
            now = time.perf_counter()
            answers.append((one.number, status, (now - one.began) * 1000))
            one.buffer = b""
            if now - began > seconds or not _send(one, next(next_one, None)):
                poll.unregister(one.socket)
                open_ones.pop(handle).socket.close()
    return time.perf_counter() - began, answers


def _send(one: Connection, wanted: tuple[int, bytes] | None) -> bool:
    if wanted is None:
        return False
    one.number, request = wanted
    one.began = time.perf_counter()
    one.socket.sendall(request)
    return True


def _status(buffer: bytes) -> int | None:
    """The status of a whole answer; None while some of it is still to come."""
    end = buffer.find(HEAD_END)
    if end < 0:
        return None
    head = buffer[:end].lower()
    at = head.index(LENGTH) + len(LENGTH)
    length = int(head[at:].split(b"\r\n", 1)[0])
    return int(buffer[9:12]) if len(buffer) >= end + len(HEAD_END) + length else None


def main() -> None:
    port, clients, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    took, answers = drive(port, read(sys.stdin.buffer), clients, seconds)
    print(json.dumps({"seconds": took, "answers": answers}))


if __name__ == "__main__":
    main()
