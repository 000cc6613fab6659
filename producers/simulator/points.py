"""Rules without a clock, worked out from what stands told: judged at facts, some until put right."""

from collections.abc import Callable
from typing import Any

import msgspec

from producers.simulator.clocks import ENDS
from producers.simulator.days import day_of, instant_text
from producers.simulator.parts import RANK, Severity
from producers.simulator.view import Ref, Told, View

Row = dict[str, Any]


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that is judged at facts.

    Attributes:
        fails: The severity with which a fact fails, or None.
        arms: ``first``: one alert a key, at its first failing fact; ``every``: one for each.
        holds: Judged again at each fact; one that doesn't fail puts it right.
    """

    rule: str
    at: tuple[Ref, ...]
    fails: Callable[[Told, View], Severity | None]
    key: str = ""
    arms: str = "first"
    holds: bool = False
    clears: tuple[Ref, ...] = ()
    cancel: tuple[Ref, ...] = ()
    outlives: bool = False


def row(
    rule: str, subject: str, key: list[str], severity: str, at: int, ending: tuple[str, int] | None, element: Any = None
) -> Row:
    """A line of the truth for an alert that was raised at an instant."""
    cured = ending is not None and ending[0] == "cured"
    return {
        "rule": rule,
        "subject": subject,
        "key": key,
        "element": element,
        "severity": severity,
        "due_at": instant_text(at),
        "raised_at": instant_text(at),
        "end_reason": None if ending is None else ending[0],
        "breach_days": day_of(ending[1]) - day_of(at) if ending is not None and cured else None,
    }


def judged(check: Check, view: View, horizon: int) -> tuple[list[Row], int]:
    """The alerts of a check that stand at the horizon, and how many of its facts passed."""
    keyed: dict[str | None, list[tuple[int, Told, Severity | None]]] = {}
    for at, told in view.of(check.at):
        key = view.key(told, check.key) if check.key else None
        if at <= horizon and not (check.key and key is None):
            keyed.setdefault(key, []).append((at, told, check.fails(told, view)))
    rows: list[Row] = []
    passed = 0
    for key, points in keyed.items():
        passed += sum(severity is None for _, _, severity in points)
        rows += _holding(check, view, key, points, horizon) if check.holds else _single(check, view, key, points, horizon)
    return rows, passed


def _single(check: Check, view: View, key: str | None, points: list[Any], horizon: int) -> list[Row]:
    rows: list[Row] = []
    for at, told, severity in points:
        if severity is None or (rows and check.arms == "first"):
            continue
        ending = min(_endings(check, view, key, at, told, horizon), key=lambda one: (one[1], one[0] != "cured"), default=None)
        rows.append(row(check.rule, view.name, [] if key is None else [key], severity, at, ending))
    return rows


def _holding(check: Check, view: View, key: str | None, points: list[Any], horizon: int) -> list[Row]:
    """One alert a key: open while the last fact fails."""
    raised = severity = ending = None
    for place, (at, told, fails) in enumerate(points):
        if fails is None:
            if raised is not None and ending is None:
                ending = ("cured", at)
            continue
        raised = at if raised is None else raised
        severity = fails if severity is None or RANK[fails] > RANK[severity] else severity
        until = points[place + 1][0] if place + 1 < len(points) else horizon + 1
        ended = [one for one in _endings(check, view, key, at, told, horizon) if one[1] < until]
        ending = min(ended, key=lambda one: (one[1], one[0] != "cured"), default=None)
    if raised is None or severity is None:
        return []
    return [row(check.rule, view.name, [] if key is None else [key], severity, raised, ending)]


def _endings(check: Check, view: View, key: str | None, at: int, told: Told, horizon: int) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for refs, reason in ((check.clears, "cured"), (check.cancel, "closed"), (() if check.outlives else ENDS, "closed")):
        for instant, other in view.of(refs):
            speaks = not check.key or reason == "closed" or view.key(other, check.key) == key
            if reason == "closed" and refs is check.cancel and check.key:
                speaks = view.key(other, check.key) in (key, None)
            if speaks and other is not told and at <= instant <= horizon and (instant, other.order) > (at, told.order):
                found.append((reason, instant))
    return found
