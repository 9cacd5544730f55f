"""The National Provider Identifier: ten digits, of which the last checks the others (45 CFR 162.406)."""

_PREFIX_SUM = 24
"""What the card-issuer prefix 80840 adds to the Luhn sum of every NPI."""

_PLAIN = {str(digit): digit for digit in range(10)}
_DOUBLED = {str(digit): sum(divmod(2 * digit, 10)) for digit in range(10)}


def check_digit(first_nine: str) -> int:
    """The tenth digit: Luhn over 80840 and the first nine."""
    doubled = sum(map(_DOUBLED.__getitem__, first_nine[::2]))
    return -(_PREFIX_SUM + doubled + sum(map(_PLAIN.__getitem__, first_nine[1::2]))) % 10


def is_npi(text: str) -> bool:
    """Ten ASCII digits, the first 1 or 2, with the right check digit."""
    if len(text) != 10 or not (text.isascii() and text.isdigit()) or text[0] not in "12":
        return False
    return check_digit(text[:9]) == int(text[9])
