"""The roles there are. Pure names; who may do what with which object is decided where the object lives."""

from collections.abc import Mapping
from types import MappingProxyType

PATIENT, THERAPIST, DOCTOR, EDITOR, ADMIN = "patient", "therapist", "doctor", "editor", "admin"

ROLES: Mapping[str, str] = MappingProxyType(
    {
        PATIENT: "books visits",
        THERAPIST: "runs a practice here",
        DOCTOR: "refers patients",
        EDITOR: "keeps the list of articles elsewhere",
        ADMIN: "checks licences and keeps the house in order",
    }
)
"""Everybody who signs up is a patient; the others are added."""

SIGNED_IN = frozenset(ROLES)
