"""Every answer, whatever it is and however it went, tells browsers what it may do: nothing that we do not need."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core import crypto
from app.doors.audience import declared
from app.factory import create_app
from config import from_environment
from tests.factories import therapist
from tests.guards.test_pages import plain_pages
from tests.support.accounts import make_user, sign_in

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
UNSAFE = ("unsafe", "*", "http:", "data:text", "strict-dynamic")
PRODUCTION = {
    "APP_ENV": "production",
    "DATABASE_URL": "sqlite://",
    "SECRET_KEY": "k" * 40,
    "DATA_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "BASE_URL": "https://unknot.example",
}
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


def test_what_is_not_everybodys_is_kept_in_no_cache(app: Flask, client: FlaskClient) -> None:
    """Pages of a role, and whatever an address with a secret in it opens, in the JSON door too."""
    closed = {
        re.sub(r"<[^>]*>", "1", rule.rule)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and "public" not in declared(app, rule.endpoint)
    }
    secret = {
        re.sub(r"<[^>]*>", "x" * 27, re.sub(r"<int:[^>]*>", "1", rule.rule))
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and {"token", "code", "key"} & rule.arguments
    }
    assert len(closed) > 60
    assert len(secret) > 12
    kept = {
        path: how for path in closed | secret if (how := client.get(path).headers.get("Cache-Control")) != "no-store"
    }
    assert not kept


def test_a_page_for_everybody_is_ones_own_while_signed_in(app: Flask, client: FlaskClient) -> None:
    assert "no-store" not in client.get("/").headers.get("Cache-Control", "")
    make_user(app)
    sign_in(client)
    assert client.get("/").headers["Cache-Control"] == "private, no-cache"


def test_mozillas_observatory_has_nothing_to_take_off(app: Flask, tmp_path: Path) -> None:
    """What its scoring looks at (cookies, CSP, framing, sniffing, referrer, CORP, HSTS), as production answers.

    That plain HTTP leads to HTTPS is the proxy's part.
    """
    settings = from_environment({**PRODUCTION, "INSTANCE_PATH": str(tmp_path)})
    public = create_app(settings, {"TESTING": True})
    crypto.use_keys(app.config["SETTINGS"].data_keys)
    answer = public.test_client().get("/account/login?lang=es", base_url=settings.base_url)
    policy = policy_of(answer)
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == {"'none'"}
    assert not any(word in source for sources in policy.values() for source in sources for word in UNSAFE)
    assert int(re.findall(r"max-age=(\d+)", answer.headers["Strict-Transport-Security"])[0]) >= 365 * 24 * 3600
    assert (answer.headers["X-Content-Type-Options"], answer.headers["X-Frame-Options"]) == ("nosniff", "DENY")
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))


def test_a_nonce_is_used_once(client: FlaskClient, session: Session) -> None:
    slug = therapist(session).slug
    session.commit()
    answers = [client.get(f"/therapists/{slug}") for _ in range(3)]
    nonces = [re.findall(r"'nonce-([\w-]+)'", each.headers["Content-Security-Policy"]) for each in answers]
    assert [len(each) for each in nonces] == [1, 1, 1]
    assert len({each[0] for each in nonces}) == 3
    assert all(f'nonce="{each[0]}"' in answer.text for each, answer in zip(nonces, answers, strict=True))
