"""`/get-help-now`: the emergency signs, and what to do. Never beside free times."""

from flask import Blueprint, render_template

from app.doors.audience import audience

help_now = Blueprint("help_now", __name__)


@help_now.get("/get-help-now")
@audience("public")
def get_help_now() -> str:
    return render_template("scheduling/help_now.html", back_url=None)
