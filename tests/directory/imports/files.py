"""Invented registry and roster files in the layouts of the real ones."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from app.directory.npi import check_digit

MASSAGE = "225700000X"
_MAILING = "Provider {}Business Mailing Address{}"
_PRACTICE = "Provider {}Business Practice Location Address{}"
_ADDRESS = (
    ("First Line ", ""),
    ("Second Line ", ""),
    ("", " City Name"),
    ("", " State Name"),
    ("", " Postal Code"),
    ("", " Country Code (If outside U.S.)"),
    ("", " Telephone Number"),
    ("", " Fax Number"),
)


def header(width: int = 330) -> list[str]:
    """The columns of the registry's data file; 329 is the edition without the certification date and with Gender."""
    names = [
        "NPI", "Entity Type Code", "Replacement NPI", "Employer Identification Number (EIN)",
        "Provider Organization Name (Legal Business Name)", "Provider Last Name (Legal Name)", "Provider First Name",
        "Provider Middle Name", "Provider Name Prefix Text", "Provider Name Suffix Text", "Provider Credential Text",
        "Provider Other Organization Name", "Provider Other Organization Name Type Code", "Provider Other Last Name",
        "Provider Other First Name", "Provider Other Middle Name", "Provider Other Name Prefix Text",
        "Provider Other Name Suffix Text", "Provider Other Credential Text", "Provider Other Last Name Type Code",
        *(_MAILING.format(*parts) for parts in _ADDRESS),
        *(_PRACTICE.format(*parts) for parts in _ADDRESS),
        "Provider Enumeration Date", "Last Update Date", "NPI Deactivation Reason Code", "NPI Deactivation Date",
        "NPI Reactivation Date", "Provider Sex Code" if width == 330 else "Provider Gender Code",
        "Authorized Official Last Name", "Authorized Official First Name", "Authorized Official Middle Name",
        "Authorized Official Title or Position", "Authorized Official Telephone Number",
    ]  # fmt: skip
    for slot in range(1, 16):
        names += [
            f"Healthcare Provider Taxonomy Code_{slot}",
            f"Provider License Number_{slot}",
            f"Provider License Number State Code_{slot}",
            f"Healthcare Provider Primary Taxonomy Switch_{slot}",
        ]
    for slot in range(1, 51):
        names += [f"Other Provider Identifier{part}_{slot}" for part in ("", " Type Code", " State", " Issuer")]
    names += [
        "Is Sole Proprietor", "Is Organization Subpart", "Parent Organization LBN", "Parent Organization TIN",
        "Authorized Official Name Prefix Text", "Authorized Official Name Suffix Text",
        "Authorized Official Credential Text",
    ]  # fmt: skip
    names += [f"Healthcare Provider Taxonomy Group_{slot}" for slot in range(1, 16)]
    return [*names, "Certification Date"][:width]


def npi(number: int) -> str:
    """The invented NPI with this number."""
    first = f"{100_000_000 + number:09d}"
    return f"{first}{check_digit(first)}"


SHORT = {
    "npi": "NPI",
    "entity": "Entity Type Code",
    "last": "Provider Last Name (Legal Name)",
    "first": "Provider First Name",
    "middle": "Provider Middle Name",
    "credential": "Provider Credential Text",
    "street": "Provider First Line Business Practice Location Address",
    "unit": "Provider Second Line Business Practice Location Address",
    "city": "Provider Business Practice Location Address City Name",
    "state": "Provider Business Practice Location Address State Name",
    "postcode": "Provider Business Practice Location Address Postal Code",
    "country": "Provider Business Practice Location Address Country Code (If outside U.S.)",
    "phone": "Provider Business Practice Location Address Telephone Number",
    "updated": "Last Update Date",
    "deactivated": "NPI Deactivation Date",
    "reactivated": "NPI Reactivation Date",
    "sex": "Provider Sex Code",
    "organization": "Provider Organization Name (Legal Business Name)",
    "certified": "Certification Date",
}


def massage_therapist(number: int, **facts: str) -> dict[str, str]:
    """A row about an invented massage therapist in Austin; facts by short or by full column name."""
    row = {
        "npi": npi(number),
        "entity": "1",
        "last": "SAMPLESON",
        "first": "TESTA",
        "credential": "LMT",
        "street": "100 EXAMPLE ST",
        "city": "AUSTIN",
        "state": "TX",
        "postcode": "787011234",
        "country": "US",
        "phone": "5125550100",
        "updated": "01/15/2024",
        "sex": "F",
        "Healthcare Provider Taxonomy Code_1": MASSAGE,
        "Provider License Number_1": f"MT{number:06d}",
        "Provider License Number State Code_1": "TX",
        "Healthcare Provider Primary Taxonomy Switch_1": "Y",
    }
    return {**row, **facts}


def somebody_else(number: int, **facts: str) -> dict[str, str]:
    """An individual of another profession."""
    return massage_therapist(number, **{"Healthcare Provider Taxonomy Code_1": "207Q00000X", **facts})


def organization(number: int) -> dict[str, str]:
    return {"npi": npi(number), "entity": "2", "organization": "EXAMPLE CLINIC", "updated": "01/15/2024"}


def deactivated(number: int, on: str = "03/03/2025") -> dict[str, str]:
    """As the registry leaves it: number and date, nothing else."""
    return {"npi": npi(number), "deactivated": on}


def values(row: dict[str, str], names: Sequence[str]) -> list[str]:
    full = {SHORT.get(name, name): value for name, value in row.items()}
    if "Provider Gender Code" in names:
        full["Provider Gender Code"] = full.get("Provider Sex Code", "")
    return [full.get(name, "") for name in names]


def quoted(rows: Iterable[dict[str, str]], width: int = 330, end: str = "\n") -> bytes:
    """The file as CMS writes it: every value in quotes."""
    names = header(width)
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator=end)
    writer.writerows([names, *(values(row, names) for row in rows)])
    return out.getvalue().encode()


def resaved(rows: Iterable[dict[str, str]]) -> bytes:
    """The file after a trip through a data frame: bare, and whole numbers with .0."""
    names = header()
    floats = {SHORT[short] for short in ("entity", "postcode", "phone")}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        cells = values(row, names)
        writer.writerow(
            f"{int(cell)}.0" if name in floats and cell.isdigit() else cell
            for name, cell in zip(names, cells, strict=True)
        )
    return out.getvalue().encode()


def written(folder: Path, content: bytes, name: str = "npidata_pfile_20250101-20250107.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def zipped(folder: Path, members: dict[str, bytes], name: str = "NPPES_Data_Dissemination_January_2025.zip") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path
