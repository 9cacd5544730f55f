"""The workshop: every component in every state, and whole pages on invented values. Development only."""

from flask import Blueprint, render_template, request
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from app.doors.audience import audience
from app.web.dev import samples

dev = Blueprint("dev", __name__, url_prefix="/dev")


class SampleForm(FlaskForm):
    """One field of each kind."""

    class Meta:
        csrf = False

    name = StringField("Your name")
    email = EmailField("E-mail", description="For the confirmation only.")
    area = SelectField("What hurts", choices=[SelectChoice("1", "Lower back"), SelectChoice("2", "Neck")])
    mode = RadioField(
        "How should we reach you",
        choices=[SelectChoice("mail", "By e-mail"), SelectChoice("phone", "By phone")],
        default="mail",
    )
    note = TextAreaField("Anything the therapist should know")
    agree = BooleanField("I have read the house rules")


def sample_form(broken: bool) -> SampleForm:
    form = SampleForm(formdata=None, prefix="broken-" if broken else "")
    if broken:
        form.email.data = "wren@gmial.com"
        form.email.errors = ["Check the address: did you mean gmail.com?"]
        form.mode.errors = ["Choose how we should reach you."]
    return form


@dev.get("/components")
@audience("development")
def components() -> str:
    return render_template(
        "dev/components.html",
        form=sample_form(broken=False),
        broken=sample_form(broken=True),
        cards=samples.CARDS,
        week=samples.week(),
        empty_week=samples.week(empty=True),
        agenda=samples.agenda(),
        chips=samples.CHIPS,
        page=samples.Page(2, 30, "?earlier", "?later"),
        times=samples.times(),
        place=samples.PLACE,
    )


@dev.get("/results")
@audience("development")
def results() -> str:
    return render_template("finder/results.html", **samples.results(request.args.get("case", "many")))


@dev.get("/profile")
@audience("development")
def profile() -> str:
    return render_template("directory/profile.html", **samples.profile(request.args.get("case", "full")))


@dev.get("/home")
@audience("development")
def home() -> str:
    return render_template("home.html", **samples.HOME)


@dev.get("/error/<status>")
@audience("development")
def error(status: str) -> str:
    shown = status if status in {"400", "403", "404", "405", "410", "413", "429", "500", "503", "offline"} else "404"
    return render_template(f"errors/{shown}.html", request_id="0f3a9c")
