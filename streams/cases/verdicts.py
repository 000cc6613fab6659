"""What a rule of kind ``sequence``, ``forbidden`` or ``ledger`` finds at one of its points."""

from typing import Literal, NamedTuple

from contract.steps import Step
from contract.times import format_instant
from streams.cases.arming import Obligation
from streams.cases.compiled import CompiledRule
from streams.cases.effects import Effects
from streams.cases.points_compiled import CompiledPoints
from streams.cases.views import Now


class Verdict(NamedTuple):
    """What was found at a point.

    ``outcome``: it is exempt, nothing is wrong, or something fails; ``checks``: the ids of those that fail, in the order of the
    pack; ``levels``: which levels are reached, in the order of the rule; ``balance`` in fen, None if none was asked for.
    """

    outcome: Literal["exempt", "passes", "fails"]
    checks: tuple[str, ...] = ()
    levels: tuple[bool, ...] = ()
    balance: int | None = None

    @property
    def passes(self) -> bool:
        """Whether nothing is wrong."""
        return self.outcome == "passes"

    @property
    def counts(self) -> bool:
        """Whether it makes an alert: something fails and a level is reached."""
        return any(self.levels)


def verdict_of(point: Obligation, effects: Effects) -> Verdict:
    """Judge a point with history up to it; what can't be evaluated isn't true."""
    start, rule = point.start, point.start.view.rule
    asked, fact, now = rule.points, point.start.fact, Now(point.start.at, point.start.order)
    assert asked is not None
    if asked.exempt is not None and start.view.holds(asked.exempt, fact, now, start=fact, it=point.element):
        return Verdict("exempt")
    checks = tuple(check.id for check, fail in asked.checks if start.view.holds(fail, fact, now, start=fact, it=point.element))
    balance = _balance(point, asked, now)
    fails = bool(checks) or _is_off(balance, asked) or _is_forbidden(point, asked, now)
    fails = fails or (bool(asked.before) and not _stands_before(point, asked, effects))
    if not fails:
        return Verdict("passes")
    return Verdict("fails", checks, _levels(point, rule, checks, balance), balance)


def _is_forbidden(point: Obligation, asked: CompiledPoints, now: Now) -> bool:
    fact = point.start.fact
    return asked.forbidden is not None and point.start.view.holds(asked.forbidden, fact, now, start=fact, it=point.element)


def _balance(point: Obligation, asked: CompiledPoints, now: Now) -> int | None:
    if asked.balance is None:
        return None
    fact = point.start.fact
    value = point.start.view.value(asked.balance, fact, now, start=fact, it=point.element)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _is_off(balance: int | None, asked: CompiledPoints) -> bool:
    if balance is None:
        return False
    return balance < -asked.tolerance if asked.sign else abs(balance) > asked.tolerance


def _stands_before(point: Obligation, asked: CompiledPoints, effects: Effects) -> bool:
    """Whether an event that must come first took effect strictly before the point, by instant, then by place."""
    place = point.start.at, point.start.order
    for reference in asked.before:
        for fact in reference.facts(point.start.view.timeline):
            at = reference.effect(fact)
            if at is not None and (at, fact.order) < place and effects.is_about(reference, fact, at):
                return True
    return False


def _levels(point: Obligation, rule: CompiledRule, checks: tuple[str, ...], balance: int | None) -> tuple[bool, ...]:
    asked, start = rule.points, point.start
    assert asked is not None
    if asked.checks:
        failing = {check.severity for check, _ in asked.checks if check.id in checks}
        return tuple(level.severity in failing for level in rule.levels)
    now = Now(start.at, start.order)
    return tuple(
        start.view.holds(level.when, start.fact, now, start=start.fact, it=point.element, balance=balance)
        for level in rule.levels
    )


def told_of(point: Obligation, verdict: Verdict) -> tuple[Step, ...]:
    """What was judged at a point that fails, step by step."""
    asked = point.start.view.rule.points
    assert asked is not None
    steps = [Step("judge", format_instant(point.start.at))]
    steps += [Step("missing", what=reference.text) for reference in asked.before]
    if asked.forbidden is not None:
        steps.append(Step("fails", what=asked.forbidden.text))
    for check, _ in asked.checks:
        if check.id in verdict.checks:
            steps.append(Step("fails", what=check.id, zh=check.name.zh, en=check.name.en))
    if asked.balance is not None and verdict.balance is not None:
        steps.append(Step("balance", n=verdict.balance, unit="fen", what=asked.balance.text, most=asked.tolerance))
    return tuple(steps)
