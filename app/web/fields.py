"""Fields that forms share: prices as people write them, wall times, what was seen when the form came."""

import hashlib
import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, SelectMultipleField, StringField
from wtforms.validators import NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.errors import Conflict, DomainError, Invalid
from app.core.texts import one_line
from app.doors.locale import said

PRICE = re.compile(r"\$?\s*(\d{1,5})(?:[.,](\d{1,2}))?\s*\$?")
MOST_CENTS = 500_000
FAR_DATE = _l("Check the year: it has to be from 2000 to 2099.")


class PriceField(StringField):
    """An amount such as 95 or 95.50, kept as cents; empty is a price on request."""

    def process_data(self, value: int | None) -> None:
        self.data = value

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        return f"{self.data / 100:.2f}".removesuffix(".00")

    def process_formdata(self, values: list[str]) -> None:
        text = values[0].strip() if values else ""
        self.data = None
        if not text:
            return
        found = PRICE.fullmatch(text.replace(",", ".", 1))
        if not found:
            raise ValueError(_("Write the price as a number, such as 95 or 95.50."))
        self.data = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))
        if self.data > MOST_CENTS:
            raise ValueError(_("That is more than a session can cost here."))


class WholeNumber(IntegerField):
    """A whole number within bounds, or nothing."""

    def __init__(self, label: Any, least: int, most: int, *validators: Any, **more: Any) -> None:
        bounds = NumberRange(least, most, message=_l("A number from %(least)s to %(most)s.", least=least, most=most))
        super().__init__(label, [*(validators or [Optional()]), bounds], **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("Write a whole number.")) from error


class CheckboxesField(SelectMultipleField):
    """Several of a list, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class CarefulForm(FlaskForm):
    """A form that knows what its page showed: `seen` is a seal of the values, so that nothing is overwritten unseen."""

    seen = HiddenField()

    def show(self, values: object) -> None:
        self.seen.data = seal(values)

    def check_seen(self, values: object) -> None:
        """Conflict when the values are not those that the page was made from."""
        if request.form.get("seen") != seal(values):
            raise Conflict(_("This was changed in another window meanwhile."), code="stale")

    def blame(self, error: DomainError, fallback: str) -> None:
        """Show a refusal of a service beside the field that it names."""
        name = error.field if isinstance(error, Invalid) and error.field and error.field in self else fallback
        self[name].errors = [*self[name].errors, said(error)]


def seal(values: object) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


def plain(value: str | None) -> str:
    """A field's line without odd characters."""
    return one_line(value or "")


def not_blank(message: Any) -> Callable[[Any, Any], None]:
    """Required, in our own words, checked on sending."""

    def check(_form: Any, field: Any) -> None:
        if not str(field.data or "").strip():
            raise ValidationError(str(message))

    check.field_flags = {}  # type: ignore[attr-defined]
    return check


EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
"""Days that anybody can mean here. Beyond them also lie the days with which calendars cannot reckon."""


def far_dates_refused(_form: Any, field: Any) -> None:
    """A validator: a day that is a slip of the fingers."""
    if field.data is not None and not is_near(field.data):
        raise ValidationError(FAR_DATE)


def is_near(day: date) -> bool:
    return EARLIEST <= day <= LATEST


def columns(row: object, names: Iterable[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)
