"""The first page says only what is so: numbers when there are licences, articles when they are there."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories

pytestmark = pytest.mark.databases


def test_an_empty_house_claims_nothing(client: FlaskClient) -> None:
    text = client.get("/").text
    assert 'name="where"' in text
    assert 'name="what"' in text
    assert "checked with the board</dt>" not in text
    assert "Good to know before you book" not in text


def test_the_numbers_are_those_of_the_directory(client: FlaskClient, session: Session) -> None:
    factories.therapist(session)
    session.commit()
    text = " ".join(client.get("/").text.split())
    assert "<dt>self-reported, not checked by us</dt> <dd>1</dd>" in text.replace("</dt><dd>", "</dt> <dd>")
