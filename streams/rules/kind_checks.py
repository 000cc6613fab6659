"""What makes a rule of one kind sound, beyond its references and CEL."""

import re
from collections.abc import Callable, Sequence

from contract.limits import Limit, PeriodError, Unit, parse_limit
from streams.rules.errors import PackError
from streams.rules.kinds import JUDGED_AT_EVENTS
from streams.rules.model import SEVERITIES, Level, Rule

RATE_NAMES = ("value", "num", "den", "median", "z", "prev")
"""What the levels of a rate read beside its measures."""

_TAKEN = frozenset({*RATE_NAMES, "p", "it", "case", "event", "start", "stop", "balance", "debtor", "officer", "chain"})
_WINDOWS = (Unit.MONTHS, Unit.CALENDAR_DAYS, Unit.HOURS)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CHECK_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_MOST_WINDOWS = 240

Refuse = Callable[[str, str], PackError]


def check_kind(rule: Rule, refuse: Refuse) -> None:
    """Check what only the kind of a rule asks for."""
    if rule.kind in JUDGED_AT_EVENTS:
        _check_point(rule, refuse)
    elif rule.kind == "rate":
        _check_rate(rule, refuse)


def _check_point(rule: Rule, refuse: Refuse) -> None:
    if rule.arms == "last":
        raise refuse("arms", f"a rule of kind {rule.kind} is judged at events: first or every")
    if rule.kind == "forbidden":
        _check_forbidden(rule, refuse)
    if rule.tolerance < 0:
        raise refuse("tolerance", "must not be negative: up to so many fen beside 0 are let pass")
    _check_reached_levels(rule.kind, rule.levels, refuse)


def _check_forbidden(rule: Rule, refuse: Refuse) -> None:
    if not rule.when and not rule.checks:
        raise refuse("when", "empty: what must not be true stands in when, or in checks")
    if rule.when and rule.checks:
        raise refuse("checks", "there is a when already; put it among the checks, or leave the checks out")
    if rule.checks and rule.levels:
        raise refuse("levels", "each of the checks has a severity of its own; leave levels out")
    seen: set[str] = set()
    for index, check in enumerate(rule.checks):
        if not _CHECK_ID.fullmatch(check.id):
            raise refuse(f"checks[{index}].id", f"{check.id!r} is no id: letters, digits, '.', '_' and '-'")
        if check.id in seen:
            raise refuse(f"checks[{index}].id", f"repeated id {check.id!r}")
        seen.add(check.id)
        if not check.fail:
            raise refuse(f"checks[{index}].fail", "empty: what must not be true has to be written")


def _check_reached_levels(kind: str, levels: Sequence[Level], refuse: Refuse) -> None:
    """Levels that are reached at the instant of judging: they rise, and have no instants of their own."""
    for index, level in enumerate(levels):
        if level.at != "100%":
            raise refuse(f"levels[{index}].at", f"a level of kind {kind} is reached when the rule is judged; leave at out")
        if index and SEVERITIES.index(level.severity) < SEVERITIES.index(levels[index - 1].severity):
            raise refuse(f"levels[{index}].severity", "out of order: a severity only rises from one level to the next")


def _check_rate(rule: Rule, refuse: Refuse) -> None:
    if rule.scope in ("case", "chain"):
        raise refuse("scope", "a rate is counted over many cases: scope court, officer, debtor or a field")
    window = _span("window", rule.window, refuse)
    every = _span("every", rule.every, refuse)
    if every.unit is not window.unit:
        raise refuse("every", f"must count in {window.unit} as the window does, not {every.unit}")
    if every.n > window.n:
        raise refuse("every", "longer than the window: what lies between two windows would never be counted")
    if every.unit is Unit.MONTHS and 12 % every.n:
        raise refuse("every", "a step in months must divide the year: 1, 2, 3, 4, 6 or 12 months")
    for name in rule.measures:
        if not _NAME.fullmatch(name) or name in _TAKEN:
            raise refuse(f"measures.{name}", "must be a name of lower-case letters that nothing else has")
    if rule.least < 1:
        raise refuse("least", "must be at least 1: below so many in the denominator nothing is judged")
    _check_baseline(rule, window, refuse)
    _check_reached_levels("rate", rule.levels, refuse)


def _span(field: str, text: str, refuse: Refuse) -> Limit:
    try:
        limit = parse_limit(text)
    except PeriodError as error:
        raise refuse(field, str(error)) from None
    if limit.unit not in _WINDOWS or limit.n < 1:
        raise refuse(field, f"{text!r} is no window: write N months, N calendar_days or N hours, N at least 1")
    return limit


def _check_baseline(rule: Rule, window: Limit, refuse: Refuse) -> None:
    base = rule.baseline
    if base is None:
        return
    if not 1 <= base.windows <= _MOST_WINDOWS:
        raise refuse("baseline.windows", f"must lie between 1 and {_MOST_WINDOWS}")
    if base.of != "self" and rule.scope != "court":
        raise refuse("baseline.of", f"{base.of} are courts: only a rule of scope court compares with them")
    if base.like and (base.of != "self" or window.unit is not Unit.MONTHS):
        raise refuse("baseline.like", "only a scope's own past, in windows of months, has months of the same number")
