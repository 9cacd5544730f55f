"""FHIR R4 in and out. The shapes are those of the specification's examples; everything in them is invented."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.referrals import fhir
from app.referrals.statuses import OF_STATE, RANK

NOW = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED = "http://snomed.info/sct"


def request(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/p1", "display": "Pat Example"},
        **more,
    }


def read(**more: Any) -> fhir.Imported:
    return fhir.read(json.dumps(request(**more)))


def coded(system: str, code: str, display: str = "") -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": display}]}


@pytest.mark.parametrize(
    ("system", "code", "slug"),
    [
        (ICD, "M54.31", "sciatica"),
        (ICD, "M54.41", "sciatica"),
        (ICD, "M54.16", "pinched-nerve"),
        (ICD, "M54.50", "lower-back-pain"),
        (ICD, "m54.2", "neck-pain"),
        (SNOMED, "23056005", "sciatica"),
    ],
)
def test_codes_that_we_know(system: str, code: str, slug: str) -> None:
    found = read(reasonCode=[coded(system, code)])
    assert (found.condition, found.unknown) == (slug, [])


def test_a_reason_in_a_contained_condition_is_followed() -> None:
    condition = {"resourceType": "Condition", "id": "c", "code": coded(ICD, "M54.32"), "subject": {"reference": "x"}}
    found = read(contained=[condition], reasonReference=[{"reference": "#c"}])
    assert (found.condition, found.unknown) == ("sciatica", [])


def test_what_we_do_not_know_is_listed_with_system_and_code() -> None:
    found = read(
        code=coded(SNOMED, "34431008", "Physiotherapy of chest"),
        reasonCode=[coded(ICD, "E84.0", "Cystic fibrosis"), coded(ICD, "M54.3")],
        asNeededBoolean=True,
        performer=[{"display": "Somebody"}],
        contained=[{"resourceType": "Provenance", "id": "signature"}],
        reasonReference=[{"reference": "Condition/elsewhere", "display": "An old injury"}],
    )
    assert found.condition == "sciatica"
    assert [(each.where, each.code) for each in found.unknown] == [
        ("code", "34431008"),
        ("reasonCode[0]", "E84.0"),
        ("reasonReference[0]", ""),
        ("contained #signature", ""),
        ("asNeededBoolean", ""),
        ("performer", ""),
    ]
    assert found.unknown[2].words == "An old injury"


def test_a_second_problem_is_said_not_lost() -> None:
    found = read(reasonCode=[coded(ICD, "M54.3"), coded(ICD, "M54.2")])
    assert found.condition == "sciatica"
    assert "neck pain" in found.unknown[0].words


def test_words_count_where_there_is_no_code() -> None:
    assert read(code={"text": "Deep tissue massage"}).technique in ("deep-tissue", "")
    assert read(reasonCode=[{"text": "Low back pain"}]).condition == "lower-back-pain"


def test_visits_note_end_and_identifier_fill_the_form() -> None:
    found = read(
        quantityQuantity={"value": 6},
        note=[{"text": "Go gently."}],
        occurrencePeriod={"start": "2027-03-01", "end": "2027-06-01T00:00:00Z"},
        identifier=[{"system": "urn:x", "value": "REQ-7"}],
    )
    assert (found.suggested_visits, found.note, str(found.until), found.label) == (
        6,
        "Go gently.",
        "2027-06-01",
        "REQ-7",
    )


def test_the_patients_name_is_never_read() -> None:
    assert "Pat Example" not in repr(read(reasonCode=[coded(ICD, "M54.3")]))


def test_a_bundle_with_one_request_is_read_as_that() -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": request(reasonCode=[coded(ICD, "M54.2")])}],
    }
    assert fhir.read(json.dumps(bundle)).condition == "neck-pain"


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", "12", "{", '{"resourceType": "Slot"}', "[" * 100_000,
        json.dumps(request(status="banana")), json.dumps(request(intent="banana")),
        json.dumps({"resourceType": "ServiceRequest", "status": "active", "intent": "order"}),
        json.dumps({"resourceType": "Bundle", "entry": [{"resource": request()}, {"resource": request()}]}),
        json.dumps(request(note=[{"text": "x" * 600_000}])),
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused_in_words(text: str) -> None:
    with pytest.raises(Invalid):
        fhir.read(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["coding", "code", "system", "reference", "repeat", "text", "value", "end", "id"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(sorted(fhir.USED - {"resourceType", "status", "intent", "subject"})), JSON))
def test_no_shape_of_a_request_breaks_the_reading(odd: dict[str, Any]) -> None:
    found = fhir.read(json.dumps(request(**odd)))
    assert fhir.write(outcome(source=found.source))["resourceType"] == "Bundle"


def outcome(**facts: Any) -> fhir.Outcome:
    known = {
        "referral_id": 3, "status": "attended", "ended": False, "created_at": NOW, "told_at": NOW,
        "condition": "Sciatica", "doctor": "Dr. Testa Example", "npi": "1234567893",
    }  # fmt: skip
    return fhir.Outcome(**{**known, **facts})


TASK_STATUS = {
    "draft", "requested", "received", "accepted", "rejected", "ready", "cancelled", "in-progress", "on-hold", "failed",
    "completed", "entered-in-error",
}  # fmt: skip


@pytest.mark.parametrize("status", sorted({*RANK, *OF_STATE.values(), "new", "opened", "never_booked"}))
@pytest.mark.parametrize("ended", [True, False])
def test_every_outcome_has_what_fhir_requires(status: str, ended: bool) -> None:
    bundle = fhir.write(outcome(status=status, ended=ended))
    sent, task = (each["resource"] for each in bundle["entry"])
    assert sent["status"] in fhir.REQUEST_STATUS
    assert sent["intent"] in fhir.INTENT
    assert sent["subject"]
    assert task["status"] in TASK_STATUS
    assert task["intent"] == "order"
    assert bundle["timestamp"] == "2027-03-01T09:30:00Z"


def test_the_answer_names_the_request_that_it_answers() -> None:
    found = read(identifier=[{"system": "urn:x", "value": "REQ-7"}], code=coded(SNOMED, "387854002"))
    sent = fhir.write(outcome(source=found.source, notes=[(NOW, "Better.")]))["entry"]
    assert sent[0]["resource"]["identifier"] == [{"system": "urn:x", "value": "REQ-7"}]
    assert sent[0]["resource"]["subject"] == {"reference": "Patient/p1"}
    assert (sent[0]["resource"]["status"], sent[1]["resource"]["status"]) == ("completed", "completed")
    assert sent[1]["resource"]["note"][0]["text"] == "Better."
