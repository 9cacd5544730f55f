"""The JSON door of the finder: exact shapes, problem+json for what is wrong, nothing private."""

from urllib.parse import quote

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy.orm import Session

from app.directory.models import Location
from app.directory.services import refresh_listings
from tests.factories import therapist
from tests.places import gazetteer


@pytest.fixture
def town(session: Session) -> list[str]:
    gazetteer.fill(session)
    people = [therapist(session, lat=30.27 + n / 100, phone="512 555 0100") for n in range(5)]
    refresh_listings(session, [each.id for each in people])
    session.commit()
    return [each.slug for each in people]


def test_therapists_near_a_place(client: FlaskClient, town: list[str]) -> None:
    body = client.get("/api/v1/therapists?where=Austin, TX&specialty=my back hurts").get_json()
    assert body["place"]["label"].startswith("Austin, T")
    assert body["specialty"]["slug"] == "lower-back-pain"
    assert [each["slug"] for each in body["results"]] == town
    assert body["total"] == 5
    assert body["next"] is None
    first = body["results"][0]
    assert first["licence"]["level"] == "self_reported"
    assert first["licence"]["how"] == "registry"
    assert first["location"]["time_zone"] == "America/Chicago"
    assert "555" not in str(body), "no phone for anonymous callers"


def test_pages_by_cursor(client: FlaskClient, town: list[str]) -> None:
    path, seen, cursor = "/api/v1/therapists?lat=30.2672&lon=-97.7431&limit=2", [], ""
    while cursor is not None:
        body = client.get(path + (f"&cursor={quote(cursor)}" if cursor else "")).get_json()
        seen += [each["slug"] for each in body["results"]]
        assert body["total"] == 5
        cursor = body["next"]
    assert seen == town


def test_the_other_springfields(client: FlaskClient, town: list[str]) -> None:
    body = client.get("/api/v1/therapists?where=Springfield").get_json()
    labels = [each["label"] for each in body["alternatives"]]
    assert body["place"]["label"] not in labels
    assert len(labels) >= 2


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("where=asdfghjkl", 404, "place-unknown"),
        ("where=", 404, "place-unknown"),
        ("where=" + "x" * 10_000, 422, "invalid-parameter"),
        ("", 422, "place-missing"),
        ("lat=1", 422, "place-missing"),
        ("where=Austin, TX&lat=1&lon=1", 422, "place-missing"),
        ("where=Austin, TX&where=Paris", 422, "repeated-parameter"),
        ("lat=91&lon=0", 422, "invalid-parameter"),
        ("lat=NaN&lon=0", 422, "invalid-parameter"),
        ("where=Austin, TX&radius_km=0", 422, "invalid-parameter"),
        ("where=Austin, TX&radius_km=-1", 422, "invalid-parameter"),
        ("where=Austin, TX&radius_km=1e9", 422, "invalid-parameter"),
        ("where=Austin, TX&radius_km=NaN", 422, "invalid-parameter"),
        ("where=Austin, TX&minutes=7", 422, "invalid-parameter"),
        ("where=Austin, TX&limit=1000", 422, "invalid-parameter"),
        ("where=Austin, TX&sort=stars", 422, "invalid-parameter"),
        ("where=Austin, TX&specialty=quantum", 422, "specialty-unknown"),
        ("where=Austin, TX&technique=sciatica", 422, "technique-unknown"),
        ("where=Austin, TX&language=xx", 422, "language-unknown"),
        ("where=Austin, TX&cursor=broken", 422, "cursor-broken"),
        ("where=😀", 404, "place-unknown"),
        ("where=';DROP TABLE therapist;--", 404, "place-unknown"),
        ("where=<script>alert(1)</script>", 404, "place-unknown"),
        ("where=%00", 404, "place-unknown"),
        ("where=אוסטין", 404, "place-unknown"),
        ("where=Austin, TX&from=2027-02-30", 422, "invalid-parameter"),
        ("where=Austin, TX&from=2027-03-10&to=2027-03-01", 422, "invalid-parameter"),
        ("where=Austin, TX&from=2027-03-01&from=2027-03-02", 422, "repeated-parameter"),
        ("where=Austin, TX&time=25:00-26:00", 422, "invalid-parameter"),
        ("where=Austin, TX&max_price=1e999", 422, "invalid-parameter"),
        ("where=Austin, TX&max_price=NaN", 422, "invalid-parameter"),
        ("where=Austin, TX&home_visit=banana", 422, "invalid-parameter"),
    ],
)
def test_bad_input_is_a_problem(client: FlaskClient, town: list[str], query: str, status: int, code: str) -> None:
    answer = client.get(f"/api/v1/therapists?{query}")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    body = answer.get_json()
    assert (body["code"], body["status"]) == (code, status)
    assert body["title"]


def test_a_cursor_of_another_search_is_refused(client: FlaskClient, town: list[str]) -> None:
    cursor = client.get("/api/v1/therapists?lat=30.2672&lon=-97.7431&limit=2").get_json()["next"]
    answer = client.get(f"/api/v1/therapists?lat=30.2&lon=-97.7431&limit=2&cursor={cursor}")
    assert answer.get_json()["code"] == "cursor-broken"


def test_one_therapist(client: FlaskClient, session: Session, town: list[str]) -> None:
    one = therapist(session, phone="512 555 0100")
    one.locations.append(Location(kind="home_visits", city="Austin", region="TX", lat=30.26781, lon=-97.7, radius_km=9))
    session.commit()
    body = client.get(f"/api/v1/therapists/{one.slug}").get_json()
    assert body["services"] == [
        {
            "id": one.services[0].id,
            "name": "Massage",
            "description": "",
            "minutes": 60,
            "price": 90.0,
            "home_visit": False,
        }
    ]
    assert [each["lat"] for each in body["locations"]] == [30.2672, 30.27]
    assert "555" not in str(body)
    assert client.get("/api/v1/therapists/nobody").status_code == 404


def test_specialties_and_places(client: FlaskClient, town: list[str]) -> None:
    specialties = client.get("/api/v1/specialties").get_json()
    assert {"slug": "sciatica", "name": "Sciatica", "kind": "condition"}.items() <= specialties[1].items()
    places = client.get("/api/v1/places?q=spring").get_json()
    assert all(set(each) == {"label", "kind", "lat", "lon", "time_zone"} for each in places)
    assert places[0]["label"].startswith("Springfield")
    assert client.get("/api/v1/places").status_code == 422


def test_the_document_is_openapi_3_1(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    assert {"/api/v1/therapists", "/api/v1/therapists/{slug}", "/api/v1/places", "/api/v1/specialties"} <= set(
        document["paths"]
    )


OURS = ("/api/v1/therapists", "/api/v1/therapists/{slug}", "/api/v1/places", "/api/v1/specialties")


@pytest.mark.parametrize("path", OURS)
def test_every_answer_is_as_the_document_says(app: Flask, town: list[str], path: str) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operation = schema[path]["GET"]

    @settings(max_examples=30)
    @given(case=operation.as_strategy())
    def check(case: schemathesis.Case) -> None:
        case.call_and_validate(
            checks=[not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
        )

    check()
