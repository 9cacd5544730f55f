"""Every page that a visitor can open without an object is valid HTML with one title and no duplicate id."""

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.html import problems_of


def plain_pages(app: Flask) -> list[str]:
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    return sorted(rule.rule for rule in rules)


def test_every_plain_page_is_sound(app: Flask, client: FlaskClient) -> None:
    seen = 0
    for path in plain_pages(app):
        answer = client.get(path)
        if answer.mimetype != "text/html":
            continue
        seen += 1
        assert answer.status_code < 500, path
        assert not problems_of(answer.text), f"{path}: {problems_of(answer.text)}"
    assert seen > 0


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("<!doctype html><title>a</title><p id=x></p><p id=x></p>", "duplicate id"),
        ("<!doctype html><p>no title</p>", "title"),
        ("<!doctype html><title>a</title><p style='color:red'>", "inline style"),
        ("<!doctype html><title>a</title><div><p></div></b>", "parse"),
    ],
)
def test_the_guard_sees_what_is_wrong(text: str, word: str) -> None:
    assert any(word in problem for problem in problems_of(text))


def test_html5lib_is_strict_here() -> None:
    parser = html5lib.HTMLParser()
    parser.parse("<p></b>")
    assert parser.errors
