"""Where a licence can be from: ISO 3166-2 codes with their names, and what is known of their boards."""

from collections.abc import Mapping

_US = (
    "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware"
    "|DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas"
    "|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi"
    "|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York"
    "|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|PR Puerto Rico|RI Rhode Island"
    "|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington"
    "|WV West Virginia|WI Wisconsin|WY Wyoming"
)
_CA = "AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|NS Nova Scotia"
_CA += "|ON Ontario|PE Prince Edward Island|QC Quebec|SK Saskatchewan"

NAMES: Mapping[str, str] = {
    f"{country}-{each[:2]}": each[3:] for country, text in (("US", _US), ("CA", _CA)) for each in text.split("|")
}
"""By code, United States first, each country in the order of names."""


def name_of(code: str) -> str:
    """Texas for US-TX; the code itself where we have no name."""
    return NAMES.get(code, code)
