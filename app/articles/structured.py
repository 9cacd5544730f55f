"""What search engines read: schema.org MedicalWebPage. It claims no reviewer, because there was none."""

from datetime import date, datetime
from typing import Any


def medical_page(
    *, url: str, title: str, summary: str, checked_on: date, about: list[tuple[str, str]], changed_at: datetime | None
) -> dict[str, Any]:
    """The facts of a page. `about` is (kind, name) of each specialty; `checked_on` becomes lastReviewed."""
    types = {"condition": "MedicalCondition", "technique": "MedicalTherapy"}
    facts: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "url": url,
        "name": title,
        "description": summary,
        "inLanguage": "en",
        "lastReviewed": checked_on.isoformat(),
        "medicalAudience": {"@type": "MedicalAudience", "audienceType": "Patient"},
        "about": [{"@type": types[kind], "name": name} for kind, name in about],
        "publisher": {"@type": "Organization", "name": "Unknot"},
    }
    if changed_at is not None:
        facts["dateModified"] = changed_at.isoformat()
    return facts
