"""Alerts: the record of one obligation of which a level was reached, and its id."""

from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

import msgspec

from contract.canonical import short_id
from contract.limits import DUE, Term
from contract.periods import Extension, Reckoner, Span
from contract.steps import Step
from contract.times import civil_date, format_instant
from streams.cases.arming import Obligation
from streams.cases.effects import End
from streams.cases.levels import Course, Reached
from streams.rules.model import Citation, Severity

EndReason = Literal["cured", "closed", "retracted", "superseded"]


class LevelRecord(msgspec.Struct, frozen=True):
    """A level: its instant as it last stood, and when it was reached (null: not)."""

    severity: Severity
    at: str
    reached_at: str | None


class AlertRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One alert, as docs/alerts.md describes it; instants are RFC 3339 in UTC."""

    id: str
    rule: str
    version: str
    scope: str
    subject: str
    key: tuple[str, ...]
    element: Any
    court: str
    severity: Severity
    basis: str
    checks: tuple[str, ...] = ()
    armed_at: str
    due_at: str
    raised_at: str
    ended_at: str | None
    end_reason: EndReason | None
    breach_days: int | None
    levels: tuple[LevelRecord, ...]
    evidence: tuple[tuple[str, str], ...]
    citation: tuple[Citation, ...]
    arithmetic: tuple[Step, ...]
    incomplete: bool = False


def alert_of(
    obligation: Obligation, end: End | None, course: Course, highest: Reached, root: str, court: str, *, incomplete: bool
) -> AlertRecord:
    """The record of an obligation of which a level was reached; ``highest`` is the one that gives its severity."""
    rule = obligation.start.view.rule
    breach = None
    if end is not None and end.how == "stop":
        breach = max(0, (civil_date(end.at, rule.zone) - course.owed_on).days)
    return record_of(
        obligation,
        root,
        court=court,
        severity=highest.level.severity,
        basis=highest.level.basis,
        due_at=format_instant(course.due.due_at),
        raised_at=format_instant(min(level.reached_at for level in course.levels if level.reached_at is not None)),
        end=end,
        breach_days=breach,
        levels=tuple(
            LevelRecord(level.level.severity, format_instant(level.at), _text(level.reached_at)) for level in course.levels
        ),
        evidence=_evidence(obligation, end, course),
        citation=rule.rule.citation,
        arithmetic=_arithmetic(rule.reckoner, obligation.start.at, obligation.term, course.spans, course.extension),
        incomplete=incomplete,
    )


@lru_cache(8_192)  # an alert is told anew at each level, and many courts fall silent with one instant
def _arithmetic(
    reckoner: Reckoner, start: datetime, term: Term, spans: tuple[Span, ...], extension: Extension | None
) -> tuple[Step, ...]:
    return reckoner.explain(DUE, start, term, spans, extension)


def record_of(obligation: Obligation, root: str, *, end: End | None, **found: Any) -> AlertRecord:
    """The record of an obligation with what was found of it: the fields of `AlertRecord` that it doesn't tell itself."""
    start, rule = obligation.start, obligation.start.view.rule
    scope_id = start.fact.subject if rule.rule.scope == "case" else root
    arming = None if rule.arms == "first" else [start.fact.source, start.fact.id]
    return AlertRecord(
        id=alert_id(rule.pack.id, rule.id, f"{rule.rule.scope}:{scope_id}", start.key, obligation.element, arming),
        rule=rule.id,
        version=rule.pack.label,
        scope=rule.rule.scope,
        subject=scope_id,
        key=start.key,
        element=obligation.element,
        armed_at=format_instant(start.at),
        ended_at=None if end is None else format_instant(end.at),
        end_reason=None if end is None else ("cured" if end.how == "stop" else "closed"),
        **found,
    )


def alert_id(pack: str, rule: str, scope: str, key: tuple[str, ...], element: Any, arming: list[str] | str | None) -> str:
    """The id of an alert; ``scope`` is ``<scope>:<id>``, ``arming`` (source, id), None, or a window's start."""
    if element is None:
        return _id_without_element(pack, rule, scope, key, tuple(arming) if isinstance(arming, list) else arming)
    return short_id("alert", pack, rule, scope, key, element, arming)


@lru_cache(8_192)  # an alert is told anew at each level, and many courts fall silent with one instant
def _id_without_element(pack: str, rule: str, scope: str, key: tuple[str, ...], arming: tuple[str, ...] | str | None) -> str:
    return short_id("alert", pack, rule, scope, key, None, arming)


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else format_instant(instant)


def _evidence(obligation: Obligation, end: End | None, course: Course) -> tuple[tuple[str, str], ...]:
    """The events that prove it: its start, what moved it, what ended it; each once."""
    facts = [obligation.start.fact, *course.changed_by]
    if end is not None:
        facts.append(end.fact)
    return tuple(dict.fromkeys(fact.ref for fact in facts))
