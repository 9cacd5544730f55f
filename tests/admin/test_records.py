"""What admins read in the records are words: no kind, act or count is without them."""

import ast
from pathlib import Path

import pytest

from app.directory.emails import RENDERERS as OF_THE_DIRECTORY
from app.directory.imports import registry_run, roster_apply, roster_scan
from app.referrals.emails import RENDERERS as OF_REFERRALS
from app.scheduling.emails import RENDERERS as OF_VISITS
from app.web.admin import records
from config import ROOT

ACTS = ("app/accounts", "app/articles", "app/cli", "app/web/admin")


def noted(path: Path) -> set[str]:
    """The acts that a module notes by name: the third word of each `note_act`."""
    calls = (one for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.Call))
    third = [one.args[2] for one in calls if getattr(one.func, "id", "") == "note_act"]
    return {node.value for one in third for node in ast.walk(one) if isinstance(node, ast.Constant)}


def test_every_message_has_words() -> None:
    assert {"mail", *OF_VISITS, *OF_THE_DIRECTORY, *OF_REFERRALS} == set(records.MESSAGE)


def test_every_act_has_words() -> None:
    found = {each for folder in ACTS for path in (ROOT / folder).rglob("*.py") for each in noted(path)}
    assert found
    assert found | {"grant", "refuse", "verify", "settled"} == set(records.ACT)


def test_every_count_of_an_import_has_words() -> None:
    counts = {*registry_run.OUTCOMES, *roster_scan.OUTCOMES, *roster_apply.OUTCOMES}
    assert counts == set(records.COUNT)


@pytest.mark.parametrize(
    ("subject", "words"),
    [("claim:2", "claim 2"), ("user:5", "ada@person.example"), ("account", "account"), ("strange:1", "strange:1")],
)
def test_a_subject_in_words(subject: str, words: str) -> None:
    assert records.thing(subject, {"user:5": "ada@person.example"}) == words


def test_a_role_is_said_as_a_role_and_a_reason_as_it_was_written() -> None:
    assert records.detail("role-given", "therapist") == "therapist"
    assert records.detail("closed", "asked by phone") == "asked by phone"


@pytest.mark.parametrize(("kind", "words"), [("nppes", "NPPES"), ("US-TX", "Texas"), ("other", "other")])
def test_whose_file_was_imported(kind: str, words: str) -> None:
    assert words in records.imported(kind)
