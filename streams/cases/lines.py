"""A rule through all active versions of its pack: which of them judges, whom it concerns, and what it reads."""

from collections.abc import Sequence
from datetime import datetime

from contract.courts import COURTS
from streams.cases.compiled import CompiledRule
from streams.cases.state import STATE_TYPES
from streams.cases.timeline import OWNER_TYPES, has_ids
from streams.rules.derived import PERIODS

Version = tuple[datetime | None, CompiledRule | None]

OWN_SCOPES = ("case", "chain")
"""Scopes that lie within one chain; all others are groups of many cases."""


class Line:
    """One rule through all active versions of its pack.

    Attributes:
        pack: Pack id.
        rule_id: Rule id.
        number: Its place among the lines, the order of judging.
        versions: (instant from which it judges, rule or None where a version has no such rule), in order; the first may judge
            always (None).
        others: The lines that hold in the place of this one where their packs hold.
    """

    def __init__(self, pack: str, rule_id: str, number: int, versions: Sequence[Version]) -> None:
        """Put the versions of one rule together."""
        self.pack = pack
        self.rule_id = rule_id
        self.number = number
        self.versions = tuple(versions)
        self.others: tuple[Line, ...] = ()
        rules = self.rules()
        self.scope = rules[0].rule.scope
        self.kind = rules[0].rule.kind
        self.zone = rules[0].zone
        self.reads: frozenset[int] = frozenset()
        self.periods = sorted(PERIODS & frozenset().union(*(rule.start_types for rule in rules)))
        self.start_types: frozenset[str] = frozenset().union(*(rule.start_types for rule in rules))
        self.read_types: frozenset[str] = OWNER_TYPES.union(*(rule.other_types for rule in rules))
        self.called_types: frozenset[str] = frozenset().union(*(rule.called_types for rule in rules))
        self.reads_states = any(rule.reads_states for rule in rules)
        self.reads_cases = any(rule.reads_cases for rule in rules)
        self.follows_references = any(rule.follows_references for rule in rules)

    def rules(self) -> list[CompiledRule]:
        """The rule in each version that has it."""
        return [rule for _, rule in self.versions if rule is not None]

    def minds(self, name: str) -> bool:
        """Whether an event of a type may change what was found even of events that came after it.

        It may be read itself; change the state of the case that later events saw; be what a later one refers to. An event of
        another case sees a case as it stood after whatever came last in it. (That an event may become the first of its case, of
        which the owner follows, is not seen in its type.)
        """
        if self.reads_cases or name in self.read_types or name in self.start_types:
            return True
        return (self.reads_states and name in STATE_TYPES) or (self.follows_references and has_ids(name))

    def judging(self, instant: datetime) -> CompiledRule | None:
        """The version that judges what arms at an instant."""
        found = None
        for begin, rule in self.versions:
            if begin is None or begin <= instant:
                found = rule
        return found


def may_replace(other: Line, line: Line) -> bool:
    """Whether a line is the same rule in a pack that extends this one's."""
    return other.rule_id == line.rule_id and any(line.pack in rule.pack.extends for rule in other.rules())


def within_courts(court: str, roots: Sequence[str]) -> bool:
    """Whether a court is one of some courts or below one of them."""
    return any(COURTS.within(court, root) for root in roots)
