"""Coverage: which types of the catalogue a feed sends, and what that means for the rules."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from contract.envelope import Event
from contract.registry import EVENT_TYPES, HEARTBEAT
from producers.conform.findings import Findings


class Need(msgspec.Struct, frozen=True):
    """What one rule reads.

    Attributes:
        rule: Its id.
        name: Its Chinese name.
        begins: Types that begin what it watches; one of them is enough. Empty = it can't be told.
        ends: Types that fulfil it; empty = nothing that a court sends does.
    """

    rule: str
    name: str
    begins: frozenset[str]
    ends: frozenset[str]


class Family(msgspec.Struct, frozen=True):
    """Types of one noun (``case``, ``asset``, …): those that were sent, with how many events, and those that were not."""

    name: str
    sent: dict[str, int]
    missing: tuple[str, ...]


class Coverage:
    """Counts types."""

    def __init__(self, findings: Findings, needs: Sequence[Need]) -> None:
        self._findings = findings
        self._needs = needs
        self.types: Counter[str] = Counter()

    def see(self, event: Event) -> None:
        """Take an event."""
        self.types[event.short] += 1

    def end(self) -> None:
        """Say which rules can't be judged, and which will be judged wrongly."""
        sent = set(self.types)
        for need in self._needs:
            if not need.begins:
                continue
            if not need.begins & sent:
                self._findings.add("rule_unheard", 0, f"{need.rule} {need.name}: {_some(need.begins)}")
            elif need.ends and not need.ends & sent:
                begun = ", ".join(sorted(need.begins & sent))
                self._findings.add("rule_one_sided", 0, f"{need.rule} {need.name}: {begun} without {_some(need.ends)}")
        if HEARTBEAT not in sent:
            self._findings.add("heartbeat_none", 0, HEARTBEAT)

    def families(self) -> list[Family]:
        """Every family of the catalogue that courts send, in its order; foreign types at the end."""
        names: dict[str, list[str]] = {}
        for kind in EVENT_TYPES.values():
            if kind.sender == "court" and not kind.restricted:
                names.setdefault(kind.name.partition(".")[0], []).append(kind.name)
        found = []
        for family, types in names.items():
            sent = {name: self.types[name] for name in types if self.types[name]}
            found.append(Family(family, sent, tuple(name for name in types if name not in sent)))
        foreign = {name: count for name, count in sorted(self.types.items()) if name.startswith("x.")}
        return [*found, Family("x", foreign, ())] if foreign else found


def _some(names: frozenset[str]) -> str:
    ordered = sorted(names)
    return " / ".join(ordered[:4]) + (" …" if len(ordered) > 4 else "")
