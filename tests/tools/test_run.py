"""`make run` before it serves."""

import socket

import pytest

from tools.run import port_problem, welcome


def test_a_free_port_is_no_problem_and_one_in_use_says_what_to_type() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        problem = port_problem("127.0.0.1", str(port))
        assert problem is not None
        assert f"make run PORT={port + 1}" in problem
    assert port_problem("127.0.0.1", str(port)) is None


@pytest.mark.parametrize("port", ["", "abc", "0", "65536", "-1"])
def test_what_is_no_port_is_said(port: str) -> None:
    assert "from 1 to 65535" in (port_problem("127.0.0.1", port) or "")


def test_the_welcome_says_where_and_that_people_are_fictional() -> None:
    assert "http://127.0.0.1:5000" in welcome("127.0.0.1", "5000")
    assert "fictional" in welcome("127.0.0.1", "5000")
