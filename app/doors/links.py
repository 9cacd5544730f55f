"""Addresses: public ones for mails (from BASE_URL, never from the Host header), and which ones may be gone to next."""

import re
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, has_request_context, request, session, url_for

_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def public_url(endpoint: str, **values: object) -> str:
    """The address of an endpoint as the outside knows it; for everything that leaves the house."""
    path = url_for(endpoint, **values)  # type: ignore[arg-type]
    return str(current_app.config["SETTINGS"].base_url) + path


def contact_email() -> str | None:
    """The address that people write to, where the operator gave one."""
    chosen: str | None = current_app.config["SETTINGS"].contact_email
    return chosen


def help_email() -> str:
    """Where somebody answers whose account was taken over: there is always one."""
    return contact_email() or str(current_app.config["SETTINGS"].security_email)


def is_local_path(target: str) -> bool:
    """Whether `target` stays here: one leading slash, no backslash, no control character (browsers bend those)."""
    return _LOCAL.fullmatch(target) is not None


def search_that_led_here() -> str | None:
    """The search on this site from which the browser says it came, with its filters; None when it came from elsewhere."""
    before = page_before()
    return before if before and before.startswith("/therapists?") else None


def page_before() -> str | None:
    """The page of this site from which the browser says it came; None when it came from elsewhere."""
    before = urlsplit(request.referrer or "")
    path = before.path + (f"?{before.query}" if before.query else "")
    return path if before.netloc == request.host and is_local_path(path) else None


def page_above() -> str | None:
    """The nearest address at or above this one that can be opened: where a form that is sent here stands."""
    urls, parts = current_app.url_map.bind(request.host), request.path.rstrip("/").split("/")
    above = ("/".join(parts[:count]) for count in range(len(parts), 1, -1))
    return next((path for path in above if urls.test(path, method="GET")), None)


def signed_in() -> bool:
    """Whether this browser carries a sign-in; costs no query, so error pages can ask it too."""
    return has_request_context() and "_user_id" in session


def answers_a_form() -> bool:
    """Whether this page answers a form at an address that can be opened too, as a refused form's does."""
    if not has_request_context() or request.method != "POST":
        return False
    return current_app.url_map.bind(request.host).test(request.path, method="GET")


def _refuse_foreign_next() -> None:
    """The sign-in library also writes whole addresses of this very site, between two factors."""
    for target in (*request.args.getlist("next"), *request.form.getlist("next")):
        if target and not is_local_path(target.removeprefix(request.host_url.rstrip("/"))):
            abort(400)


def init_app(app: Flask) -> None:
    app.before_request(_refuse_foreign_next)
    app.add_template_global(public_url)
    app.add_template_global(contact_email)
    app.add_template_global(help_email)
    app.add_template_global(signed_in)
    app.add_template_global(answers_a_form)
