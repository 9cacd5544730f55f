"""Writing people whom the directory does not hold yet: nothing of theirs is there to be read, compared or cleared."""

from collections import defaultdict
from collections.abc import Iterable
from operator import itemgetter
from typing import Any

from sqlalchemy.orm import Session

from app.core.bulk import held_values, insert_rows, reserve_ids, table_of
from app.directory.licences import CheckedHow, LicenceFacts, LicenceStatus
from app.directory.listing_facts import LocationFacts, TherapistFacts, Whole
from app.directory.listing_services import insert_listings
from app.directory.models import Licence, Location, Therapist

Values = dict[str, Any]

_therapist_facts = itemgetter(*TherapistFacts._fields)
_location_facts = itemgetter(*LocationFacts._fields)
_STATUS = {each.value: each for each in LicenceStatus}
_CHECKED = {each.value: each for each in CheckedHow}


def insert(session: Session, people: list[Values], licences: list[Values], locations: list[Values]) -> None:
    """Insert new people with all that is theirs, which names them by NPI, and list those who may be listed."""
    _make_slugs_unique(session, people)
    ids = {}
    for person, number in zip(people, reserve_ids(session, table_of(Therapist), len(people)), strict=True):
        person["id"] = ids[person["npi"]] = number
    for each in (*licences, *locations):
        each["therapist_id"] = ids[each.pop("npi")]
    for place, number in zip(locations, reserve_ids(session, table_of(Location), len(locations)), strict=True):
        place["id"] = number
    insert_values(session, Therapist, people)
    insert_values(session, Licence, licences)
    insert_values(session, Location, locations)
    insert_listings(session, _wholes(people, licences, locations))


def insert_values(session: Session, model: Any, rows: list[Values]) -> None:
    """Rows that all have the same columns, past the mapper."""
    if rows:
        columns = tuple(rows[0])
        insert_rows(session, table_of(model), columns, list(map(itemgetter(*columns), rows)))


def _make_slugs_unique(session: Session, people: list[Values]) -> None:
    taken = held_values(session, Therapist.slug, [person["slug"] for person in people])
    for person in people:
        if person["slug"] in taken:
            person["slug"] = f"{person['slug'][:68]}-{person['npi']}"


def _wholes(people: list[Values], licences: list[Values], locations: list[Values]) -> Iterable[Whole]:
    """What the listings are made of, as it would be read back."""
    own_licences: defaultdict[int, list[tuple[LicenceFacts, str]]] = defaultdict(list)
    for each in licences:
        status, how = _STATUS[each["status"]], _CHECKED[each["checked_how"]]
        facts = LicenceFacts(each["jurisdiction"], each["number"], status, None, how, None)
        own_licences[each["therapist_id"]].append((facts, each["issuer"]))
    own_places: defaultdict[int, list[LocationFacts]] = defaultdict(list)
    for each in locations:
        if each["active"] and each["lat"] is not None:
            own_places[each["therapist_id"]].append(LocationFacts._make(_location_facts(each)))
    for person in people:
        at = person["id"]
        therapist = TherapistFacts._make(_therapist_facts(person))
        yield Whole(therapist, own_licences[at], own_places[at], [], [], [])
