"""Tiny lives told to the national pack, and what one rule says of them: a line of text for each standing alert."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

import msgspec

from contract.codec import encode_line, from_json
from contract.control import ticked
from contract.envelope import Event, full_type
from contract.times import parse_instant
from streams.cases.alerts import AlertRecord
from streams.offline import Supervision
from streams.rules.load import load_packs
from streams.rules.model import Pack

COURT = "京0105"
CASE = "京0105-2024-000001"
_BEIJING = ZoneInfo("Asia/Shanghai")


def when(text: str) -> Any:
    """An instant of Beijing's wall clock: ``2024-03-01 09:00``, or ``2024-03-01`` for its first instant."""
    day, _, clock = text.partition(" ")
    clock = clock or "00:00"
    return parse_instant(f"{day}T{clock}{':00' if clock.count(':') == 1 else ''}+08:00")


def at(text: str, name: str, data: Mapping[str, Any] | None = None, **fields: Any) -> Event:
    """An event: when it happened, its type and data (as a map, or as fields where their names allow).

    ``recorded`` (default: when it happened), ``case``, ``root`` and ``court`` are the envelope's. Seconds keep the order in
    which events of one minute are written: say them.
    """
    recorded = fields.pop("recorded", text)
    case, court = fields.pop("case", CASE), fields.pop("court", COURT)
    root = fields.pop("root", case if case.startswith("court/") else "chain-1")
    body = {**(data or {}), **fields}
    envelope = {
        "id": f"{name}@{text}#{crc32(repr((case, sorted(body.items()))).encode()):08x}",
        "source": f"/court/{court}/test",
        "type": full_type(name),
        "subject": case,
        "rootid": root,
        "time": when(text),
        "recordedtime": when(recorded),
        "receivedtime": when(recorded),
        "data": body,
    }
    return from_json(encode_line(Event(**envelope)))


@cache
def national() -> Pack:
    """The national pack."""
    (pack,) = load_packs()
    return pack


@cache
def _only(rules: tuple[str, ...]) -> Pack:
    return msgspec.structs.replace(national(), rules=tuple(rule for rule in national().rules if rule.id in rules))


def judged(rule: str, life: list[Event], until: str, *, beside: tuple[str, ...] = ()) -> list[AlertRecord]:
    """The standing alerts of a rule (with those that it reads ``beside`` it) when the clock is at ``until``.

    The log begins with a tick, at the first event.
    """
    supervision = Supervision([_only((rule, *beside))], restricted=national().rule(rule).restricted)
    life = sorted(life, key=_received)
    for number, event in enumerate([ticked(0, _received(life[0])), *life, ticked(1, when(until))]):
        supervision.read(number, event)
    assert not supervision.refusals, supervision.refusals
    supervision.finish()
    return [alert for alert in supervision.alerts() if alert.rule == rule]


def _received(event: Event) -> datetime:
    return event.receivedtime or event.recordedtime


def told(rule: str, life: list[Event], until: str, *, beside: tuple[str, ...] = ()) -> list[str]:
    """The alerts as text: ``orange, due 2024-03-08, since 2024-03-09, cured +2``.

    A day that ends stands without its time. Key and element come before, the checks that fail after it.
    """
    return sorted(line_of(alert) for alert in judged(rule, life, until, beside=beside))


def line_of(alert: AlertRecord) -> str:
    """One alert as `told` says it."""
    names = [*alert.key, *([] if alert.element is None else [str(alert.element)])]
    parts = [f"{alert.severity}", f"due {_told(alert.due_at, -1)}", f"since {_told(alert.raised_at, 0)}"]
    parts.append(_end(alert))
    checks = getattr(alert, "checks", None) or ()
    return " ".join(names) + (": " if names else "") + ", ".join(parts) + (f" ({' '.join(checks)})" if checks else "")


def _end(alert: AlertRecord) -> str:
    if alert.end_reason is None:
        return "open"
    return f"{alert.end_reason} +{alert.breach_days}" if alert.breach_days is not None else alert.end_reason


def _told(text: str | None, shift: int) -> str:
    """A day alone where it ends (``shift`` -1: its last second) or begins there; else the minute, or second, of the clock."""
    assert text is not None
    instant = parse_instant(text).astimezone(_BEIJING)
    clock = instant.strftime("%H:%M:%S")
    if clock == ("23:59:59" if shift else "00:00:00"):
        return instant.strftime("%Y-%m-%d")
    return instant.strftime("%Y-%m-%d %H:%M" if clock.endswith(":00") else "%Y-%m-%d %H:%M:%S")
