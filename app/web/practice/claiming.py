"""Taking over an imported page: find it, name its numbers, prove it by a code or to an admin."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from app.accounts.actors import actor
from app.accounts.roles import SIGNED_IN
from app.core import clock
from app.core.errors import Conflict, Invalid
from app.directory import services as directory
from app.directory.claim_models import Claim
from app.directory.demo.services import ORIGIN
from app.directory.models import Therapist
from app.directory.npi import is_npi
from app.directory.queries import claimable, therapist_by_slug
from app.doors.audience import audience
from app.doors.caller import caller, signed_in_user
from app.doors.database import db, transaction
from app.doors.limits import limiter
from app.doors.locale import said
from app.web.fields import not_blank, plain
from app.web.practice.licence_form import LicenceFileForm
from app.web.practice.room import practice

Answer = str | Response | tuple[str, int]


class ClaimForm(FlaskForm):
    npi = StringField(
        _l("NPI"),
        [not_blank(_l("Write your NPI.")), Length(max=20)],
        description=_l("Ten digits, from the national registry."),
    )
    licence_number = StringField(
        _l("Licence number"), [not_blank(_l("Write the number on your licence.")), Length(max=40)]
    )


class CodeForm(FlaskForm):
    code = StringField(_l("Code"), [not_blank(_l("Type the code from the mail.")), Length(max=12)])


class EvidenceForm(LicenceFileForm):
    """Words, and a file if there is one."""

    evidence = TextAreaField(
        _l("How can we see that it is you?"),
        [not_blank(_l("Say how we can see that it is you.")), Length(max=2000)],
        description=_l(
            "A phone number that the board has for you, your website, your studio. Please nothing about health."
        ),
    )


@practice.get("/claim")
@audience("public")
@limiter.limit("60 per hour")
def claim_search() -> str:
    """Find one's own page by name or NPI."""
    text = plain(request.args.get("q"))[:80]
    found = claimable(db.session, text) if len(text) >= 2 else []
    return render_template("practice/claim_search.html", text=text, found=found)


@practice.route("/claim/<slug>", methods=["GET", "POST"])
@audience("public")
@limiter.limit("10 per hour", methods=["POST"])
def claim(slug: str) -> Answer:
    """What it takes, and for those who are signed in the two numbers."""
    therapist = therapist_by_slug(db.session, slug)
    form, person = ClaimForm(), caller()
    waiting = directory.open_claim(db.session, person.id) if person else None
    if waiting and waiting.therapist_id == therapist.id and request.method == "GET" and "again" not in request.args:
        return redirect(url_for(".prove", claim_id=waiting.id))
    if person is None or therapist.claimed:
        return render_template("practice/claim.html", therapist=therapist, form=None)
    if form.validate_on_submit():
        npi = "".join(c for c in form.npi.data or "" if c.isdigit())
        if not is_npi(npi):
            form.npi.errors = [_("That is not an NPI. Check its ten digits: one may be mistyped.")]
        else:
            try:
                return _start(therapist, npi, plain(form.licence_number.data))
            except (Invalid, Conflict) as error:
                db.session.rollback()
                form.licence_number.errors = [said(error)]
                therapist = therapist_by_slug(db.session, slug)
    page = render_template("practice/claim.html", therapist=therapist, form=form, demo=_of_nobody(therapist))
    return page, 422 if form.errors else 200


def _of_nobody(therapist: Therapist) -> tuple[str, str] | None:
    """The numbers of a fictional page, which stand in no registry, for those who try the product out."""
    if therapist.origin != ORIGIN or not therapist.npi or not therapist.licences:
        return None
    return therapist.npi, therapist.licences[0].number


@practice.route("/claims/<int:claim_id>", methods=["GET", "POST"])
@audience(*SIGNED_IN)
@limiter.limit("20 per hour", methods=["POST"])
def prove(claim_id: int) -> Answer:
    """The code from the mail, or words for an admin."""
    one = directory.own_claim(db.session, claim_id, signed_in_user().id)
    code, evidence = CodeForm(), EvidenceForm()
    if request.method == "POST" and "evidence" in request.form:
        if evidence.validate_on_submit():
            try:
                return _leave_to_admin(claim_id, evidence)
            except (Conflict, Invalid) as error:
                evidence.blame(error, "evidence")
                one = directory.own_claim(db.session, claim_id, signed_in_user().id)
    elif request.method == "POST" and code.validate_on_submit():
        try:
            if _proved(claim_id, code.code.data or ""):
                flash(_("The page is yours. Look through it, then say how people book."), "ok")
                return redirect(url_for(".page"), code=303)
            code.code.errors = [_("That is not the code in the mail.")]
        except Conflict as error:
            db.session.rollback()
            code.code.errors = [said(error)]
        one = directory.own_claim(db.session, claim_id, signed_in_user().id)
    return _prove_page(one, code, evidence)


def _start(therapist: Therapist, npi: str, number: str) -> Response:
    user_id, therapist_id = signed_in_user().id, therapist.id
    with transaction() as session:
        one = directory.start_claim(session, user_id, therapist_id, npi=npi, licence_number=number, now=clock.now())
    return redirect(url_for(".prove", claim_id=one.id), code=303)


def _proved(claim_id: int, code: str) -> bool:
    user_id = signed_in_user().id
    with transaction() as session:
        return directory.confirm_claim(session, claim_id, user_id, code, clock.now()) is not None


def _leave_to_admin(claim_id: int, form: EvidenceForm) -> Response:
    user_id, file = signed_in_user().id, form.sent()
    with transaction() as session:
        directory.ask_for_decision(session, claim_id, user_id, form.evidence.data or "")
        if file is not None:
            directory.add_claim_evidence(session, claim_id, file, actor("claimant", user_id))
    flash(_("Thank you. A person looks at it; you get a mail."), "ok")
    return redirect(url_for(".prove", claim_id=claim_id), code=303)


def _prove_page(one: Claim, code: CodeForm, evidence: EvidenceForm) -> Answer:
    therapist = db.session.get_one(Therapist, one.therapist_id)
    wrong = bool(code.errors or evidence.errors)
    page = render_template(
        "practice/prove.html", claim=one, therapist=therapist, code=code, evidence=evidence,
        address=_masked(therapist.email) if one.state == "code" else None,
    )  # fmt: skip
    return page, 422 if wrong else 200


def _masked(email: str | None) -> str:
    """j…@example.com: enough to know which mailbox, too little to learn an address."""
    local, _at, host = (email or "").partition("@")
    return f"{local[:1]}…@{host}" if host else ""
