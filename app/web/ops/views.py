"""What machines ask: is it alive, can it serve, how is it doing."""

import hmac
from ipaddress import ip_address

from flask import Blueprint, Response, current_app, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from app.core.errors import NotFound
from app.doors.audience import audience
from app.doors.database import db
from app.doors.limits import limiter

ops = Blueprint("ops", __name__)
limiter.exempt(ops)


@ops.get("/healthz")
@audience("public")
def healthz() -> Response:
    return jsonify(status="ok")


@ops.get("/readyz")
@audience("public")
def readyz() -> tuple[Response, int]:
    """Ready when the database answers and has tables."""
    try:
        db.session.execute(text("SELECT 1 FROM therapist LIMIT 1"))
    except Exception:  # noqa: BLE001 - whatever the driver raises, we are not ready
        return jsonify(status="unavailable", database="no answer, or `flask --app app db upgrade` was not run"), 503
    return jsonify(status="ok", database="ok"), 200


@ops.get("/metrics")
@audience("public")
def metrics() -> Response:
    """For who has the token; in development for this machine too. Everybody else finds nothing here.

    In production the near end of the connection is a proxy, so that an address proves nothing.
    """
    if not (_has_token() or _is_at_home()):
        raise NotFound("There is nothing here.")
    return Response(generate_latest(), mimetype=CONTENT_TYPE_LATEST)


def _has_token() -> bool:
    token, given = current_app.config["SETTINGS"].metrics_token, request.authorization
    if not token or given is None or given.type != "bearer" or not given.token:
        return False
    return hmac.compare_digest(given.token.encode(), token.encode())


def _is_at_home() -> bool:
    if current_app.config["SETTINGS"].production:
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
