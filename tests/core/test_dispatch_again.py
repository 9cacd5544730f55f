"""A view whose transaction was in another one's way is called again, unless it has saved something already."""

import io

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.doors import database
from app.doors.database import transaction


class Broken(Exception):
    sqlstate = "40P01"


class There(Exception):
    sqlstate = "23505"


class Unplugged(Exception):
    sqlstate = "08006"


def in_the_way(kind: type[Exception] = Broken) -> OperationalError:
    return OperationalError("UPDATE", {}, kind())


@pytest.fixture
def calls() -> list[str]:
    return []


@pytest.fixture
def small(calls: list[str]) -> FlaskClient:
    """An application of five views; each says in `calls` that it was called."""
    app = Flask("small")
    app.config["SQLALCHEMY_ENGINES"] = {"default": "sqlite://"}
    database.init_app(app)

    @app.post("/upload")
    def upload() -> str:
        calls.append(request.files["file"].read().decode())
        if len(calls) < database.TRIES:
            raise in_the_way()
        return "done"

    @app.post("/saved")
    def saved() -> str:
        calls.append("saved")
        with transaction() as session:
            session.execute(text("SELECT 1"))
        raise in_the_way()

    @app.post("/always")
    def always() -> str:
        calls.append("always")
        raise in_the_way()

    @app.post("/unplugged")
    def unplugged() -> str:
        calls.append("unplugged")
        raise in_the_way(Unplugged)

    @app.post("/twice")
    def twice() -> str:
        calls.append("twice")
        if len(calls) == 1:
            raise in_the_way(There)
        return "found"

    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


def test_a_view_is_called_again_and_reads_what_was_sent_from_its_start(small: FlaskClient, calls: list[str]) -> None:
    answer = small.post("/upload", data={"file": (io.BytesIO(b"all of it"), "a.txt")})
    assert (answer.status_code, calls) == (200, ["all of it"] * database.TRIES)


@pytest.mark.parametrize(("path", "times"), [("saved", 1), ("always", database.TRIES), ("unplugged", 1)])
def test_what_is_saved_is_not_done_twice_and_nothing_is_tried_for_ever(
    small: FlaskClient, calls: list[str], path: str, times: int
) -> None:
    assert small.post(f"/{path}").status_code == 500
    assert calls == [path] * times


def test_who_is_second_to_make_a_row_is_called_again_and_finds_it(small: FlaskClient, calls: list[str]) -> None:
    assert small.post("/twice").text == "found"
    assert calls == ["twice"] * 2


def test_each_request_begins_afresh(small: FlaskClient, calls: list[str]) -> None:
    small.post("/saved")
    calls.clear()
    small.post("/always")
    assert len(calls) == database.TRIES
