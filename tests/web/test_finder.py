"""The search page and the profile: useful whatever is typed."""

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import today
from app.directory.licences import CheckedHow
from app.directory.listing_models import ListingReport
from app.directory.models import Therapist
from app.directory.services import refresh_listings
from app.doors.database import db
from app.finder import counting, queries
from tests.factories import therapist
from tests.places import gazetteer
from tests.support.html import problems_of
from tests.support.statements import told

pytestmark = pytest.mark.databases


@pytest.fixture
def town(session: Session) -> list[str]:
    """Three therapists in Austin, nearest first; the gazetteer in small."""
    gazetteer.fill(session)
    people = [therapist(session, lat=30.27 + n / 100) for n in range(3)]
    refresh_listings(session, [each.id for each in people])
    session.commit()
    return [each.slug for each in people]


def slugs(text: str) -> list[str]:
    return re.findall(r'id="t-([a-z0-9-]+)"', text)


def test_the_nearest_come_first(client: FlaskClient, town: list[str]) -> None:
    page = client.get("/therapists?where=Austin, TX&what=my back hurts")
    assert slugs(page.text) == town
    assert not problems_of(page.text)
    assert "3 therapists" in page.text


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (CheckedHow.REGISTRY, "to the national registry, not checked by us"),
        (CheckedHow.SELF, "by the therapist, not checked by us"),
    ],
)
def test_a_card_says_who_reported_the_licence(
    client: FlaskClient, session: Session, how: CheckedHow, words: str
) -> None:
    gazetteer.fill(session)
    one = therapist(session)
    one.licences[0].checked_how, one.licences[0].checked_on = how, None
    refresh_listings(session, [one.id])
    session.commit()
    assert words in client.get("/therapists?where=Austin, TX").text


def test_a_card_says_why_it_stands_lower(client: FlaskClient, session: Session) -> None:
    gazetteer.fill(session)
    near, far = (therapist(session, lat=lat) for lat in (30.27, 30.28))
    near.claimed = far.claimed = True
    near.confirmed_on, far.confirmed_on = today() - timedelta(200), today() - timedelta(20)
    refresh_listings(session, [near.id, far.id])
    session.commit()
    page = client.get("/therapists?where=Austin, TX").text
    assert slugs(page) == [far.slug, near.slug]
    assert page.count("so it stands lower") == 1
    assert page.index("so it stands lower") > page.index(f'id="t-{near.slug}"')


@pytest.mark.parametrize(
    ("what", "guide"), [("my back hurts", "/conditions/lower-back-pain"), ("mfr", "/techniques/myofascial-release")]
)
def test_results_lead_to_what_to_read(client: FlaskClient, town: list[str], what: str, guide: str) -> None:
    page = client.get("/therapists", query_string={"where": "Austin, TX", "what": what}).text
    assert f'href="{guide}"' in page
    assert client.get(guide).status_code == 200


def test_words_that_are_not_understood_are_in_no_heading(client: FlaskClient, town: list[str]) -> None:
    page = client.get("/therapists?where=Austin, TX&what=quantum healing").text
    assert "We do not know what" in page
    assert "3 therapists near Austin" in page
    assert "for quantum healing" not in page


def test_what_dropping_a_wish_gains_is_said_as_exactly_as_it_was_counted(
    client: FlaskClient, town: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = "/therapists?where=Austin, TX&gender=male"
    assert "<strong>3 therapists</strong>" in client.get(nobody).text
    monkeypatch.setattr(queries, "FEW_ENTRIES", 2)
    monkeypatch.setattr(counting, "TOTAL_CAP", 2)
    assert "<strong>More than 2 therapists</strong>" in client.get(nobody).text


def test_a_heading_names_the_town_around_a_point_and_not_the_point(client: FlaskClient, town: list[str]) -> None:
    page = client.get("/therapists?where=30.2701,-97.7432").text
    title, heading = re.search("<title>(.*?)</title>", page), re.search("<h1.*?</h1>", page)
    assert title
    assert title[1].startswith("3 therapists near Austin, TX ·")
    assert 'value="Austin, TX (30.2701, -97.7432)"' in page
    assert heading
    assert "30.27" not in heading[0]


def test_several_places_are_offered(client: FlaskClient, town: list[str]) -> None:
    page = client.get("/therapists?where=Springfield").text
    assert "Did you mean" in page
    assert "where=Springfield%2C+IL" in page


def test_nobody_found_says_what_helps(client: FlaskClient, town: list[str]) -> None:
    page = client.get("/therapists?where=Austin, TX&what=sciatica&minutes=60").text
    assert "Nobody matches" in page
    assert re.search(r"without “Sciatica”\s*<strong>3 therapists", page)
    assert not problems_of(page)


def test_a_part_of_the_day_is_said_on_the_clock_that_times_are_said_on(client: FlaskClient, town: list[str]) -> None:
    page = client.get("/therapists?where=Austin, TX&time=18:00-20:30").text
    assert page.count("6:00 pm to 8:30 pm") >= 2
    assert '<option value="18:00-20:30" selected>6:00 pm to 8:30 pm</option>' in page


def test_nobody_found_speaks_of_no_filter_where_none_was_set(client: FlaskClient, town: list[str]) -> None:
    page = client.get("/therapists?where=Paris, France&radius=40").text
    assert "Nobody is listed there yet" in page
    assert "every filter" not in page
    assert '<a href="/articles">Read what helps' in page
    assert '<option value="40" selected>40 km</option>' in page


BAD = [
    "where=asdfghjkl",
    "where=",
    "where=Austin, TX&radius=0",
    "where=Austin, TX&radius=-1",
    "where=Austin, TX&radius=1e9",
    "where=Austin, TX&radius=NaN",
    "where=Austin, TX&radius=1e999",
    "where=Austin, TX&what=quantum healing of the aura",
    "where=" + "x" * 10_000,
    "where=Austin, TX&what=" + "y" * 10_000,
    "where=😀&what=😀",
    "where=אוסטין&what=כאב גב",
    "where=';DROP TABLE therapist;--&what=' OR 1=1",
    "where=<script>alert(1)</script>&what=<img src=x onerror=alert(1)>",
    "where=Austin, TX&page=99",
    "where=Austin, TX&page=0",
    "where=Austin, TX&page=-1",
    "where=Austin, TX&page=x",
    "where=Austin, TX&page=99999999999999999999",
    "where=Austin, TX&where=Paris",
    "where=%00&what=%00",
    "where=91.5,200&what=sciatica",
    "where=Austin, TX&minutes=7&gender=robot&language=xx&sort=stars&technique=sciatica&max_price=-5",
    "where=%ff%fe&what=%c3%28",
    "where=Austin, TX&from=2027-02-30",
    "where=Austin, TX&from=2027-03-10&to=2027-03-01",
    "where=Austin, TX&from=" + "9" * 5_000,
    "where=Austin, TX&time=25:00-26:00",
    "where=Austin, TX&time=😀",
    "where=Austin, TX&time=09:00-09:00",
    "where=Austin, TX&minutes=NaN",
    "where=Austin, TX&max_price=1e999",
    "where=Austin, TX&max_price=" + "9" * 30,
    "where=Austin, TX&home_visit=banana",
]


@pytest.mark.parametrize("query", BAD)
def test_bad_input_gets_a_sentence_and_a_useful_page(client: FlaskClient, town: list[str], query: str) -> None:
    page = client.get(f"/therapists?{query}")
    assert page.status_code == 200
    assert not problems_of(page.text)
    assert 'role="alert"' in page.text, "a sentence says what was wrong"
    assert 'name="where"' in page.text, "and one can search again"
    assert "<script>alert" not in page.text
    assert "onerror=alert(1)>" not in page.text


def test_a_page_beyond_the_last_shows_the_last(client: FlaskClient, town: list[str]) -> None:
    page = client.get("/therapists?where=Austin, TX&page=7").text
    assert "This is the last one" in page
    assert slugs(page) == town


def test_pages_follow_each_other(client: FlaskClient, session: Session, town: list[str]) -> None:
    people = [therapist(session, lat=30.3 + n / 1000) for n in range(45)]
    refresh_listings(session, [each.id for each in people])
    session.commit()
    seen: list[str] = []
    for number in (1, 2, 3):
        seen += slugs(client.get(f"/therapists?where=Austin, TX&page={number}").text)
    assert seen == town + [each.slug for each in people]


def test_the_number_of_queries_is_the_same_for_one_result_and_many(
    client: FlaskClient, session: Session, town: list[str]
) -> None:
    with client.application.app_context():
        engine = db.engine
    with told(engine) as seen:
        client.get("/therapists?where=Austin, TX&radius=1")
        few = len(seen)
        people = [therapist(session, lat=30.2672 + n / 10000) for n in range(15)]
        refresh_listings(session, [each.id for each in people])
        session.commit()
        seen.clear()
        client.get("/therapists?where=Austin, TX&radius=1")
        assert len(seen) == few > 5


def test_a_profile_shows_the_therapist_and_their_licence(
    client: FlaskClient, session: Session, town: list[str]
) -> None:
    page = client.get(f"/therapists/{town[0]}")
    assert page.status_code == 200
    assert not problems_of(page.text)
    assert "Testa Sample" in page.text
    assert '"@type": "HealthAndBeautyBusiness"' in page.text
    assert "Physician" not in page.text


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(("kind", "told"), [("practice", True), ("home_visits", False)])
def test_only_who_has_a_practice_promises_its_street(
    client: FlaskClient, session: Session, town: list[str], kind: str, told: bool
) -> None:
    one = session.scalars(select(Therapist).where(Therapist.slug == town[0])).one()
    for place in one.locations:
        place.kind, place.radius_km, place.address_public = kind, 25.0, False
    one.claimed = True
    refresh_listings(session, [one.id])
    session.commit()
    page = client.get(f"/therapists/{town[0]}").text
    assert ("The street is shown once the visit is confirmed." in page) == told
    assert ("Home visits within" in page) == (not told)


@pytest.mark.databases("sqlite")
def test_a_profile_leads_back_to_the_search_it_was_opened_from(client: FlaskClient, town: list[str]) -> None:
    search = "/therapists?where=Austin%2C+TX&what=sciatica"
    came_from = {
        f"http://localhost{search}": f'<a href="{search.replace("&", "&amp;")}">',
        f"https://elsewhere.example{search}": None,
        "http://localhost/articles?where=x": None,
    }
    for referrer, link in came_from.items():
        page = client.get(f"/therapists/{town[0]}", headers={"Referer": referrer}).text
        assert ("Back to the results" in page) == (link is not None), referrer
        assert link is None or link in page


@pytest.mark.parametrize(
    ("jurisdiction", "link"), [("US-TX", "https://www.tdlr.texas.gov/LicenseSearch/"), ("US-CA", None)]
)
def test_a_licence_leads_to_the_board_s_look_up_where_one_is_known(
    client: FlaskClient, session: Session, jurisdiction: str, link: str | None
) -> None:
    one = therapist(session)
    one.licences[0].jurisdiction = jurisdiction
    session.commit()
    found = re.findall(r'<a href="([^"]+)"[^>]*>Look it up at the board', client.get(f"/therapists/{one.slug}").text)
    assert found == ([link] if link else [])


def test_a_street_that_is_not_public_is_nowhere_on_the_page(client: FlaskClient, session: Session) -> None:
    one = therapist(session, lat=30.26723, lon=-97.74311)
    one.locations[0].street, one.locations[0].address_public = "12 Secret Lane", False
    session.commit()
    page = client.get(f"/therapists/{one.slug}").text + client.get(f"/api/v1/therapists/{one.slug}").text
    assert "Secret Lane" not in page
    assert "30.26723" not in page


def test_an_expired_licence_is_said(client: FlaskClient, session: Session) -> None:
    one = therapist(session)
    one.licences[0].expires_on = date(2020, 1, 1)
    session.commit()
    assert "Licence expired" in client.get(f"/therapists/{one.slug}").text


@pytest.mark.parametrize("slug", ["nobody", "%00", "a'b", "x" * 500, "..", "A"])
def test_nobody_of_that_name(client: FlaskClient, slug: str) -> None:
    assert client.get(f"/therapists/{slug}").status_code == 404


def test_a_hidden_therapist_is_not_found(client: FlaskClient, session: Session) -> None:
    one = therapist(session, hidden=True)
    session.commit()
    for path in (f"/therapists/{one.slug}", f"/therapists/{one.slug}/report", f"/api/v1/therapists/{one.slug}"):
        assert client.get(path).status_code == 404


def test_a_report_is_kept(client: FlaskClient, session: Session, town: list[str]) -> None:
    path = f"/therapists/{town[0]}/report"
    assert not problems_of(client.get(path).text)
    unsaid = client.post(path, data={"words": "moved"})
    assert unsaid.status_code == 422
    assert '<a href="#reason-0">Choose what is wrong.</a>' in unsaid.text
    assert "Not a valid choice" not in unsaid.text
    sent = {"reason": "address", "words": "They moved\x00 <b>away</b>", "contact": "wren@example.org"}
    assert client.post(path, data=sent).status_code == 303
    kept = session.scalars(select(ListingReport)).one()
    assert (kept.reason, kept.words, kept.state) == ("address", "They moved <b>away</b>", "open")


def test_is_this_you(client: FlaskClient, session: Session, town: list[str]) -> None:
    one = therapist(session, claimed=False, booking_mode="none")
    session.commit()
    page = client.get(f"/practice/claim/{one.slug}").text
    assert "can be yours" in page
    assert not problems_of(page)


def test_what_crawlers_ask_for(client: FlaskClient, town: list[str]) -> None:
    sitemap = client.get("/sitemap.xml")
    assert all(f"/therapists/{slug}<" in sitemap.text for slug in town)
    assert sitemap.mimetype == "application/xml"
    assert "Sitemap: " in client.get("/robots.txt").text
    security = client.get("/.well-known/security.txt").text
    assert "Contact: mailto:" in security
    assert "Expires: 20" in security
