"""Which addresses may be shown, and when a link is given up."""

import pytest

from app.articles import links


@pytest.mark.parametrize("status", [200, 204, 301, 401, 403, 429])
def test_an_answer_clears_the_record(status: int) -> None:
    assert links.after_check(2, status) == links.Standing(0, dead=False)


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_is_dead_at_once(status: int) -> None:
    assert links.after_check(0, status).dead


@pytest.mark.parametrize("status", [None, 500, 503])
def test_a_bad_day_is_forgiven_twice(status: int | None) -> None:
    standing = links.Standing(0, dead=False)
    history = []
    for _ in range(3):
        standing = links.after_check(standing.failures, status)
        history.append(standing.dead)
    assert history == [False, False, True]


@pytest.mark.parametrize(
    "url", ["https://example.org/a?b=c#d", "http://example.org:8080/", "https://sub.example.co.uk/ä"]
)
def test_public_addresses(url: str) -> None:
    assert links.is_public_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/articles",
        "//example.org",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://localhost/",
        "https://user:word@example.org/",
        'https://example.org/"onclick=x',
        "https://example.org/a b",
        "https://example.org/\nx",
        "https://[::1",
        "https://example.org:99999/",
        "ftp://example.org/",
    ],
)
def test_other_addresses_are_not_links(url: str) -> None:
    assert not links.is_public_address(url)


def test_probing_asks_each_address_once() -> None:
    asked: list[str] = []

    def fetch(url: str) -> int | None:
        asked.append(url)
        return None if "down" in url else 200

    assert links.probe([(1, "https://a.example"), (2, "https://down.example")], fetch) == {1: 200, 2: None}
    assert asked == ["https://a.example", "https://down.example"]
