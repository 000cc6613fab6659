"""The life of rules in the log: what a control event makes of the book, and in a word why alerts are judged again."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from contract.calendar import Calendar, calendar_named, calendar_of
from contract.envelope import Event
from contract.errors import PoisonEvent
from contract.times import day_start, parse_instant
from streams.cases.rulebook import RuleBook, UnknownPackError
from streams.cases.versions import Activation, ParamChange, Span, holding
from streams.rules.errors import PackError
from streams.rules.model import Pack
from streams.rules.params import param_of, same_value

Data = Mapping[str, Any]


def take(book: RuleBook, event: Event) -> str:
    """Take a control event into a book; the reason to tell for what it changes, "" if it changes no judgment.

    Raises:
        PoisonEvent: It is refused; the book is to be thrown away.
        UnknownPackError: It names a pack or calendar that isn't at hand.
    """
    take_one = _TAKERS.get(event.short)
    return "" if take_one is None else take_one(book, event.data or {})


def _activated(book: RuleBook, data: Data) -> str:
    rejudge = bool(data.get("rejudge"))
    activation = Activation(data["pack"], data["version"], data["sha256"], _from(data), data["control"], rejudge)
    if not book.activate(activation):
        return ""
    return f"{'rejudged' if rejudge else 'activation'} {data['pack']}@{data['version']}"


def _deactivated(book: RuleBook, data: Data) -> str:
    rejudge = bool(data.get("rejudge"))
    if not book.versions_of(data["pack"]):
        raise PoisonEvent("unknown_pack", f"pack {data['pack']!r} was never activated")
    book.activate(Activation(data["pack"], "", "", _from(data), data["control"], rejudge))
    return f"{'rejudged' if rejudge else 'deactivation'} {data['pack']}"


def _param(book: RuleBook, data: Data) -> str:
    rule_id, param = data["rule_id"], data["param"]
    if any(change.control == data["control"] for change in book.changes):
        return ""  # the same event, as a file has it that was put together of several partitions
    versions = [pack for pack in book.versions_of(data["pack"]) if any(rule.id == rule_id for rule in pack.rules)]
    if not versions:
        raise PoisonEvent("unknown_rule", f"no active version of pack {data['pack']!r} has a rule {rule_id!r}")
    begin = day_start(date.fromisoformat(data["effective_on"]), ZoneInfo(versions[-1].timezone))
    found = [pack for pack in versions if _holds(book, pack, data, begin)]
    if not found:
        raise PoisonEvent("other_value", f"{param} of rule {rule_id} is not {data['old']!r} on {data['effective_on']}")
    names = tuple(pack.sha256 for pack in found)
    try:
        book.change(ParamChange(data["pack"], names, rule_id, param, data["new"], begin, data["control"]))
    except PackError as error:
        raise PoisonEvent("bad_parameter", str(error)) from None
    return f"parameter {rule_id} {param}"


def _holds(book: RuleBook, pack: Pack, data: Data, begin: datetime) -> bool:
    """Whether a version has the old value that the change names (null: any) when it begins."""
    mine = [c for c in book.changes if c.rule_id == data["rule_id"] and pack.sha256 in c.versions]
    before = holding(sorted(mine, key=lambda change: (change.begin, change.control)), begin)
    try:
        rule = book.changed(Span(begin, pack.id, pack.sha256, before)).rule(data["rule_id"])
        value = param_of(rule, data["param"])
    except PackError as error:
        raise PoisonEvent("bad_parameter", str(error)) from None
    return data.get("old") is None or same_value(value, data["old"])


def _calendar(book: RuleBook, data: Data) -> str:
    calendar = _calendar_of(data)
    return f"calendar {calendar.name} {calendar.version}" if book.use(calendar) else ""


def _calendar_of(data: Data) -> Calendar:
    """The calendar that an event brings, or names by its hash if this process has it."""
    days = data.get("days")
    if data["calendar"] != "cn":
        raise PoisonEvent("unknown_calendar", f"there is no calendar {data['calendar']!r} that could change")
    if days is None:
        own = calendar_named(data["calendar"])
        if own.sha256 != data["sha256"]:
            raise UnknownPackError(
                f"the log uses the calendar {data['version']!r} with SHA-256 {data['sha256']} without telling its days; "
                f"this process has {own.version!r}"
            )
        return own
    try:
        calendar = calendar_of(data["calendar"], data["version"], days)
    except (msgspec.ValidationError, ValueError) as error:
        raise PoisonEvent("bad_calendar", f"its days can't be read: {error}") from None
    if calendar.sha256 != data["sha256"]:
        raise PoisonEvent("bad_calendar", "its days don't give the SHA-256 that it names")
    return calendar


def _from(data: Data) -> datetime | None:
    begin = data.get("from")
    return None if begin is None else parse_instant(begin)


_TAKERS: Mapping[str, Callable[[RuleBook, Data], str]] = {
    "sys.pack_activated": _activated,
    "sys.pack_deactivated": _deactivated,
    "sys.rule_params_changed": _param,
    "sys.calendar_changed": _calendar,
}
