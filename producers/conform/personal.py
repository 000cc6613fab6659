"""Personal data outside ``data.pii``: identity numbers by their checksum, and what looks like a telephone or a bank card.

What is found is told by its place and its last characters; the value itself goes into no report.
"""

import re
from collections.abc import Iterator
from typing import Any

from contract.envelope import Event
from producers.conform.findings import Findings
from producers.identity import is_resident_id

_DIGITS = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|1[3-9]\d{9}|62\d{14,17})(?![0-9A-Za-z])")
_NAMES = re.compile(r"姓名|身份证|手机|电话|住址|出生|银行卡|(?:^|_)(?:id_no|id_card|phone|mobile|telephone|address|birth\w*)$")
_REGIONS, _CENTURIES = "12345678", ("19", "20")
"""Of eleven random numbers one has the right checksum; few of those name a region and a living person's birth."""

_MOBILE_DIGITS, _ID_DIGITS = 11, 18


class Personal:
    """Watches texts of events."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings

    def see(self, line: int, event: Event) -> None:
        """Take an event as it came, before anything is sealed."""
        data = {} if event.data is None else {name: value for name, value in event.data.items() if name != "pii"}
        texts = [("id", event.id), ("subject", event.subject), ("rootid", event.rootid), *_texts("data", data)]
        for place, text in dict(texts).items():
            for match in _DIGITS.finditer(text):
                if code := _kind(match[0]):
                    self._findings.add(code, line, f"{place}: …{match[0][-2:]}")
        if event.type.startswith("x."):
            for name in data:
                if _NAMES.search(name):
                    self._findings.add("personal_field", line, f"data.{name}")


def _kind(number: str) -> str | None:
    if len(number) == _ID_DIGITS and number[0] in _REGIONS and number[6:8] in _CENTURIES and is_resident_id(number):
        return "personal_number"
    if len(number) == _MOBILE_DIGITS:
        return "personal_phone"
    return "personal_card" if number.startswith("62") and number.isdigit() and _luhn(number) else None


def _luhn(number: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number)))
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def _texts(place: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(f"{place}.{name}", item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(f"{place}[{index}]", item)
