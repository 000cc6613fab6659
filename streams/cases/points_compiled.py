"""What a rule of kind ``sequence``, ``forbidden`` or ``ledger`` asks at each of its points, ready to run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from streams.rules.expressions import Expression
from streams.rules.kinds import JUDGED_AT_EVENTS
from streams.rules.model import SEVERITIES, Check, Level, Rule

if TYPE_CHECKING:
    from streams.cases.compiled import CompiledReference

Refer = Callable[[Iterable[str]], "tuple[CompiledReference, ...]"]


class CompiledPoints:
    """What is asked at a point: an event of one of the types at which the rule is judged.

    Attributes:
        before: References of which one must have taken effect earlier (``sequence``).
        exempt: True = the point isn't judged.
        forbidden: What must not be true (``forbidden`` with ``when``).
        checks: What must not be true, one by one (``forbidden`` with ``checks``).
        balance, sign, tolerance: What must be 0, or not negative, in fen, and how far it may be off (``ledger``).
        holds: Whether an alert stands until a point at which nothing fails.
    """

    def __init__(self, rule: Rule, refer: Refer) -> None:
        """Compile it; ``refer`` reads references for the rule."""
        self.before = refer(rule.before)
        self.exempt = Expression(rule.exempt) if rule.exempt else None
        self.forbidden = Expression(rule.when) if rule.when else None
        self.checks: tuple[tuple[Check, Expression], ...] = tuple((check, Expression(check.fail)) for check in rule.checks)
        self.balance = Expression(rule.balance) if rule.balance else None
        self.sign = rule.sign
        self.tolerance = rule.tolerance
        self.holds = rule.holds or rule.kind == "ledger"

    def expressions(self) -> Iterator[Expression]:
        """Every expression of its own."""
        for expression in (self.exempt, self.forbidden, self.balance, *(fail for _, fail in self.checks)):
            if expression is not None:
                yield expression


def points_of(rule: Rule, refer: Refer) -> CompiledPoints | None:
    """What a rule asks at points; None for a rule of another kind."""
    return CompiledPoints(rule, refer) if rule.kind in JUDGED_AT_EVENTS else None


def levels_of(rule: Rule) -> tuple[Level, ...]:
    """The levels of a rule; where each check has a severity of its own, one for each of these."""
    if not rule.checks:
        return rule.levels
    known = {check.severity for check in rule.checks}
    return tuple(Level(severity=severity, at="100%") for severity in SEVERITIES if severity in known)
