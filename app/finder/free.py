"""The free times of those found: each location is asked about once a search, in batches, by the rule that books."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from app.finder.criteria import SearchCriteria
from app.finder.near import Hit
from app.finder.outlook import NEVER, Outlook
from app.scheduling.queries import Known, NextTimes, Window, next_times


def window_of(criteria: SearchCriteria) -> Window:
    opens, closes = criteria.time or (0, 1440)
    return Window(criteria.first, criteria.last, opens, closes, criteria.minutes, criteria.max_price_cents)


@dataclass
class FreeTimes:
    """The answers of one search, seen from one moment. `zone` is the searched place's."""

    session: Session
    criteria: SearchCriteria
    now: datetime
    zone: str = "UTC"
    known: dict[int, NextTimes | None] = field(default_factory=dict)
    read: Known = field(default_factory=Known)

    def __post_init__(self) -> None:
        self.window = window_of(self.criteria)
        self.outlook = Outlook(self.window, self.now, self.zone)

    def instead(self, criteria: SearchCriteria) -> "FreeTimes":
        """The same moment with other wishes; what was read already is not read again."""
        return FreeTimes(self.session, criteria, self.now, self.zone, read=self.read)

    def ask(self, location_ids: Iterable[int]) -> None:
        """Look up those that are not known yet."""
        new = [each for each in dict.fromkeys(location_ids) if each not in self.known]
        if new:
            found = next_times(self.session, new, self.window, self.now, known=self.read)
            self.known |= {each: found.get(each) for each in new}

    def available(self, hits: Sequence[Hit]) -> set[int]:
        """The locations of the hits that have a wanted time."""
        self.ask(hit.location_id for hit in hits)
        return {hit.location_id for hit in hits if self.start(hit.location_id) < NEVER}

    def start(self, location_id: int) -> int:
        """The quantum of the first wanted start at a location that was asked about; NEVER without one."""
        times = self.known[location_id]
        return times.quanta[0] if times and times.quanta else NEVER

    def times(self, location_id: int) -> NextTimes | None:
        """The next times of a location; None when it cannot be booked at all."""
        self.ask([location_id])
        return self.known[location_id]
