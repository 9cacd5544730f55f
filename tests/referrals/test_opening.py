"""Which requests for a doctor's link count as somebody opening it."""

import pytest

from app.web.referrals.opening import is_a_persons

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1"
PEOPLE = (
    PHONE,
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Linux; Android 13; CUBOT X70) AppleWebKit/537.36 Chrome/137.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 Chrome/137.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/1]",
    "Opera/9.80 (Android; Opera Mini/36.2; U; en) Presto/2.12.423 Version/12.16",
    "",
)
MACHINES = (
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Mozilla/5.0 (Macintosh) AppleWebKit/601.2.4 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "WhatsApp/2.23.20.0",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "curl/8.5.0",
    "python-requests/2.32.0",
)


@pytest.mark.parametrize("agent", PEOPLE)
def test_a_browser_is_a_persons(agent: str) -> None:
    assert is_a_persons("GET", {"User-Agent": agent})
    assert not is_a_persons("HEAD", {"User-Agent": agent})


@pytest.mark.parametrize("agent", MACHINES)
def test_what_says_that_it_is_a_program_is_no_persons(agent: str) -> None:
    assert not is_a_persons("GET", {"User-Agent": agent})


@pytest.mark.parametrize(
    ("name", "value"),
    [("Sec-Purpose", "prefetch;prerender"), ("Purpose", "prefetch"), ("X-Purpose", "preview"), ("X-Moz", "prefetch")],
)
def test_what_is_fetched_ahead_was_not_opened(name: str, value: str) -> None:
    assert not is_a_persons("GET", {"User-Agent": PHONE, name: value})
