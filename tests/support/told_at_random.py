"""Events at random: few ids, days and courts, fields that are missing or empty, so that whatever may meet does meet.

No court would tell such cases. They are valid, and whoever counts them must count them alike.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import inspect

from contract.envelope import Event, full_type
from contract.named_courts import court_errors
from contract.registry import EVENT_TYPES, validate
from contract.times import civil_date, parse_instant

COURTS = ("京", "京03", "京0105", "沪0101")
_BEGIN = parse_instant("2024-01-10T00:00:00Z")
_NUMBERS = ("（2024）京0105执1号", "（2024）京0105执2号", "（2024）京0105执恢3号", "no number", "")
_TEXTS: dict[str, Sequence[str]] = {
    "case_type": ("执", "执", "执恢", "执保", ""),
    "basis_type": ("判决", "调解书", "仲裁裁决"),
    "approver_role": ("院长", "副院长", "局长", "主管院长", "法官"),
    "matter": ("冻结", "送达", "其他"),
    "institution_kind": ("银行", "车管", ""),
    "role": ("被执行", "被执行", "申请执行"),
    "quarter": ("2024Q1", "2024Q1", "2024Q4", "2024第1季"),
    "tags": ("涉民生", "涉党政机关", "交通"),
    "to_court": COURTS,
    "from_court": COURTS,
    "court_code": COURTS,
    "case_no": _NUMBERS[:-1],
    "prior_case_no": _NUMBERS,
    "new_case_no": _NUMBERS[:-1],
}


_LIKELY = frozenset({"终结本次执行程序", "legal", "被执行", "事项", "一拍", "责任险"})
"""Values that much hangs on: they come oftener than others that a field may have."""
_TOGETHER = {"auction": "asset"}
"""What is about the same thing is told of together."""


class Teller:
    """Tells chains by one source of randomness."""

    def __init__(self, seed: int, types: Sequence[str]) -> None:
        """Begin to tell of some types of event."""
        self.rng = random.Random(seed)
        self.number = 0
        self._subjects: dict[str, list[str]] = {}
        for name in types:
            subject = name.partition(".")[0]
            self._subjects.setdefault(_TOGETHER.get(subject, subject), []).append(name)
        self._types: list[str] = []

    def chain(self, rootid: str, count: int) -> Iterator[Event]:
        """Yield some events of a chain of two cases, about one or two matters beside their course; some are corrected."""
        others = [name for name in self._subjects if name != "case"]
        picked = [part for name in self.rng.sample(others, self.rng.choice((0, 1, 2, 2))) for part in self._subjects[name]]
        self._types = [*picked, *picked, *self._subjects["case"]]
        while count:
            event = self._event(rootid)
            if not self._is_valid(event):
                continue
            count -= 1
            yield event
            if self.rng.random() < 0.1:
                yield from self._corrected(event)

    def _is_valid(self, event: Event) -> bool:
        return not [*validate(event), *court_errors(event)]

    def _event(self, rootid: str) -> Event:
        self.number += 1
        rng, name = self.rng, self.rng.choice(self._types)
        time = _BEGIN + timedelta(days=min(rng.randrange(400), rng.randrange(400)), hours=rng.choice((1, 1, 17)))
        court = rng.choice(COURTS)
        return Event(
            id=f"e{self.number}",
            source=rng.choice((f"/court/{court}/a", f"/court/{court}/b", "/import/" + "0" * 64)),
            type=full_type(name),
            subject=rootid + rng.choice(("", "", "-2")),
            rootid=rootid,
            time=time,
            recordedtime=time + timedelta(days=rng.choice((0, 0, 0, 3, 30))),
            courtcode=rng.choice((None, None, court)),
            data=self._payload(name, time),
        )

    def _corrected(self, event: Event) -> Iterator[Event]:
        self.number += 1
        later = event.recordedtime + timedelta(days=self.rng.choice((0, 1, 50)))
        time = event.time + timedelta(days=self.rng.choice((-40, -1, 0, 1, 40)))
        data = self.rng.choice((None, self._payload(event.short, time)))
        made = msgspec.structs.replace(
            event, id=f"e{self.number}", time=time, recordedtime=later, correctionof=event.ref, data=data
        )
        if self._is_valid(made):
            yield made

    def _payload(self, name: str, time: datetime) -> dict[str, Any]:
        made = {}
        shape = inspect.type_info(EVENT_TYPES[name].payload)
        assert isinstance(shape, inspect.StructType)
        for field in shape.fields:
            if field.required or self.rng.random() < 0.75:
                made[field.encode_name] = self._value(field.encode_name, field.type, time)
        if "on" in made:
            made["on"] = civil_date(time).isoformat()
        made.pop("pii", None)
        return made

    def _value(self, name: str, kind: inspect.Type, time: datetime) -> Any:  # noqa: PLR0911  # a case for each kind
        rng = self.rng
        if isinstance(kind, inspect.UnionType):
            return self._value(name, kind.types[0], time)
        if isinstance(kind, inspect.LiteralType):
            likely = [value for value in kind.values if value in _LIKELY]
            return rng.choice(likely if likely and rng.random() < 0.5 else kind.values)
        if isinstance(kind, inspect.BoolType):
            return rng.random() < 0.5
        if isinstance(kind, inspect.IntType):
            return rng.choice((0, 1, 1, 2, 4)) * (100 if name.endswith("_fen") else 1)
        if isinstance(kind, inspect.DateType):
            return (civil_date(time) + timedelta(days=rng.choice((-20, 0, 1, 10, 30, 90)))).isoformat()
        if isinstance(kind, inspect.DateTimeType):
            return time.isoformat()
        if isinstance(kind, inspect.ListType):
            return [self._value(name, kind.item_type, time) for _ in range(rng.choice((0, 1, 2)))]
        if isinstance(kind, inspect.StructType):
            return {part.encode_name: self._value(part.encode_name, part.type, time) for part in kind.fields}
        return rng.choice(_TEXTS.get(name, ("a", "b")))
