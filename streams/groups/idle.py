"""Rules that begin with a month or a quarter, where nothing can come of it: a court without the events that they ask for.

Every court of the tree lives through every month. A rule whose condition can't be true there, as its text says or as it is of
the court, finds nothing at any of them; so its months need not be begun until an event comes that it waits for.
"""

from collections.abc import Container
from functools import lru_cache

from contract.working_hours import EPOCH
from streams.cases.compiled import CompiledRule
from streams.cases.lines import Line, within_courts
from streams.cases.views import Now, View
from streams.groups.events import GroupTimeline, made
from streams.rules.derived import PERIODS
from streams.rules.expressions import Expression
from streams.rules.needs import needed

_OF_A_COURT = frozenset({"courtcode", "subject"})
"""What a condition may read that is the same of every period of a court."""

_WITH_ENTRY = frozenset({"silence", "rate"})
"""Kinds that are judged though nothing begins."""


def is_idle(line: Line, court: str, types: Container[str]) -> bool:
    """Whether a rule that begins with periods finds nothing in a court that has events of these types alone, and periods."""
    return all(_is_idle(rule, court, types) for rule in line.rules())


def _is_idle(rule: CompiledRule, court: str, types: Container[str]) -> bool:
    if rule.rule.kind in _WITH_ENTRY or not rule.start_types <= PERIODS:
        return False
    if rule.courts and not within_courts(court, rule.courts):
        return True
    begins = [reference.condition for reference in rule.starts]
    return any(all(_never_holds(rule, one, court, types) for one in found) for found in (begins, rule.asked))


def _never_holds(rule: CompiledRule, condition: Expression | None, court: str, types: Container[str]) -> bool:
    if condition is None:
        return False
    if any(not any(name in types for name in rule.called[text].types) for text in needed(condition.text)):
        return True
    return condition.only_event and condition.envelope <= _OF_A_COURT and not _holds_in(rule, condition, court)


@lru_cache(8_192)
def _holds_in(rule: CompiledRule, condition: Expression, court: str) -> bool:
    """Whether a condition on a period that doesn't ask when it began holds in a court."""
    period = made("", "", "@month", court, EPOCH)
    return View(rule, GroupTimeline("court", court), court).holds(condition, period, Now(EPOCH, period.order), start=period)
