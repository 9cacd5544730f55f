"""What pages need of our own is fetched once an edition."""

import re
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from app.doors.static_files import LETTERS, edition_of


def test_a_page_names_the_edition_and_browsers_keep_it(client: FlaskClient) -> None:
    named = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/").text)
    assert len(named) > 5
    for address in named:
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", address


def test_scripts_find_each_other_in_the_same_edition(app: Flask) -> None:
    """They name each other by where they stand."""
    with app.test_request_context():
        main = url_for("static", filename="js/main.js")
    assert re.fullmatch(rf"/static/e-[0-9a-f]{{{LETTERS}}}/js/main\.js", main)
    answer = app.test_client().get(main.replace("main.js", "step.js"))
    assert answer.status_code == 200
    assert answer.cache_control.immutable


@pytest.mark.parametrize("folder", ["", "e-0123456789/"])
def test_what_names_no_edition_or_another_one_is_given_and_not_kept(client: FlaskClient, folder: str) -> None:
    answer = client.get(f"/static/{folder}css/tokens.css")
    assert answer.status_code == 200
    assert answer.cache_control.no_cache
    assert answer.cache_control.max_age is None


@pytest.mark.parametrize("path", ["e-0123456789/../../config.py", "e-x/%2e%2e/config.py", "e-/css/tokens.css", "e-x/"])
def test_nothing_else_is_given(client: FlaskClient, path: str) -> None:
    assert client.get(f"/static/{path}").status_code == 404


def test_every_change_is_another_edition(tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    seen = {edition_of(tmp_path)}
    for path, content in (("a.css", "x"), ("a.css", "y"), ("css/a.css", "y"), ("b.css", "")):
        (tmp_path / path).write_text(content)
        seen.add(edition_of(tmp_path))
    (tmp_path / "a.css").rename(tmp_path / "c.css")
    assert len(seen | {edition_of(tmp_path)}) == 6
