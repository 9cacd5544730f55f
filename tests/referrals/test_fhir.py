"""FHIR R4 in and out. The shapes are those of the specification's examples; everything in them is invented."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.directory.catalogue import BY_SLUG
from app.referrals import codes, fhir
from app.referrals.statuses import OF_STATE, RANK
from tests.referrals import r4

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
        (ICD, "M5416", "pinched-nerve"),
        (ICD, "M51.16", "pinched-nerve"),
        (ICD, "M62.830", "muscle-tension"),
        ("urn:oid:2.16.840.1.113883.6.90", "M54.50", "lower-back-pain"),
        ("http://hl7.org/fhir/sid/icd-10", "M54.5", "lower-back-pain"),
        (SNOMED, "23056005", "sciatica"),
    ],
)
def test_codes_that_we_know(system: str, code: str, slug: str) -> None:
    found = read(reasonCode=[coded(system, code)])
    assert (found.condition, found.unknown) == (slug, [])
    assert found.known == [fhir.Known("reasonCode[0]", system, code, slug)]


def test_every_code_of_the_tables_means_a_condition_that_there_is() -> None:
    slugs = {*codes.CONDITION_OF_ICD.values(), *codes.CONDITION_OF_ICD_CM.values(), *codes.CONDITION_OF_SNOMED.values()}
    assert {BY_SLUG[slug].kind for slug in slugs} == {"condition"}


@pytest.mark.parametrize("code", ["M62.83", "M26.62"])
def test_a_code_that_the_who_uses_for_something_else_is_not_taken(code: str) -> None:
    found = read(reasonCode=[coded("http://hl7.org/fhir/sid/icd-10", code)])
    assert (found.condition, [each.code for each in found.unknown]) == ("", [code])


def test_massage_itself_is_understood_and_says_nothing_of_the_problem() -> None:
    found = read(code=coded("http://www.ama-assn.org/go/cpt", "97124", "Massage therapy"))
    assert (found.condition, found.unknown, found.known[0].slug) == ("", [], "")


def test_a_reason_in_a_contained_condition_is_followed() -> None:
    condition = {"resourceType": "Condition", "id": "c", "code": coded(ICD, "M54.32"), "subject": {"reference": "x"}}
    found = read(contained=[condition], reasonReference=[{"reference": "#c"}])
    assert (found.condition, found.unknown) == ("sciatica", [])


def test_a_contained_condition_is_read_once_however_often_it_is_named() -> None:
    codings = [{"system": ICD, "code": f"E84.{n}"} for n in range(20)]
    condition = {"resourceType": "Condition", "id": "c", "code": {"coding": codings}}
    found = read(contained=[condition], reasonReference=[{"reference": "#c"}] * 20)
    assert len(found.unknown) + found.more == 20, "a file's codings and references would multiply"


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
    assert "Neck pain" in found.unknown[0].words


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
        json.dumps(request(note=[{"text": "x" * 300_000}])),
        json.dumps(request(doNotPerform=True)), json.dumps(request(doNotPerform="yes")),
        json.dumps(request(status=["active"])), json.dumps(request(intent={"order": 1})),
        json.dumps(request(status=None)), json.dumps(request(subject=[])), json.dumps([request()]),
        json.dumps(request(note=[{"text": "\ud800"}])), json.dumps(request(**{"\udc00": 1})),
        json.dumps(request(quantityQuantity={"value": float("nan")})), json.dumps(request(x=float("-inf"))),
        json.dumps(request(x=0)).replace('"x": 0', '"x": 1e999'), json.dumps(request(x=10**30)),
        json.dumps(request(x=0)).replace('"x": 0', '"x": ' + "9" * 100_000),
        json.dumps(request(x=0)).replace('"x": 0', '"x": ' + '{"a":[' * 50 + "]}" * 50),
        json.dumps(request(x=0)).replace('"x": 0', '"status": "active"'),
        json.dumps(request(code={"text": 1})).replace('"text": 1', '"text": "a", "text": "b"'),
        "\ufeff" + json.dumps(request()) + "x", "\ud800",
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused_in_words(text: str) -> None:
    with pytest.raises(Invalid):
        fhir.read(text)


NAMES = [
    "coding",
    "code",
    "system",
    "reference",
    "repeat",
    "text",
    "value",
    "end",
    "id",
    "display",
    "count",
    "resourceType",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 10**12) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8) | st.sampled_from([ICD, SNOMED, "M54.3", "#c", "Condition"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
FREE = sorted(fhir.reading.USED - {"resourceType", "status", "intent", "subject", "doNotPerform"})


@given(odd=st.dictionaries(st.sampled_from(FREE), JSON), subject=st.dictionaries(st.sampled_from(NAMES), JSON))
def test_no_shape_of_a_request_breaks_the_reading_and_every_answer_is_r4(
    odd: dict[str, Any], subject: dict[str, Any]
) -> None:
    found = fhir.read(json.dumps(request(**odd, subject=subject)))
    r4.check(fhir.write(outcome(source=found.source)))
    r4.check(json.loads(json.dumps(fhir.write(outcome(source=found.source)), ensure_ascii=False)))


@given(st.lists(JSON, min_size=1, max_size=3))
def test_every_code_of_a_request_is_understood_or_listed(codings: list[Any]) -> None:
    """Whatever stands where a code may stand, the doctor is told of each."""
    found = read(reasonCode=[{"coding": codings}])
    assert len(found.known) + len(found.unknown) >= len(codings)


@pytest.mark.parametrize(
    ("member", "odd"),
    [
        ("reasonCode", coded(ICD, "M54.3")),
        ("reasonCode", "M54.3"),
        ("reasonReference", {"reference": "#c"}),
        ("contained", {"resourceType": "Condition", "id": "c"}),
        ("note", {"text": "Go gently."}),
        ("note", [{"text": 7}]),
        ("identifier", {"value": "REQ-7"}),
        ("code", [coded(ICD, "M54.3")]),
        ("code", {"coding": coded(ICD, "M54.3")["coding"][0]}),
        ("code", {"coding": ["M54.3"]}),
        ("quantityQuantity", {"value": 31}),
        ("occurrenceTiming", {"repeat": {"count": 4, "period": 1, "periodUnit": "wk"}}),
        ("occurrencePeriod", {"end": "2027-13-01"}),
        ("_status", {"extension": []}),
        ("implicitRules", "urn:other-rules"),
        ("modifierExtension", [{"url": "urn:x"}]),
    ],
)  # fmt: skip
def test_what_has_another_shape_than_r4s_is_listed_not_lost(member: str, odd: Any) -> None:
    found = read(**{member: odd})
    assert [each.where.partition(".")[0].partition("[")[0] for each in found.unknown] == [member]


def test_two_contained_resources_of_one_name_are_both_told() -> None:
    twins = [{"resourceType": "Condition", "id": "c", "code": coded(ICD, code)} for code in ("M54.3", "M54.2")]
    found = read(contained=twins, reasonReference=[{"reference": "#c"}])
    assert found.condition == "sciatica"
    assert [each.where for each in found.unknown] == ["contained #c"]


def test_words_beside_a_known_code_are_told_when_they_say_more() -> None:
    said = {**coded(ICD, "M54.31", "Sciatica, right side"), "text": "Sciatica after a fall, fracture excluded"}
    assert [each.words for each in read(reasonCode=[said]).unknown] == ["Sciatica after a fall, fracture excluded"]
    same = {**coded(ICD, "M54.31", "Sciatica, right side"), "text": "sciatica, RIGHT side"}
    assert read(reasonCode=[same]).unknown == []


def test_a_long_list_is_cut_short_and_counted() -> None:
    found = read(reasonCode=[coded(ICD, f"E84.{n}") for n in range(1000)])
    assert len(found.unknown) + found.more == 1000
    assert len(found.unknown) == fhir.reading.MOST_LINES


def test_what_is_no_address_of_r4_is_not_repeated() -> None:
    found = read(identifier=[{"system": "urn:x y", "value": "REQ-7"}], subject={"reference": "Patient/ 7"})
    sent = fhir.write(outcome(source=found.source))["entry"][0]["resource"]
    assert (sent["identifier"], sent["subject"]) == ([{"value": "REQ-7"}], {"display": "The patient of this referral"})


def test_what_is_kept_for_the_answer_is_small_however_large_the_request() -> None:
    many = [{"system": "urn:x" * 20, "value": f"{n}" * 40, "code": f"{n}"} for n in range(300)]
    found = read(
        identifier=many, code={"coding": many, "text": "y" * 9000}, subject={"reference": "Patient/" + "7" * 900}
    )
    assert len(found.source) < 4000


def test_a_long_note_is_cut_and_said() -> None:
    found = read(note=[{"text": "a" * 2000}, {"text": "and the end"}])
    assert len(found.note) == 2000
    assert found.unknown[0].words == "… \nand the end"
    assert "2000 letters" in found.warnings[0]


def test_as_much_of_one_thing_as_a_file_holds_is_read_and_counted() -> None:
    """A quarter of a megabyte each; work that grew faster than the size would not end."""
    for part in ({"coding": [{"code": "x"}]}, {"text": "x"}, {}, [], 0):
        once = len(json.dumps(part)) + 2
        many = [part] * ((fhir.MOST_BYTES - 2000) // once)
        found = read(reasonCode=many, contained=many[:1])
        assert found.more > 1000


def outcome(**facts: Any) -> fhir.Outcome:
    known = {
        "referral_id": 3, "status": "attended", "ended": False, "created_at": NOW, "told_at": NOW,
        "condition": "Sciatica", "doctor": "Dr. Testa Example", "npi": "1234567893",
    }  # fmt: skip
    return fhir.Outcome(**{**known, **facts})


@pytest.mark.parametrize("status", sorted({*RANK, *OF_STATE.values(), "new", "opened", "never_booked"}))
@pytest.mark.parametrize("ended", [True, False])
def test_every_outcome_has_what_fhir_requires(status: str, ended: bool) -> None:
    bundle = fhir.write(outcome(status=status, ended=ended, notes=[(NOW, "Better."), (NOW, " ")]))
    r4.check(bundle)
    sent, task = (each["resource"] for each in bundle["entry"])
    assert task["businessStatus"]["text"]
    assert len(task["note"]) == 1
    over = {"attended": "completed", "requested": "active", "confirmed": "active"}
    assert sent["status"] == over.get(status, "revoked" if ended else "active")
    assert bundle["timestamp"] == "2027-03-01T09:30:00Z"


@pytest.mark.parametrize(
    "change",
    [
        lambda made: made["entry"][0]["resource"].update(status="attended"),
        lambda made: made["entry"][0]["resource"].pop("subject"),
        lambda made: made["entry"][0]["resource"].update(identifier=[]),
        lambda made: made["entry"][0]["resource"].update(subject={"reference": "#p"}),
        lambda made: made["entry"][0]["resource"].update(code="massage"),
        lambda made: made["entry"][0]["resource"].update(patient={"display": "x"}),
        lambda made: made["entry"][1]["resource"].update(status="active"),
        lambda made: made["entry"][1]["resource"].update(intent="directive"),
        lambda made: made["entry"][1]["resource"].update(lastModified="2027-02-28T09:30:00Z"),
        lambda made: made["entry"][1]["resource"].update(authoredOn="2027-03-01 09:30"),
        lambda made: made["entry"][1]["resource"].update(focus={"reference": "ServiceRequest/3"}),
        lambda made: made["entry"][1]["resource"].update(note=[{"text": ""}]),
        lambda made: made["entry"][1].update(fullUrl=made["entry"][0]["fullUrl"]),
    ],
)  # fmt: skip
def test_the_check_itself_finds_what_is_not_r4(change: Any) -> None:
    made = fhir.write(outcome())
    r4.check(made)
    change(made)
    with pytest.raises(r4.NotR4):
        r4.check(made)


def test_the_answer_names_the_request_that_it_answers() -> None:
    found = read(identifier=[{"system": "urn:x", "value": "REQ-7"}], code=coded(SNOMED, "387854002"))
    sent = fhir.write(outcome(source=found.source, notes=[(NOW, "Better.")]))["entry"]
    assert sent[0]["resource"]["identifier"] == [{"system": "urn:x", "value": "REQ-7"}]
    assert sent[0]["resource"]["subject"] == {"reference": "Patient/p1"}
    assert (sent[0]["resource"]["status"], sent[1]["resource"]["status"]) == ("completed", "completed")
    assert sent[1]["resource"]["note"][0]["text"] == "Better."
