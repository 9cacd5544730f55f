"""What machines ask: is it alive, can it serve, how is it doing."""

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

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
    return Response(generate_latest(), mimetype=CONTENT_TYPE_LATEST)
