"""How common things are among fictional therapists, and what an hour costs where. Shares of one; invented but believable."""

from collections.abc import Mapping

from app.directory.catalogue import BY_SLUG

_SHARES = {
    "lower-back-pain": 0.62,
    "sciatica": 0.34,
    "pinched-nerve": 0.18,
    "neck-pain": 0.52,
    "shoulder-pain": 0.44,
    "headache": 0.28,
    "hip-pain": 0.24,
    "muscle-tension": 0.7,
    "pregnancy": 0.15,
    "sports-injury": 0.21,
    "knee-pain": 0.1,
    "jaw-pain": 0.08,
    "swedish": 0.74,
    "deep-tissue": 0.62,
    "myofascial-release": 0.33,
    "trigger-point": 0.37,
    "gentle-stretching": 0.25,
    "sports-massage": 0.22,
    "prenatal": 0.14,
    "lymphatic-drainage": 0.1,
    "medical-massage": 0.2,
    "hot-stone": 0.17,
    "craniosacral": 0.1,
    "neuromuscular": 0.12,
}
SHARES: Mapping[int, float] = {BY_SLUG[slug].id: share for slug, share in _SHARES.items()}
"""Of the claimed therapists, by specialty id."""

CLAIMED = 0.72
INSTANT = 0.35
"""Of the claimed; the others are booked by request."""
HOME_VISITS = 0.18
HOME_VISITS_ONLY = 0.04
SECOND_PRACTICE = 0.06
CHECKED = 0.6
"""Licences checked with the board."""
LAPSED = 0.05
"""Licences that no longer allow a listing."""

GENDERS = (("female", 0.77), ("male", 0.18), ("other", 0.02), (None, 0.03))

LANGUAGES = {"es": 0.09, "zh": 0.025, "vi": 0.012, "ru": 0.012, "pt": 0.012, "fr": 0.015, "ko": 0.01, "tl": 0.012,
             "pl": 0.006, "de": 0.006, "ar": 0.006, "ase": 0.008}  # fmt: skip
SPANISH = {"TX": 0.32, "CA": 0.3, "FL": 0.28, "NM": 0.34, "AZ": 0.26, "NV": 0.22, "NY": 0.18, "NJ": 0.18, "PR": 0.95}

HOUR_CENTS = 9000
"""An hour at the national mean."""
PRICE_LEVELS = {
    "AL": 0.88, "AK": 1.05, "AZ": 1.0, "AR": 0.87, "CA": 1.14, "CO": 1.03, "CT": 1.05, "DC": 1.12, "DE": 0.99,
    "FL": 1.02, "GA": 0.97, "HI": 1.13, "IA": 0.9, "ID": 0.93, "IL": 0.99, "IN": 0.92, "KS": 0.9, "KY": 0.89,
    "LA": 0.9, "MA": 1.1, "MD": 1.06, "ME": 0.98, "MI": 0.94, "MN": 0.98, "MO": 0.91, "MS": 0.86, "MT": 0.94,
    "NC": 0.94, "ND": 0.9, "NE": 0.91, "NH": 1.06, "NJ": 1.11, "NM": 0.91, "NV": 0.98, "NY": 1.12, "OH": 0.92,
    "OK": 0.88, "OR": 1.05, "PA": 0.98, "RI": 1.03, "SC": 0.92, "SD": 0.88, "TN": 0.91, "TX": 0.97, "UT": 0.96,
    "VA": 1.02, "VT": 1.0, "WA": 1.1, "WI": 0.93, "WV": 0.87, "WY": 0.92,
}  # fmt: skip
LARGE_TOWN = 300_000
LARGE_TOWN_LEVEL = 1.08
