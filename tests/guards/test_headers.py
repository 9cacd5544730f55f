"""Every answer, whatever it is and however it went, tells browsers what it may do: nothing that we do not need."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factories import therapist
from tests.guards.test_pages import plain_pages

POLICY = {
    "default-src": {"'none'"},
    "style-src": {"'self'"},
    "img-src": {"'self'", "data:"},
    "connect-src": {"'self'"},
    "font-src": {"'self'"},
    "manifest-src": {"'self'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'none'"},
    "base-uri": {"'none'"},
    "object-src": {"'none'"},
}
"""The whole of it, with `script-src`, which also names this answer's nonce."""
OWN_POLICY = re.compile(r"^/dev/mailbox")
ALWAYS = {
    "X-Content-Type-Options": {"nosniff"},
    "X-Frame-Options": {"DENY"},
    "Referrer-Policy": {"same-origin", "no-referrer"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
    "Cross-Origin-Resource-Policy": {"same-origin", "cross-origin"},
}
OTHERS = ("/nowhere", "/api/v1/nowhere", "/therapists/nobody", "/visits/x", "/static/css/tokens.css", "/healthz")
SOURCE = re.compile(r"<(?:script|img|iframe|source|audio|video|embed|object)\b[^>]*\b(?:src|data)=\"([^\"]*)\"")
SHEET = re.compile(r"<link\b(?=[^>]*rel=\"(?:stylesheet|icon|preload|modulepreload|manifest)\")[^>]*href=\"([^\"]*)\"")


@pytest.fixture
def over_https(app: Flask) -> Iterator[None]:
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, base_url="https://unknot.example")
    yield
    app.config["SETTINGS"] = before


def policy_of(answer: TestResponse) -> dict[str, set[str]]:
    parts = [part.split() for part in answer.headers["Content-Security-Policy"].split(";")]
    return {name: {*sources} for name, *sources in parts}


def wrong_with(answer: TestResponse) -> list[str]:
    wrong = [
        f"{name}: {answer.headers.get(name)}"
        for name, fine in ALWAYS.items()
        if answer.headers.getlist(name) not in [[each] for each in fine]
    ]
    policy = policy_of(answer)
    scripts = policy.pop("script-src")
    nonces = {each for each in scripts if re.fullmatch(r"'nonce-[\w-]{20,}'", each)}
    if policy != POLICY or scripts - nonces != {"'self'"} or len(nonces) > 1:
        wrong.append(f"Content-Security-Policy: {answer.headers['Content-Security-Policy']}")
    if not answer.headers.get("Strict-Transport-Security", "").startswith("max-age=63072000; includeSubDomains"):
        wrong.append("no Strict-Transport-Security")
    if answer.mimetype == "text/html":
        strange = [
            url for url in SOURCE.findall(answer.text) + SHEET.findall(answer.text) if re.match(r"https?:|//", url)
        ]
        wrong += [f"asks elsewhere for {url}" for url in strange]
    return wrong


@pytest.mark.usefixtures("over_https")
def test_every_answer_carries_them(app: Flask, client: FlaskClient) -> None:
    paths = [path for path in plain_pages(app) if not OWN_POLICY.match(path)] + [*OTHERS]
    wrong = {path: found for path in paths if (found := wrong_with(client.get(path)))}
    wrong |= {f"POST {path}": found for path in OTHERS if (found := wrong_with(client.post(path)))}
    assert len(paths) > 40
    assert not wrong


def test_a_nonce_is_used_once(client: FlaskClient, session: Session) -> None:
    slug = therapist(session).slug
    session.commit()
    answers = [client.get(f"/therapists/{slug}") for _ in range(3)]
    nonces = [re.findall(r"'nonce-([\w-]+)'", each.headers["Content-Security-Policy"]) for each in answers]
    assert [len(each) for each in nonces] == [1, 1, 1]
    assert len({each[0] for each in nonces}) == 3
    assert all(f'nonce="{each[0]}"' in answer.text for each, answer in zip(nonces, answers, strict=True))
