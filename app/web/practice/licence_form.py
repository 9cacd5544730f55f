"""A licence as its owner tells it, with a file that shows it: for the set-up and for the practice."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from app.accounts.actors import actor
from app.accounts.roles import THERAPIST
from app.core.errors import DomainError
from app.directory import services as directory
from app.directory.imports.boards import boards
from app.directory.jurisdictions import NAMES
from app.directory.models import Licence, Therapist
from app.directory.services.evidence import MOST_BYTES, Fit, fit_to_keep
from app.directory.services.parts import own as own_part
from app.doors.caller import signed_in_user
from app.doors.database import transaction
from app.scheduling.services import lock
from app.web.fields import CarefulForm, columns, far_dates_refused, not_blank, plain

SEEN = ("jurisdiction", "number", "expires_on")


class LicenceFileForm(CarefulForm):
    file = FileField(
        _l("A picture or PDF of your licence"),
        description=_l(
            "We can check it sooner then. JPEG, PNG, WebP or PDF, 5 MB at most. Only you and those who check licences see it."
        ),
    )

    def sent(self) -> Fit | None:
        """What was chosen, read no further than needed to see that it is too large; Invalid when it cannot be kept."""
        chosen = self.file.data
        return fit_to_keep(chosen.read(MOST_BYTES + 1)) if chosen else None


class LicenceForm(LicenceFileForm):
    jurisdiction = SelectField(
        _l("Licensed in"), choices=[SelectChoice(code, name) for code, name in NAMES.items()], default="US-AL"
    )
    number = StringField(_l("Licence number"), [not_blank(_l("Write the number on your licence.")), Length(max=40)])
    expires_on = DateField(
        _l("Valid until"),
        [Optional(), far_dates_refused],
        description=_l("We remind you before. Your page is hidden when it runs out."),
    )

    def facts(self) -> dict[str, Any]:
        code = self.jurisdiction.data
        return {
            "jurisdiction": code,
            "number": plain(self.number.data),
            "expires_on": self.expires_on.data,
            "issuer": boards()[code].name if code in boards() else "",
        }


def first_state(own: Therapist) -> str:
    """Where a licence is most likely from: where the practice is."""
    return own.locations[0].jurisdiction if own.locations else next(iter(NAMES))


def me_as_actor() -> str:
    return actor(THERAPIST, signed_in_user().id)


def keep_licence(
    form: LicenceForm, therapist_id: int, licence_id: int | None, *, careful: bool = False
) -> Licence | None:
    """Save what was told and sent, both or neither; None when something stands against it, which the form then says.

    Conflict "stale", when `careful`, for a licence that is not any more as its page showed it.
    """
    by = me_as_actor()
    try:
        file = form.sent()
        with transaction() as session:
            lock(session, therapist_id)
            if careful and licence_id is not None:
                form.check_seen(columns(own_part(session, Licence, therapist_id, licence_id), SEEN))
            row = directory.report_licence(session, therapist_id, licence_id, form.facts(), actor=by)
            if file is not None:
                directory.add_evidence(session, row.id, file, by)
            return row
    except DomainError as error:
        if error.code == "stale":
            raise
        form.blame(error, "number")
        return None
