"""Pages that belong to no feature."""

from flask import Blueprint, render_template

from app.doors.audience import audience

pages = Blueprint("pages", __name__)


@pages.get("/")
@audience("public")
def home() -> str:
    return render_template("home.html")
