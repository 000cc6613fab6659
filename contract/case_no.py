"""Case numbers (案号): 法〔2015〕137号, ``（2024）粤0604执1234号之一``.

The grammar: bracketed year, court code (法院代字), perhaps a mark of specialised adjudication (专门审判代字), type code
(类型代字), serial, 号, perhaps 之N for the n-th document of the case. Half-width brackets and spaces are taken; the normal form
has none. Whether the court exists is asked of the court tree, not here.

CaseNoError
├── CaseNoEmpty            nothing there
├── CaseNoBrackets         the year is not in brackets
├── CaseNoYear             no year of four digits, 1900-2099
├── CaseNoCourt            no court code begins here
├── CaseNoCourtDigits      neither none, two nor four digits after the province
├── CaseNoType             unknown type code
├── CaseNoSerialMissing    no serial
├── CaseNoSerialZero       a serial of zero, or with zeros in front
├── CaseNoSerialTooLong    more than eight digits
├── CaseNoHao              no 号 after the serial
├── CaseNoSub              之 without a numeral from 一 on
├── CaseNoWhitespace       a line break or tab, or a space inside a number
└── CaseNoTrailing         something follows
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import msgspec

from contract.errors import YipanqiError
from contract.tables import rows

PROVINCE_CHARS = "京津冀晋内辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川黔云藏陕甘青宁新兵军"
"""Characters of provinces, the corps and the military line (法院代字); 内, 黔 and 云, not 蒙, 贵 and 滇."""

SPC_CODE = "最高法"
_SPECIALISED = "知商"
_DIGITS = frozenset("0123456789")
_SPACES = frozenset(" \u3000\u00a0")
_LONGEST_SERIAL = 8
_MISTAKEN = {"蒙": "内", "贵": "黔", "滇": "云", "秦": "陕", "陇": "甘", "蜀": "川"}


class CaseNoError(YipanqiError, ValueError):
    """A text that is no case number. ``position`` counts characters from 1; the message says what, where and what to do."""

    def __init__(self, text: str, position: int, problem: str) -> None:
        """Make the error of ``problem`` at ``position`` in ``text``."""
        super().__init__(f"{problem} (character {position} of {text!r})")
        self.text = text
        self.position = position


class CaseNoEmpty(CaseNoError):
    """Nothing there."""


class CaseNoBrackets(CaseNoError):
    """The year is not in brackets."""


class CaseNoYear(CaseNoError):
    """No year of four digits between 1900 and 2099."""


class CaseNoCourt(CaseNoError):
    """No court code where one belongs."""


class CaseNoCourtDigits(CaseNoError):
    """A court code has no digits (High), two (Intermediate) or four (Basic)."""


class CaseNoType(CaseNoError):
    """No known type code where one belongs."""


class CaseNoSerialMissing(CaseNoError):
    """No serial where one belongs."""


class CaseNoSerialZero(CaseNoError):
    """A serial is counted from 1 and written without zeros in front."""


class CaseNoSerialTooLong(CaseNoError):
    """A serial has at most eight digits."""


class CaseNoHao(CaseNoError):
    """No 号 after the serial."""


class CaseNoSub(CaseNoError):
    """之 without a Chinese numeral from 一 to 九百九十九."""


class CaseNoWhitespace(CaseNoError):
    """A line break or tab, or a space inside a number."""


class CaseNoTrailing(CaseNoError):
    """Something follows the case number."""


class CaseType(msgspec.Struct, frozen=True):
    """One type code: ``list`` is its number in the Supreme People's Court's list, ``class_`` what kind of case it opens."""

    code: str
    name: str
    list: str
    class_: str
    mark: str


class CaseNo(msgspec.Struct, frozen=True):
    """A case number in parts; ``sub`` is the N of 之N, ``spec`` the mark of specialised adjudication or empty."""

    year: int
    court: str
    spec: str
    type: str
    serial: int
    sub: int | None = None

    @property
    def normal(self) -> str:
        """The key of the case: full-width brackets, no spaces, no 之N."""
        return f"（{self.year}）{self.court}{self.spec}{self.type}{self.serial}号"

    @property
    def tier(self) -> Literal["SPC", "HIGH", "MID", "BASIC"]:
        """The tier that the length of the court code tells."""
        if self.court == SPC_CODE:
            return "SPC"
        return "HIGH" if len(self.court) == 1 else "MID" if len(self.court) == 3 else "BASIC"

    def __str__(self) -> str:
        return self.normal if self.sub is None else f"{self.normal}之{numeral(self.sub)}"


@cache
def case_types() -> dict[str, CaseType]:
    """The type codes taken, by code."""
    return {
        row["code"]: CaseType(row["code"], row["name"], row["list"], row["class"], row["mark"]) for row in rows("case_types")
    }


@cache
def numeral(number: int) -> str:
    """A number from 1 to 999 in Chinese: 一, 十, 十二, 二十, 一百零三, 一百一十."""
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = digits[hundreds] + "百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (digits[ones] if ones else "")


@cache
def _numerals() -> dict[str, int]:
    return {numeral(number): number for number in range(1, 1000)}


def parse_case_no(text: str) -> CaseNo:
    """Read a case number; raises the CaseNoError that names the first thing wrong with it."""
    return _Scanner(text).case_no()


class _Scanner:
    """Reads one text from left to right, passing over spaces between its parts."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def case_no(self) -> CaseNo:
        if not self.text.strip():
            raise CaseNoEmpty(self.text, 1, "the case number is empty; write it as （2024）粤0604执1234号")
        year = self._year()
        court = self._court()
        spec = self._char() if self._peek() in _SPECIALISED and self._peek() else ""
        kind = self._type()
        serial = self._serial()
        if self._peek() != "号":
            raise self._error(CaseNoHao, "号 is missing after the serial")
        self._char()
        sub = self._sub()
        if self._peek():
            raise self._error(CaseNoTrailing, "text follows the case number; cut it off")
        return CaseNo(year, court, spec, kind, serial, sub)

    def _peek(self) -> str:
        """The next character that is no space, "" at the end."""
        while self.at < len(self.text) and self.text[self.at] in _SPACES:
            self.at += 1
        char = self.text[self.at : self.at + 1]
        if char.isspace():
            raise self._error(CaseNoWhitespace, "a line break or tab stands in the case number; take it out")
        return char

    def _char(self) -> str:
        char = self._peek()
        self.at += 1
        return char

    def _digits(self) -> str:
        """A run of ASCII digits, which no space may part."""
        self._peek()
        begin = self.at
        while self.text[self.at : self.at + 1] in _DIGITS and self.at < len(self.text):
            self.at += 1
        digits = self.text[begin : self.at]
        if digits and self.text[self.at : self.at + 1].isspace() and self._peek() in _DIGITS and self._peek():
            raise self._error(CaseNoWhitespace, "a space parts the digits of one number; join them")
        return digits

    def _year(self) -> int:
        if self._peek() not in {"（", "("}:
            raise self._error(CaseNoBrackets, "the number doesn't begin with a bracketed year such as （2024）")
        self._char()
        begin = self._next()
        digits = self._digits()
        if len(digits) != 4 or digits[:2] not in {"19", "20"}:
            raise self._error(CaseNoYear, "the year is not four digits between 1900 and 2099", begin)
        if self._peek() not in {"）", ")"}:
            raise self._error(CaseNoBrackets, "the bracket after the year is missing")
        self._char()
        return int(digits)

    def _court(self) -> str:
        begin = self._next()
        if self.text.startswith(SPC_CODE, begin):
            self.at = begin + len(SPC_CODE)
            return SPC_CODE
        char = self._peek()
        if not char or char not in PROVINCE_CHARS:
            meant = (
                f"; did you mean {_MISTAKEN[char]}?" if char in _MISTAKEN else "; it begins with the character of a province"
            )
            raise self._error(CaseNoCourt, f"no court code (法院代字) stands here{meant}")
        self._char()
        digits = self._digits()
        if len(digits) not in {0, 2, 4}:
            what = f"a court code has no, two or four digits, this one {len(digits)}"
            raise self._error(CaseNoCourtDigits, what, begin)
        return char + digits

    def _type(self) -> str:
        begin, letters = self._next(), ""
        while self._peek() and self._peek() not in _DIGITS and self._peek() != "号" and len(letters) < 8:
            letters += self._char()
        if letters not in case_types():
            known = " ".join(case_types())
            raise self._error(CaseNoType, f"{letters or 'nothing'} is no known type code (类型代字); known are {known}", begin)
        return letters

    def _serial(self) -> int:
        begin = self._next()
        digits = self._digits()
        if not digits:
            raise self._error(CaseNoSerialMissing, "the serial is missing between type code and 号", begin)
        if digits.startswith("0"):
            raise self._error(CaseNoSerialZero, "the serial is counted from 1 and has no zeros in front", begin)
        if len(digits) > _LONGEST_SERIAL:
            raise self._error(CaseNoSerialTooLong, f"the serial has more than {_LONGEST_SERIAL} digits", begin)
        return int(digits)

    def _sub(self) -> int | None:
        if self._peek() != "之":
            return None
        self._char()
        begin, letters = self._next(), ""
        while self._peek() and self._peek() in "零一二三四五六七八九十百":
            letters += self._char()
        number = _numerals().get(letters)
        if number is None:
            raise self._error(CaseNoSub, "之 is not followed by a Chinese numeral such as 一 or 十二", begin)
        return number

    def _next(self) -> int:
        self._peek()
        return self.at

    def _error(self, kind: type[CaseNoError], problem: str, at: int | None = None) -> CaseNoError:
        return kind(self.text, (self.at if at is None else at) + 1, problem)
