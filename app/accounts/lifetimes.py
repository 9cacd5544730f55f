"""How long a sign-in lasts. Pure.

NIST SP 800-63B-4 §2.1.3 asks for a new sign-in after 30 days at the most (AAL1), and 45 CFR 164.312(a)(2)(iii) for an end
of what nobody uses: the rooms of therapists and doctors show what patients wrote. Guarded rooms are stricter
(`guarded.py`).
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Lifetime:
    """`idle`: between two requests; `in_all`: from the sign-in on, however much it is used."""

    idle: timedelta
    in_all: timedelta


USUAL = Lifetime(idle=timedelta(hours=4), in_all=timedelta(hours=24))
"""The cookie goes with the browser; this is for browsers that are never closed."""
KEPT = Lifetime(idle=timedelta(days=30), in_all=timedelta(days=30))
"""Of who ticked "Keep me signed in on this device for 30 days"."""


def lifetime(*, kept: bool) -> Lifetime:
    return KEPT if kept else USUAL
