"""A catalogue says everything that the code says, with the same values in it, and nothing that must not be said."""

import re
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract

from app.core.catalogues import LANGUAGES, texts
from config import ROOT
from tests.support.pseudo import of_the_code
from tools.texts import brought_up_to_date, catalogue, key_of, path_of, untranslated

OTHERS = LANGUAGES[1:]
MEND = "\nRun `make texts`, write what it lists into {path}, and commit that file with your change."
VALUES = re.compile(r"%\((\w+)\)([sd])")
AROUND_SIGN_IN = re.compile("app/web/accounts/(?!rooms)")
MARKUP = re.compile(r"<[^>]+>")
ANY_HEALTH_WORD = re.compile(
    r"sciatica|\bback\b|pain|nerve|massage|treatment|\bdisc\b|doctor first"
    r"|ciática|espalda|dolor|nervio|masaje|tratamiento|\bdisco\b|salud|médico primero",
    re.IGNORECASE,
)


@cache
def of(language: str) -> Catalog:
    return catalogue(language)


def forms(text: Any) -> list[str]:
    return list(text) if isinstance(text, list | tuple) else [text]


def mend(language: str) -> str:
    return MEND.format(path=path_of(language).relative_to(ROOT))


def messages(language: str) -> list[Message]:
    return [each for each in of(language) if each.id]


def test_there_is_spanish() -> None:
    assert "es" in OTHERS


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_of_the_code_is_there_and_no_other(language: str) -> None:
    said = {(key_of(each.id), each.context) for each in of_the_code() if each.id}
    kept = {(key_of(each.id), each.context) for each in messages(language)}
    missing, gone = sorted(text for text, _ in said - kept), sorted(text for text, _ in kept - said)
    assert not missing, f"not in the catalogue: {missing[:20]}{mend(language)}"
    assert not gone, f"nobody says these any more: {gone[:20]}{mend(language)}"
    assert not of(language).obsolete, mend(language)


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_for_sure(language: str) -> None:
    empty, unsure = (
        [key_of(each.id) for each in untranslated(of(language))],
        [key_of(each.id) for each in messages(language) if each.fuzzy],
    )
    assert not empty, f"waiting for a translation: {empty[:20]}{mend(language)}"
    assert not unsure, f"marked as fuzzy: {unsure[:20]}{mend(language)}"


@pytest.mark.parametrize("language", OTHERS)
def test_a_plural_has_as_many_forms_as_the_language(language: str) -> None:
    for each in messages(language):
        wanted = of(language).num_plurals if isinstance(each.id, tuple) else 1
        assert len(forms(each.string)) == wanted, each.id


def broken(english: list[str], translated: list[str]) -> bool:
    """Other values, other markup, a lone % sign, or edges that differ. A form for one may leave out the number."""
    values, most = ({*VALUES.findall(english[-1])}, {*VALUES.findall(" ".join(english))})
    fitting = [{*VALUES.findall(form)} for form in translated]
    return (
        any(found != values for found in fitting[1:] or fitting)
        or not fitting[0] <= most
        or any("%" in VALUES.sub("", form) for form in translated if most)
        or any(MARKUP.findall(form) != MARKUP.findall(english[-1]) for form in translated)
        or any(form != form.strip() for form in translated)
    )


@pytest.mark.parametrize("language", OTHERS)
def test_values_and_markup_are_the_same(language: str) -> None:
    wrong = [each.id for each in messages(language) if broken(forms(each.id), forms(each.string))]
    assert not wrong, wrong


@pytest.mark.parametrize(
    ("english", "translated"),
    [
        pytest.param(["%(name)s comes"], ["viene"], id="a value left out"),
        pytest.param(["%(name)s comes"], ["%(nombre)s viene"], id="a value translated"),
        pytest.param(["%(num)d day", "%(num)d days"], ["%(num)d día", "días"], id="a plural without its number"),
        pytest.param(["%(percent)s of it"], ["%(percent)s % de eso"], id="a lone sign"),
        pytest.param(["<strong>%(a)s</strong>"], ["%(a)s"], id="markup left out"),
        pytest.param(["Hello"], ["Hola "], id="a space at the edge"),
    ],
)
def test_the_guard_sees_what_breaks_a_page(english: list[str], translated: list[str]) -> None:
    assert broken(english, translated)
    assert not broken(english, english)


def subjects() -> list[str]:
    """Every text in the subject of a mail, and all that is said around signing in, where other mails have theirs."""
    found = [key_of(each.id) for each in of_the_code() if any(AROUND_SIGN_IN.match(file) for file, _ in each.locations)]
    for file in sorted((ROOT / "templates/mail").rglob("*.txt")):
        block = re.search(r"{% block subject %}(.*?){% endblock %}", file.read_text(), re.DOTALL)
        if block:
            for _line, _function, text, _comments in extract("jinja2", BytesIO(block[1].encode()), {"gettext": None}):
                found.extend(forms(text))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_subject_names_health(language: str) -> None:
    said = [texts(language).gettext(each) for each in subjects()]
    assert len(said) > 30
    assert not [each for each in said if ANY_HEALTH_WORD.search(each)]


@pytest.mark.parametrize("language", OTHERS)
def test_the_command_changes_nothing_that_is_up_to_date(language: str) -> None:
    """The texts, not the head of the file: that names the minute."""
    fresh, kept = (
        {key_of(each.id): each.string for each in them if each.id}
        for them in (brought_up_to_date(language), of(language))
    )
    assert fresh == kept
