"""Addresses and references of a booking: made and read faster than by the libraries, and the same."""

from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.scheduling.contact import read_email
from app.scheduling.services.beginning import REFERENCE_LETTERS, new_keys

LOCAL = st.text("ab.+-_'Zé@ ", max_size=70)
HOST = st.text("abc.-_A1é[: ", max_size=30) | st.sampled_from(["example.test", "localhost", "mail.example.com"])


def _by_the_library(text: str) -> str | None:
    try:
        return str(validate_email(text, check_deliverability=False, test_environment=True).normalized)
    except EmailNotValidError:
        return None


@given(LOCAL, HOST)
@example("a" * 64, "example.test")
@example("a" * 65, "example.test")
@example("info", "example.test")
@example("a.b", ".".join(["a" * 60] * 4) + ".example")
@example("a" * 64, ".".join(["b" * 60] * 3) + ".example")
@example("a", "xn--bcher-kva.example")
@example("a", "xn--a.example")
@example("a", "[127.0.0.1]")
def test_an_address_is_read_as_the_library_reads_it(local: str, host: str) -> None:
    text = f"{local}@{host}".strip()
    for _ in range(2):
        try:
            found = read_email(text)
        except Invalid:
            found = None
        assert found == _by_the_library(text)


def test_references_have_eight_letters_of_all_kinds() -> None:
    made = [new_keys().reference for _ in range(400)]
    assert {len(each) for each in made} == {8}
    assert len(set(made)) == 400
    assert all({each[at] for each in made} == set(REFERENCE_LETTERS) for at in range(8))
