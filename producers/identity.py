"""Checksums of the numbers that name people and organisations in China. Whether a number is given out is not checked."""

from datetime import date

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_USC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

RESIDENT_ID_TYPES = frozenset({"居民身份证", "身份证"})


def is_resident_id(number: str) -> bool:
    """Whether a resident identity number (公民身份号码, GB 11643-1999) has a real birth date and the right check digit."""
    body, check = number[:17], number[17:].upper()
    if len(number) != 18 or not (body.isascii() and body.isdigit()):
        return False
    try:
        date(int(body[6:10]), int(body[10:12]), int(body[12:14]))
    except ValueError:
        return False
    return check == _ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True)) % 11]


def is_social_credit_code(code: str) -> bool:
    """Whether an 18-character unified social credit code (统一社会信用代码, GB 32100-2015) has the right check character."""
    code = code.upper()
    if len(code) != 18 or any(character not in _USC_ALPHABET for character in code):
        return False
    total = sum(_USC_ALPHABET.index(c) * weight for c, weight in zip(code[:17], _USC_WEIGHTS, strict=True))
    return _USC_ALPHABET[(31 - total % 31) % 31] == code[17]


def id_valid(pii: dict[str, object]) -> bool | None:
    """Check the numbers of a party; None if there is none whose checksum is known.

    An ``id_no`` counts as a resident number if ``id_type`` says so, or says nothing.
    """
    results: list[bool] = []
    number, kind, code = pii.get("id_no"), pii.get("id_type"), pii.get("usc_code")
    if isinstance(number, str) and (kind is None or kind in RESIDENT_ID_TYPES):
        results.append(is_resident_id(number))
    if isinstance(code, str):
        results.append(is_social_credit_code(code))
    return all(results) if results else None
