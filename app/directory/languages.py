"""The languages that a search can ask for, each with its bit in an entry. Order is stored: only ever append."""

_CODES = (
    "en es zh vi tl ko ru ar fr de pt it pl ja hi ur fa he uk th ht pa bn gu ta te ml kn mr ne am so sw yo ig ha"
    " tr el ro hu cs sk sr hr bs bg sq hy ka km lo my id ms nl sv da no"
)
CODES: tuple[str, ...] = tuple(_CODES.split())
"""BCP 47 primary tags; at most 62, for a signed 64-bit column."""

BIT = {code: 1 << at for at, code in enumerate(CODES)}


def bits(codes: "frozenset[str] | list[str] | tuple[str, ...]") -> int:
    """The bits of the languages that can be asked for; others are shown, not searched."""
    found = 0
    for code in codes:
        found |= BIT.get(code, 0)
    return found
