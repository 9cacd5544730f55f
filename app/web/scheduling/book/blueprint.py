"""The blueprint of a booking's steps; its rooms put their routes on it."""

from flask import Blueprint
from werkzeug.wrappers import Response

from app.web.scheduling.private import keep_private

booking = Blueprint("booking", __name__, url_prefix="/therapists/<slug>/book")
keep_private(booking)

Answer = str | tuple[str, int] | Response
