"""What a look-up answers: one place, several, or none with a sentence."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spot:
    """A point that a person meant. Degrees; `time_zone` is an IANA name."""

    label: str
    kind: str
    lat: float
    lon: float
    time_zone: str
    country: str = ""
    admin1: str = ""
    name: str = ""
    population: int = 0


@dataclass(frozen=True, slots=True)
class Geocoded:
    """One place (`place`), several (`place` the likeliest, `alternatives` all of them, most populous first), or none.

    `note` is a sentence for the person when the answer is not exactly what was typed, and always when there is none.
    """

    place: Spot | None = None
    alternatives: tuple[Spot, ...] = ()
    note: str = ""

    @property
    def outcome(self) -> str:
        if self.place is None:
            return "none"
        return "several" if self.alternatives else "one"
