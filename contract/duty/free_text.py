"""Personal data that people write into free text: numbers by which a person is known. They don't belong into the log.

Personal data travel in ``data.pii`` alone, sealed; what people write about an alert or a directive is kept in clear, for ever,
and read in other courts. A name can't be told from other words, so the forms warn of it; these numbers can, and are refused.
"""

import re
import unicodedata

_ID = re.compile(r"(?<![0-9A-Za-z])(\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx])(?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![0-9A-Za-z])")
_ACCOUNT = re.compile(r"(?<![0-9A-Za-z])\d(?:[ -]?\d){15,18}(?![0-9A-Za-z])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"

FREE = frozenset({"note", "reason", "text", "grounds", "done", "pending", "legal_basis", "case_no"})
"""Fields of commands that people fill with words."""


def personal(text: str) -> str | None:
    """What of a person a text names by number: 公民身份号码, 手机号码 or 银行账号; None = nothing that can be told."""
    text = unicodedata.normalize("NFKC", text)  # digits at full width too
    if any(_is_id(found[1]) for found in _ID.finditer(text)):
        return "公民身份号码"
    if _MOBILE.search(text):
        return "手机号码"
    if any(_is_card(found[0]) for found in _ACCOUNT.finditer(text)):
        return "银行账号"
    return None


def _is_id(number: str) -> bool:
    """Whether the last character is the check of the others (GB 11643)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return _CHECKS[total % 11] == number[17].upper()


def _is_card(text: str) -> bool:
    """Whether the last digit is the check of the others (Luhn), as on a bank's card."""
    digits = [int(char) for char in reversed(text) if char.isdigit()]
    return sum(digits[0::2]) % 10 == -sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2]) % 10
