"""Where each board lets everybody look a licence up.

Only addresses that were found in use for that purpose are here: a board that is missing gets no link, not a guess.
"""

from collections.abc import Mapping
from types import MappingProxyType

LOOK_UPS: Mapping[str, str] = MappingProxyType(
    {
        "US-CO": "https://apps2.colorado.gov/dora/licensing/lookup/licenselookup.aspx",
        "US-CT": "https://www.elicense.ct.gov/Lookup/LicenseLookup.aspx",
        "US-FL": "https://mqa-internet.doh.state.fl.us/MQASearchServices/HealthCareProviders",
        "US-IL": "https://online-dfpr.micropact.com/lookup/licenselookup.aspx",
        "US-NY": "https://eservices.nysed.gov/professions/verification-search",
        "US-TX": "https://www.tdlr.texas.gov/LicenseSearch/",
        "US-WA": "https://fortress.wa.gov/doh/providercredentialsearch/",
    }
)
REGISTRY = "https://npiregistry.cms.hhs.gov/provider-view/"
