"""Personal data that nobody bears, marked so that a leak can be found by searching for the marks.

Names begin with 标记甲. Identity numbers and credit codes are of region 999901, which no place has, with right check digits
(GB 11643, GB 32100).
"""

import random

NAME_MARK = "标记甲"
ID_MARK = "999901"
NUMBER_PATTERN = rf"{ID_MARK}\d{{11}}[0-9X]|91{ID_MARK}\d{{9}}[0-9A-Y]"
"""What a search for leaked numbers looks for; the six digits alone may stand in an amount."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_GIVEN = "安邦博诚达恩方光海宏嘉健康乐明宁平庆仁盛泰文祥兴阳怡正志中"


def id_number(rng: random.Random) -> str:
    """An 18-digit identity number of the marked region with the right check digit."""
    born = f"{rng.randrange(1955, 2006)}{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}"
    body = f"{ID_MARK}{born}{rng.randrange(1, 1000):03d}"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return body + _CHECKS[total % 11]


def credit_code(rng: random.Random) -> str:
    """An 18-character unified social credit code of the marked region with the right check character."""
    body = f"91{ID_MARK}{rng.randrange(10**9):09d}"
    total = sum(3**place % 31 * int(digit) for place, digit in enumerate(body))
    return body + _CODE_ALPHABET[-total % 31]


def person(rng: random.Random) -> dict[str, str]:
    """The sealed part of a natural person."""
    number = id_number(rng)
    return {
        "name": NAME_MARK + rng.choice(_GIVEN) + rng.choice(_GIVEN),
        "id_type": "居民身份证",
        "id_no": number,
        "phone": f"199{rng.randrange(10**8):08d}",
        "address": f"{NAME_MARK}路{rng.randrange(1, 999)}号",
        "birth_on": f"{number[6:10]}-{number[10:12]}-{number[12:14]}",
    }


def company(rng: random.Random) -> dict[str, str]:
    """The sealed part of a legal person."""
    return {
        "name": f"{NAME_MARK}{rng.choice(_GIVEN)}{rng.choice(_GIVEN)}有限公司",
        "usc_code": credit_code(rng),
    }
