"""The editor's desk: who may sit at it, and what it keeps."""

import re
import time

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.accounts import services as accounts
from app.accounts.admin_models import AdminEvent
from app.accounts.models import User
from app.articles import services
from app.articles.models import ExternalArticle
from app.web.accounts.sign_ins import KEY
from tests.articles.test_services import FACTS
from tests.support.html import problems_of

FORM = MultiDict(
    [
        ("url", "https://example.org/backs"),
        ("title", "Backs"),
        ("publisher", "Example Health"),
        ("summary", "A calm look at <b>backs</b>."),
        ("specialties", "sciatica"),
        ("specialties", "neck-pain"),
    ]
)


def sign_in(session: Session, client: FlaskClient, role: str) -> FlaskClient:
    user = accounts.make_confirmed_user(session, f"{role}@example.org", "unusable", (role,))
    key = accounts.begin_sign_in(session, user.id, "test", second_factor=True)
    session.commit()
    with client.session_transaction() as kept:
        kept.update({"_user_id": user.fs_uniquifier, "_fresh": True, "fs_paa": time.time(), KEY: key})
    return client


@pytest.fixture
def editor(session: Session, client: FlaskClient) -> FlaskClient:
    return sign_in(session, client, "editor")


def kept(session: Session) -> list[ExternalArticle]:
    session.rollback()
    return list(session.scalars(select(ExternalArticle)))


def test_the_public_is_asked_to_sign_in(client: FlaskClient) -> None:
    assert client.get("/editing/articles/").status_code == 302
    assert client.post("/editing/articles/new", data=FORM).status_code == 403


@pytest.mark.parametrize("role", ["patient", "therapist", "doctor"])
def test_other_roles_are_refused(session: Session, client: FlaskClient, role: str) -> None:
    signed_in = sign_in(session, client, role)
    assert signed_in.get("/editing/articles/").status_code == 403
    assert signed_in.post("/editing/articles/new", data=FORM).status_code == 403
    assert kept(session) == []


def test_an_editor_adds_an_article_and_readers_see_it_as_text(session: Session, editor: FlaskClient) -> None:
    assert editor.post("/editing/articles/new", data=FORM).status_code == 303
    (row,) = kept(session)
    number = session.scalars(select(User.id)).one()
    assert (row.added_by, len(row.specialties)) == (f"editor user:{number}", 2)
    text = editor.get("/conditions/sciatica").text
    assert "https://example.org/backs" in text
    assert "&lt;b&gt;backs" in text


def opened(session: Session, editor: FlaskClient) -> tuple[str, MultiDict[str, str]]:
    """The address of an article's form, and the form as the page shows it."""
    row = services.add_external(session, FACTS, "someone@example.org")
    session.commit()
    path = f"/editing/articles/{row.id}"
    return path, shown_form(editor.get(path).text)


def shown_form(page: str) -> MultiDict[str, str]:
    seen = re.search(r'name="seen"[^>]*value="(\w+)"', page)
    assert seen
    ticked = re.findall(r'<input checked[^>]*name="specialties"[^>]*value="([\w-]+)"', page)
    return MultiDict([("seen", seen[1]), *[("specialties", each) for each in ticked]])


def changed(form: MultiDict[str, str], **fields: str) -> MultiDict[str, str]:
    facts = {"url": FACTS.url, "title": FACTS.title, "publisher": FACTS.publisher, "summary": FACTS.summary}
    return MultiDict([*form.items(multi=True), *{**facts, **fields}.items()])


def test_an_editor_changes_an_article(session: Session, editor: FlaskClient) -> None:
    path, form = opened(session, editor)
    page = editor.get(path)
    assert FACTS.title in page.text
    assert form.getlist("specialties") == list(FACTS.specialties)
    assert not problems_of(page.text)
    assert editor.post(path, data=changed(form, title="Backs")).status_code == 303
    (row,) = kept(session)
    assert (row.title, row.added_by, len(row.specialties)) == ("Backs", "someone@example.org", len(FACTS.specialties))


def test_a_second_window_overwrites_nothing_unseen(session: Session, editor: FlaskClient) -> None:
    path, form = opened(session, editor)
    editor.post(path, data=changed(form, publisher="Theirs"))
    answer = editor.post(path, data=changed(form, title="Mine"))
    assert answer.status_code == 409
    assert "changed in another window" in answer.text
    assert "Publisher, stored now" in answer.text
    assert 'value="Mine"' in answer.text
    assert not problems_of(answer.text)
    assert [each.publisher for each in kept(session)] == ["Theirs"]
    editor.post(path, data=changed(shown_form(answer.text), title="Mine"))
    assert [each.title for each in kept(session)] == ["Mine"]


def test_an_article_is_taken_off_the_list_and_the_history_says_which(session: Session, editor: FlaskClient) -> None:
    path, _form = opened(session, editor)
    answer = editor.post(f"{path}/remove", follow_redirects=True)
    assert f"“{FACTS.title}” is off the list" in answer.text
    assert kept(session) == []
    (act,) = session.scalars(select(AdminEvent))
    assert (act.action, act.words) == ("article-removed", FACTS.url)
    assert editor.post(f"{path}/remove").status_code == 404


def test_all_that_is_wrong_is_said_at_once(editor: FlaskClient) -> None:
    wrong = {"url": "example.org/backs", "title": " ", "published_on": "2999-01-01"}
    text = editor.post("/editing/articles/new", data=wrong).text
    for words in (
        "full web address",
        "Write its title",
        "Say who published it",
        "in the future",
        "choose at least one",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("url", "javascript:alert(1)", "full web address"),
        ("title", "", "Write its title"),
        ("specialties", "magic", "not a valid choice"),
        ("published_on", "2999-01-01", "in the future"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_is_kept(
    session: Session, editor: FlaskClient, name: str, value: str, words: str
) -> None:
    answer = editor.post("/editing/articles/new", data=MultiDict({**FORM.to_dict(flat=False), name: [value]}))
    assert answer.status_code == 422
    assert words in answer.text
    assert "Example Health" in answer.text
    assert not problems_of(answer.text)
    assert kept(session) == []


def test_an_address_that_is_listed_already_is_said_beside_it(session: Session, editor: FlaskClient) -> None:
    editor.post("/editing/articles/new", data=FORM)
    answer = editor.post("/editing/articles/new", data=FORM)
    assert answer.status_code == 422
    assert "already listed" in answer.text
    assert len(kept(session)) == 1


def test_the_list_shows_dead_links_first(session: Session, editor: FlaskClient) -> None:
    from dataclasses import replace

    from app.core import clock

    services.add_external(session, FACTS, "editor@example.org")
    dead = services.add_external(
        session, replace(FACTS, url="https://example.org/x", title="Gone"), "editor@example.org"
    )
    services.record_check(session, dead.id, 404, clock.now())
    session.commit()
    text = editor.get("/editing/articles/").text
    assert text.index("Gone") < text.index(FACTS.title)
    assert "Dead since" in text
    assert not problems_of(text)


def test_nobody_edits_what_is_not_there(editor: FlaskClient) -> None:
    assert editor.get("/editing/articles/404").status_code == 404
