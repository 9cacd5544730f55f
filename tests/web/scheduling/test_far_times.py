"""Times at the ends of the calendar are as if they were not there: no arithmetic on them may break a page."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.scheduling.world import World


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "0001-01-02T00:00:00+14:00", "9999-12-31T23:59:00Z"])
def test_a_time_that_nobody_can_book_leads_to_the_times(client: FlaskClient, session: Session, at: str) -> None:
    world = World.make(session)
    asked = {"service": world.service_id, "location": world.location_id, "at": at}
    answer = client.get("/therapists/testa-sample-none/book", query_string=asked)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/therapists/testa-sample-none/times")
