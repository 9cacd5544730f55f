"""The doors: pages, feed, calendar file, helper, JSON, command."""

import json
from xml.etree import ElementTree

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.articles import services
from app.directory.catalogue import SPECIALTIES
from tests.articles.samples import ours
from tests.articles.test_services import FACTS
from tests.support.html import problems_of
from tests.support.questions import counted

HEAVIEST_PAGE = 150_000
"""Bytes of a page with its own styles and scripts, without pictures (issue 6)."""

PAGES = (
    "/articles",
    "/articles?q=sciatica",
    "/articles?about=sciatica",
    "/articles/keeping-back-pain-away/plan",
    "/helper",
    *(f"/articles/{each.facts.slug}" for each in ours().articles),
    *(f"/{each.kind}s/{each.slug}" for each in SPECIALTIES),
)


@pytest.fixture
def reader(session: Session, client: FlaskClient) -> FlaskClient:
    """A visitor of a site with all its articles and one elsewhere."""
    services.sync(session, ours())
    services.add_external(session, FACTS, "editor@example.org")
    session.commit()
    return client


def tree(text: str):  # type: ignore[no-untyped-def]
    return html5lib.parse(text, treebuilder="etree", namespaceHTMLElements=False)


@pytest.mark.databases
def test_every_page_is_sound_and_light(reader: FlaskClient) -> None:
    """Own styles and scripts are counted with each page, as a first visit loads them."""
    for path in PAGES:
        answer = reader.get(path)
        assert answer.status_code == 200, path
        assert not problems_of(answer.text), f"{path}: {problems_of(answer.text)}"
        weight = len(answer.data) + sum(len(reader.get(each).data) for each in assets(answer.text))
        assert weight < HEAVIEST_PAGE, f"{path} weighs {weight:,}"


def assets(text: str) -> set[str]:
    found = {node.get("href") for node in tree(text).iter("link") if node.get("rel") == "stylesheet"}
    found |= {node.get("src") for node in tree(text).iter("script")}
    return {each for each in found if each}


def test_a_page_says_when_it_was_checked_and_claims_no_reviewer(reader: FlaskClient) -> None:
    text = reader.get("/articles/sciatica-and-massage").text
    facts = json.loads(next(tree(text).iter("script")).text)
    assert facts["@type"] == "MedicalWebPage"
    assert facts["lastReviewed"] == "2026-11-21"
    assert facts["about"][0] == {"@type": "MedicalCondition", "name": "Sciatica"}
    assert "reviewedBy" not in facts
    assert "21 Nov 2026" in text


def test_linked_data_is_allowed_by_the_content_policy(reader: FlaskClient) -> None:
    answer = reader.get("/conditions/sciatica")
    nonce = next(tree(answer.text).iter("script")).get("nonce")
    assert nonce
    assert f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]


def test_citations_lead_to_sources_and_back(reader: FlaskClient) -> None:
    page = tree(reader.get("/articles/for-family-doctors").text)
    ids = {node.get("id") for node in page.iter() if node.get("id")}
    targets = {node.get("href")[1:] for node in page.iter("a") if (node.get("href") or "").startswith("#")}
    assert {each for each in targets if each.startswith(("source-", "cite-", "part-"))} <= ids


def test_an_article_leads_to_a_search_for_its_first_specialty(reader: FlaskClient) -> None:
    page = tree(reader.get("/articles/sciatica-and-massage").text)
    form = next(each for each in page.iter("form") if each.get("action") == "/therapists")
    assert [each.get("value") for each in form.iter("input") if each.get("name") == "what"] == ["sciatica"]


def test_articles_elsewhere_are_clearly_elsewhere(reader: FlaskClient) -> None:
    text = reader.get("/conditions/lower-back-pain").text
    assert "On other sites" in text
    assert "(leaves this site)" in text
    assert FACTS.url in text


def test_an_editors_words_are_shown_as_text(session: Session, client: FlaskClient) -> None:
    from dataclasses import replace

    nasty = replace(FACTS, title="<script>alert(1)</script>", summary='"><img src=x onerror=alert(1)>')
    services.add_external(session, nasty, "editor@example.org")
    session.commit()
    text = client.get("/articles").text
    assert "<script>alert" not in text
    assert "<img" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_what_was_searched_is_shown_as_text(reader: FlaskClient) -> None:
    assert "<script>x" not in reader.get("/articles?q=<script>x</script>").text


@pytest.mark.parametrize(
    "path", ["/articles/none", "/conditions/swedish", "/techniques/sciatica", "/articles?about=none"]
)
def test_what_is_not_there_is_not_found(reader: FlaskClient, path: str) -> None:
    assert reader.get(path).status_code == 404


def test_a_guide_shows_warning_signs_before_techniques_and_their_standing(reader: FlaskClient) -> None:
    text = reader.get("/conditions/pinched-nerve").text
    assert text.index("Call 911") < text.index('id="kinds"')
    assert '<a href="/techniques/deep-tissue">Deep tissue</a> <span class="standing__word">With caution</span>' in text


def test_the_feed_is_rss_with_every_article(reader: FlaskClient) -> None:
    answer = reader.get("/articles/feed.xml", headers={"Host": "evil.example"})
    channel = ElementTree.fromstring(answer.data).find("channel")
    assert answer.mimetype == "application/rss+xml"
    assert channel is not None
    links = [each.findtext("link") or "" for each in channel.findall("item")]
    assert len(links) == 10
    assert not any("evil.example" in each for each in links)


def test_the_calendar_file_is_a_download(client: FlaskClient) -> None:
    answer = client.get("/articles/keeping-back-pain-away/breaks.ics?from=8&to=10")
    assert answer.mimetype == "text/calendar"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.text.count("BEGIN:VEVENT") == 3


@pytest.mark.parametrize("query", ["from=x", "from=9&to=9", "from=-1", "to=99", "from=1e9", "from=%00"])
def test_impossible_hours_are_explained(client: FlaskClient, query: str) -> None:
    assert client.get(f"/articles/keeping-back-pain-away/breaks.ics?{query}").status_code == 422


SAFE = {"where": "one-leg", "feeling": "sharp", "since": "weeks"}


def test_the_helper_leads_to_an_article_a_page_and_a_search(reader: FlaskClient) -> None:
    text = reader.post("/helper", data=SAFE).text
    for href in ("/articles/sciatica-and-massage", "/conditions/sciatica", "/therapists?what=sciatica"):
        assert f'href="{href}"' in text
    assert "We cannot tell you what you have" in text


@pytest.mark.parametrize(
    ("change", "words"),
    [({"feeling": "saddle"}, "Please get help now"), ({"since": "injury"}, "Please see a doctor first")],
)
def test_the_helper_shows_help_and_no_therapists(reader: FlaskClient, change: dict[str, str], words: str) -> None:
    text = reader.post("/helper", data=SAFE | change).text
    assert words in text
    assert "/articles/when-not-to-have-a-massage" in text
    assert "/therapists?what=" not in text


def test_the_helper_says_what_is_missing_and_keeps_the_rest(reader: FlaskClient) -> None:
    answer = reader.post("/helper", data={"where": "hip", "since": "nonsense"})
    assert answer.status_code == 422
    assert "Please tick at least one." in answer.text
    assert "Please choose since when." in answer.text
    assert 'value="hip" checked' in answer.text
    assert not problems_of(answer.text)


def test_answers_never_stand_in_an_address(reader: FlaskClient) -> None:
    form = next(each for each in tree(reader.get("/helper").text).iter("form") if each.get("action") == "/helper")
    assert form.get("method") == "post"
    answer = reader.post("/helper", data=SAFE)
    assert answer.status_code == 200, "no redirect, so no address with answers in it"


def test_json_lists_and_finds(reader: FlaskClient) -> None:
    everything = reader.get("/api/v1/articles").get_json()
    assert len(everything["results"]) == 10
    assert everything["elsewhere"][0]["url"] == FACTS.url
    assert set(everything["results"][0]) == {"slug", "title", "summary", "minutes", "checked_on", "path"}
    first = reader.get("/api/v1/articles?q=sciatica&limit=1").get_json()["results"]
    assert [each["path"] for each in first] == ["/articles/sciatica-and-massage"]
    by_synonym = reader.get("/api/v1/articles?specialty=trapped+nerve").get_json()["results"]
    assert by_synonym[0]["slug"] == "pinched-nerve-in-the-back"


@pytest.mark.parametrize("query", ["specialty=magic", "limit=0", "limit=101", "limit=x"])
def test_json_refuses_what_it_cannot_mean(reader: FlaskClient, query: str) -> None:
    assert reader.get(f"/api/v1/articles?{query}").status_code == 422


@pytest.mark.parametrize("path", ["/articles", "/articles/sciatica-and-massage", "/conditions/sciatica"])
def test_queries_do_not_grow_with_the_articles(app: Flask, reader: FlaskClient, session: Session, path: str) -> None:
    from dataclasses import replace

    few = count_queries(app, reader, path)
    for number in range(20):
        more = replace(FACTS, url=f"https://example.org/{number}", specialties=("sciatica", "lower-back-pain"))
        services.add_external(session, more, "editor@example.org")
    session.commit()
    assert count_queries(app, reader, path) == few <= 5


def count_queries(app: Flask, client: FlaskClient, path: str) -> int:
    with counted(app) as statements:
        assert client.get(path).status_code == 200
    return sum(each.startswith("SELECT") for each in statements)


def test_the_command_syncs_once_and_says_what_it_did(app: Flask) -> None:
    runner = app.test_cli_runner()
    dry = json.loads(runner.invoke(args=["articles", "sync", "--dry-run", "--json"]).stdout)
    assert (len(dry["added"]), dry["dry_run"]) == (10, True)
    assert len(json.loads(runner.invoke(args=["articles", "sync", "--json"]).stdout)["added"]) == 10
    assert "unchanged: 10" in runner.invoke(args=["articles", "sync"]).stdout


def test_the_command_refuses_a_bad_folder_and_changes_nothing(app: Flask, tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "sources.yaml").write_text("{}")
    (tmp_path / "bad.md").write_text("no facts")
    result = app.test_cli_runner().invoke(args=["articles", "sync", "--from", str(tmp_path)])
    assert result.exit_code == 2
    assert "bad.md" in result.stderr
    assert app.test_client().get("/api/v1/articles").get_json()["results"] == []
