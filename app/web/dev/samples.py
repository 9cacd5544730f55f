"""Invented values that show every state of every component. Nobody here exists."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Chicago")
FIRST = datetime(2026, 12, 1, 16, 30, tzinfo=ZONE)


@dataclass(frozen=True)
class Licence:
    level: str
    label: str
    checked_on: date | None
    board: str
    number: str
    board_url: str | None = None


@dataclass(frozen=True)
class Named:
    slug: str
    name: str
    matches: bool = False


@dataclass(frozen=True)
class Time:
    starts_at: datetime
    url: str


@dataclass(frozen=True)
class Card:
    """What a results page knows of one therapist."""

    slug: str
    name: str
    initials: str
    credentials: str
    licence: Licence
    distance_km: float | None
    town: str
    specialties: tuple[Named, ...]
    min_price_cents: int | None
    minutes: tuple[int, ...]
    home_visit: bool
    claimed: bool
    phone: str | None
    next_times: tuple[Time, ...]
    booking_mode: str
    lat: float | None
    lon: float | None
    currency: str = "USD"
    photo_url: str | None = None
    confirmed_on: date | None = date(2026, 11, 2)


CHECKED = Licence(
    "checked", "Licence checked", date(2026, 11, 14), "Texas Department of Licensing and Regulation", "MT104417",
    "https://www.tdlr.texas.gov/",
)  # fmt: skip
REPORTED = Licence("self_reported", "Self-reported", None, "Texas Department of Licensing and Regulation", "MT100233")
EXPIRED = replace(CHECKED, level="expired", label="Licence expired")
SPECIALTIES = (
    Named("sciatica", "Sciatica", True),
    Named("lower-back-pain", "Lower back pain"),
    Named("myofascial-release", "Myofascial release"),
    Named("pinched-nerve", "Pinched nerve"),
    Named("trigger-point-therapy", "Trigger-point therapy"),
)


def times(count: int = 3) -> tuple[Time, ...]:
    return tuple(
        Time(FIRST + timedelta(hours=26 * number), f"/therapists/wren-example/book?at={number}")
        for number in range(count)
    )


WREN = Card(
    "wren-example", "Wren Example", "WE", "LMT, BCTMB", CHECKED, 1.94, "Hyde Park, Austin", SPECIALTIES, 9500,
    (60, 90), True, True, "(512) 555-0142", times(), "request", 30.3045, -97.7277,
)  # fmt: skip
CARDS = (
    WREN,
    replace(
        WREN, slug="ansel-fictional", name="Ansel Fictional", initials="AF", credentials="LMT", distance_km=3.7,
        town="East Austin", min_price_cents=8550, minutes=(60,), home_visit=False, booking_mode="instant",
        lat=30.2630, lon=-97.7136, specialties=SPECIALTIES[:2],
    ),
    replace(
        WREN, slug="long-name", name="Maximiliana-Bartholomea Featherstonehaugh-Sampleton",
        initials="MF", credentials="LMT, MMP, CNMT, NCBTMB", distance_km=7.25, town="Pflugerville-Round Rock Heights",
        min_price_cents=None, next_times=(), lat=30.4394, lon=-97.6200,
    ),
    replace(
        WREN, slug="jo-placeholder", name="JO PLACEHOLDER", initials="JP", credentials="", licence=REPORTED,
        distance_km=8.9, town="West Lake Hills", specialties=(), min_price_cents=None, minutes=(), home_visit=False,
        claimed=False, phone="(512) 555-0177", next_times=(), booking_mode="none", lat=30.2980, lon=-97.8020,
    ),
    replace(
        WREN, slug="li-invented", name="Li Invented", initials="LI", credentials="LMT", licence=EXPIRED,
        distance_km=12.4, town="Cedar Park", booking_mode="none", next_times=(), lat=30.5052, lon=-97.8203,
        home_visit=False,
    ),
)  # fmt: skip

SEARCH: dict[str, Any] = {
    "where": "Austin, TX",
    "what": "sciatica",
    "what_name": "Sciatica",
    "radius": 10,
    "units": "mi",
    "radius_km": 16.1,
    "sort": "distance",
    "filters": {"time": "evening", "minutes": 60},
}
PLACE = {"label": "Austin, Texas", "lat": 30.2672, "lon": -97.7431}
CHIPS = [
    {"label": "Evening", "remove_url": "?case=many&minutes=60"},
    {"label": "60 minutes", "remove_url": "?case=many&time=evening"},
    {"label": "Licence checked with the board", "remove_url": "?case=many"},
]


@dataclass(frozen=True)
class Page:
    number: int = 1
    count: int | None = None
    earlier_url: str | None = None
    later_url: str | None = None
    by_distance: bool = True


def results(case: str) -> dict[str, Any]:
    """The context of the results page: `case` is many, one, none, several or start."""
    page: dict[str, Any] = {
        "search": SEARCH, "place": PLACE, "alternatives": [], "cards": [], "total": 0, "total_is_capped": False,
        "pages": Page(), "chips": CHIPS, "clear_url": "?case=many", "nothing": None, "specialty_choices": SPECIALTIES,
    }  # fmt: skip
    if case == "one":
        page |= {"cards": CARDS[:1], "total": 1, "chips": []}
    elif case == "none":
        page["nothing"] = {
            "suggestions": [
                {"label": "Any time of day", "url": "?case=many", "count": 23},
                {"label": "Within 25 miles", "url": "?case=many", "count": 8},
            ],
            "nearest_outside": [replace(CARDS[0], distance_km=41.2, town="San Marcos")],
        }
    elif case == "several":
        page["place"] = {"label": "Springfield, Missouri", "kind": "town", "lat": 37.209, "lon": -93.2923}
        page["alternatives"] = [
            {"label": f"Springfield, {state}", "url": "?case=many"} for state in ("Massachusetts", "Illinois", "Oregon")
        ]
        page |= {"cards": CARDS[:2], "total": 2, "chips": []}
    elif case == "start":
        page |= {"search": dict(SEARCH, where="", what="", filters={}), "place": None, "chips": []}
    else:
        many = [replace(card, slug=f"{card.slug}-{turn}") for turn in range(4) for card in CARDS]
        page |= {"cards": many, "total": 600, "total_is_capped": True, "pages": Page(2, 30, "?case=many", "?case=many")}
    return page


def week(empty: bool = False) -> dict[str, Any]:
    """A week from Tuesday 1 December 2026."""
    days = []
    for number in range(7):
        opening = FIRST.replace(hour=9) + timedelta(days=number)
        count = 0 if empty or number in (4, 5) else 2 + number % 3
        starts = [opening + timedelta(minutes=90 * each) for each in range(count)]
        days.append({"date": opening.date(), "times": [Time(start, "?picked") for start in starts]})
    return {
        "title": "1 to 7 December", "days": days, "earlier_url": None, "later_url": "?later", "zone": "Central Time",
        "next_url": "?later", "next_on": date(2026, 12, 9),
    }  # fmt: skip


def agenda() -> list[dict[str, Any]]:
    start = FIRST.replace(hour=9, minute=0)
    rows = (("Pat Sample", "60 min, sciatica", "", 0), ("Free", "", "free", 90), ("Sam Invented", "90 min", "now", 180))
    return [
        {
            "starts_at": start + timedelta(minutes=after),
            "ends_at": start + timedelta(minutes=after + 60),
            "title": title,
            "detail": detail,
            "state": state,
            "url": None if state == "free" else "/practice/",
        }
        for title, detail, state, after in rows
    ]


@dataclass(frozen=True)
class Profile:
    """What a profile page knows."""

    card: Card
    headline: str | None = None
    about: str | None = None
    gender: str | None = None
    languages: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    conditions: tuple[Named, ...] = ()
    techniques: tuple[Named, ...] = ()
    services: tuple[dict[str, Any], ...] = ()
    address: dict[str, Any] | None = None
    home_visit_km: float | None = None
    source: str | None = None
    articles: tuple[dict[str, Any], ...] = field(default=())


WREN_PROFILE = Profile(
    card=WREN,
    headline="I work slowly, and I explain what I do and why.",
    about="Eleven years of clinical massage, most of it with people who sit too much or lift too much.\n\n"
    "A first visit starts with questions and ends with two or three things to try at home. "
    "If something points to your doctor rather than to my table, I will say so.",
    gender="Woman",
    languages=("English", "Spanish"),
    access=("No steps", "Parking at the door", "Lying on your side is possible", "Low table"),
    conditions=SPECIALTIES[:2] + SPECIALTIES[3:4],
    techniques=(SPECIALTIES[2], SPECIALTIES[4]),
    services=(
        {"name": "Focused session", "minutes": 60, "price_cents": 9500, "detail": "One area, for example the low back."},
        {"name": "First visit with assessment", "minutes": 90, "price_cents": 13000, "detail": None},
        {"name": "Home visit", "minutes": 60, "price_cents": None, "detail": "Within 8 miles of Hyde Park."},
    ),
    address={"lines": ("4200 Invented Avenue", "Austin, TX 78751"), "street_shown": True, "region": "TX",
             "city": "Austin", "postcode": "78751", "country": "US"},
    articles=(
        {"slug": "sciatica-and-massage", "title": "Sciatica and massage: what to expect", "minutes": 6},
        {"slug": "your-first-visit", "title": "Your first visit", "minutes": 4},
    ),
)  # fmt: skip
UNCLAIMED_PROFILE = Profile(
    card=CARDS[3],
    address={"lines": ("West Lake Hills, TX 78746",), "street_shown": False, "region": "TX",
             "city": "West Lake Hills", "postcode": "78746", "country": "US"},
    source="the national provider registry (NPPES), entry of 3 May 2019",
)  # fmt: skip


def profile(case: str) -> dict[str, Any]:
    """The context of a profile page: `case` is full, empty (no free time) or unclaimed."""
    one = UNCLAIMED_PROFILE if case == "unclaimed" else WREN_PROFILE
    if case == "long":
        one = replace(one, card=CARDS[2])
    shown = None if case == "unclaimed" else week(empty=case == "empty")
    return {"profile": one, "therapist": one.card, "units": "mi", "week": shown, "json_ld": json_ld(one)}


def json_ld(one: Profile) -> dict[str, Any]:
    return {"@context": "https://schema.org", "@type": "Person", "name": one.card.name, "jobTitle": "Massage therapist"}


HOME: dict[str, Any] = {
    "licences": {"checked": 1284, "self_reported": 9310, "boards": 6, "newest": datetime(2026, 11, 14, tzinfo=UTC)},
    "articles": [
        {"slug": "sciatica-and-massage", "title": "Sciatica and massage: what to expect", "minutes": 6,
         "summary": "What studies found, what they did not, and what a first session is like."},
        {"slug": "when-not-to-have-a-massage", "title": "When not to have a massage", "minutes": 4,
         "summary": "The signs that need a doctor first, and the ones that cannot wait."},
        {"slug": "how-to-choose-a-massage-therapist", "title": "How to choose a massage therapist", "minutes": 5,
         "summary": "Five questions to ask before you book."},
    ],
}  # fmt: skip
