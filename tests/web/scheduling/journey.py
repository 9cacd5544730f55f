"""A patient's way through the pages, as a browser without scripts would go it."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.scheduling.safety import QUESTIONS
from app.web.scheduling.asking import book_url
from tests.scheduling.world import MONDAY, World
from tests.support.html import problems_of

GROUP = {1: "emergency", 2: "doctor_first", 3: "precaution"}
PAT = {"whose": "me", "name": "Pat Example", "email": "pat@example.test"}


def answers(number: int, *yes: str) -> dict[str, str]:
    return {each.id: "yes" if each.id in yes else "no" for each in QUESTIONS if each.group == GROUP[number]}


@dataclass
class Patient:
    """One browser. Every page that it sees must be sound; `pages` are those, oldest first."""

    client: FlaskClient
    slug: str
    world: World
    pages: list[tuple[str, str]] = field(default_factory=list)

    def see(self, answer: TestResponse) -> TestResponse:
        if answer.mimetype == "text/html" and answer.status_code not in (301, 302, 303):
            assert not problems_of(answer.text), (answer.request.path, problems_of(answer.text))
            self.pages.append((answer.request.path, answer.text))
        return answer

    def get(self, path: str) -> TestResponse:
        return self.see(self.client.get(path))

    def post(self, path: str, **data: Any) -> TestResponse:
        return self.see(self.client.post(path, data=data))

    def url(self, at: datetime = MONDAY) -> str:
        return book_url(self.slug, self.world.service_id, self.world.location_id, at)

    def begin(self, at: datetime = MONDAY, *yes: str) -> str:
        """Answer the first questions; the draft's address."""
        return self.post(self.url(at), **answers(1, *yes)).location.rpartition("/book/")[2].partition("/")[0]

    def step(self, key: str, name: str) -> str:
        return f"/therapists/{self.slug}/book/{key}/{name}"

    def to_review(self, at: datetime = MONDAY, **contact: str) -> str:
        key = self.begin(at)
        self.post(self.step(key, "questions/2"), **answers(2))
        self.post(self.step(key, "questions/3"), **answers(3))
        said = self.post(self.step(key, "contact"), **{**PAT, **contact})
        assert said.location == self.step(key, "review"), said.text
        return self.step(key, "review")

    def send(self, review: str) -> TestResponse:
        page = self.get(review)
        seen = re.search(r'name="seen" value="([\w-]+)"', page.text)
        assert seen, page.text
        return self.post(review, seen=seen[1])

    def book(self, at: datetime = MONDAY, **contact: str) -> str:
        """All the way; the visit's address."""
        sent = self.send(self.to_review(at, **contact))
        assert sent.status_code == 303, sent.text
        return str(sent.location).removesuffix("/done")

    def look_at_every_step(self) -> str:
        """Every page on the way, the wrong turns too; the visit's address."""
        self.get(f"/therapists/{self.slug}")
        self.get(f"/therapists/{self.slug}/times")
        self.get(f"/therapists/{self.slug}/waitlist")
        self.get(self.url())
        self.get(self.post(self.url(), **answers(1, "saddle")).location)
        key = self.begin()
        self.get(self.step(key, "questions/2"))
        self.post(self.step(key, "questions/2"))
        self.get(self.post(self.step(key, "questions/2"), **answers(2, "fever")).location)
        self.post(self.step(key, "choice"))
        self.post(self.step(key, "choice"), choice="go_on")
        self.get(self.step(key, "questions/3"))
        self.post(self.step(key, "questions/3"), **answers(3, "diabetes"))
        self.get(self.step(key, "contact"))
        self.post(self.step(key, "contact"), whose="other", email="nobody")
        review = self.to_review()
        for page in ("repeat", "time"):
            self.get(review.replace("/review", f"/{page}"))
        visit = str(self.send(review).location).removesuffix("/done")
        for page in ("", "/done", "/cancel", "/messages", "/checks"):
            self.get(visit + page)
        return visit


def words(answer: TestResponse) -> str:
    """The text of a page, without its tags."""
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())
