"""The National Provider Identifier: ten digits, of which the last checks the others (45 CFR 162.406)."""

_PREFIX_SUM = 24
"""What the card-issuer prefix 80840 adds to the Luhn sum of every NPI."""

_DOUBLED = tuple(sum(divmod(2 * digit, 10)) for digit in range(10))


def check_digit(first_nine: str) -> int:
    """The tenth digit: Luhn over 80840 and the first nine."""
    total = _PREFIX_SUM
    for index, character in enumerate(first_nine):
        digit = int(character)
        total += digit if index % 2 else _DOUBLED[digit]
    return -total % 10


def is_npi(text: str) -> bool:
    """Ten ASCII digits, the first 1 or 2, with the right check digit."""
    if len(text) != 10 or not (text.isascii() and text.isdigit()) or text[0] not in "12":
        return False
    return check_digit(text[:9]) == int(text[9])
