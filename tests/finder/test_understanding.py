"""People's words lead to the specialty they mean, and nonsense to none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.catalogues import texts
from app.directory.catalogue import SPECIALTIES
from app.finder import understanding
from app.finder.understanding import understand


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("pain shooting down my leg", "sciatica"),
        ("siatica", "sciatica"),
        ("sciatca", "sciatica"),
        ("Ciática", "sciatica"),
        ("pinched nerve in back", "pinched-nerve"),
        ("pinched nerv", "pinched-nerve"),
        ("herniated disk", "pinched-nerve"),
        ("lumbar", "lower-back-pain"),
        ("low bak pain", "lower-back-pain"),
        ("my lower back hurts", "lower-back-pain"),
        ("dolor de espalda", "lower-back-pain"),
        ("me duele la espalda", "lower-back-pain"),
        ("Me duele hasta la pierna", "sciatica"),
        ("dolor que baja por la pierna", "sciatica"),
        ("hormigueo en las manos", "pinched-nerve"),
        ("hernia de disco", "pinched-nerve"),
        ("tortícolis", "neck-pain"),
        ("me duelen los hombros", "shoulder-pain"),
        ("jaqueca", "headache"),
        ("contractura", "muscle-tension"),
        ("estoy embarazada", "pregnancy"),
        ("masaje deportivo", "sports-massage"),
        ("deep tisue", "deep-tissue"),
        ("trigger-point", "trigger-point"),
        ("migrane", "headache"),
        ("can't turn my head", "neck-pain"),
        ("SI joint", "lower-back-pain"),
        ("tailbone pain", "lower-back-pain"),
        ("butt pain", "sciatica"),
        ("bad posture", "muscle-tension"),
        ("my head hurts", "headache"),
        ("TMJ", "jaw-pain"),
    ],
)
def test_peoples_words(words: str, slug: str) -> None:
    found = understand(words).specialty
    assert found is not None
    assert found.slug == slug


@pytest.mark.parametrize(
    "words",
    [
        "dolor de muelas",
        "masaje",
        "tengo hambre",
        "asdfghjkl",
        "plumber",
        "pizza",
        "<script>alert(1)</script>",
        "' OR 1=1 --",
        "😀",
        "כאב",
        "x" * 10_000,
        "the",
    ],
)
def test_nonsense_means_nothing(words: str) -> None:
    found = understand(words)
    assert found.specialty is None
    assert found.text


def test_every_name_slug_and_synonym_means_its_specialty() -> None:
    for each in SPECIALTIES:
        assert understand(each.slug).specialty == each
        assert understand(each.name).specialty == each


def test_what_was_guessed_is_said() -> None:
    assert understand("sciatica").exact
    assert not understand("siatic nerve trouble").exact


@given(st.text(max_size=80))
def test_any_text_is_answered(text: str) -> None:
    found = understand(text)
    assert found.specialty is None or found.specialty in SPECIALTIES
    assert found.specialty not in found.others
    assert set(found.others) <= set(SPECIALTIES)


def test_every_spanish_name_means_its_specialty() -> None:
    """The page offers these names as suggestions, so it must know them."""
    say = texts("es").gettext
    wrong = [say(each.name) for each in SPECIALTIES if understand(say(each.name)).specialty != each]
    assert not wrong


def test_texts_that_are_too_long_are_not_remembered() -> None:
    understanding._understood.cache_clear()
    for number in range(5):
        assert understand(f"{number}" * 60_000).specialty is None
    assert understanding._understood.cache_info().currsize == 0
    assert understand("my back hurts").specialty is understand("my back hurts").specialty
    assert understanding._understood.cache_info().currsize == 1
