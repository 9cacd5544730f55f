"""The blueprint of a visit's pages; its rooms put their routes on it. Opening one changes nothing."""

from flask import Blueprint
from werkzeug.wrappers import Response

from app.doors.limits import limiter
from app.web.scheduling.private import keep_private

visits = Blueprint("visits", __name__, url_prefix="/visits")
keep_private(visits)
limiter.limit("120 per minute")(visits)

Answer = str | tuple[str, int] | Response
