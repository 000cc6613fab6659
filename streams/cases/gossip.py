"""What a chain has told the groups, and what it has to tell them after a change: new facts, changed ones, withdrawals."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from contract.canonical import short_id
from contract.envelope import Event, Ref
from contract.times import format_instant
from streams.cases.facts import Fact
from streams.cases.numbers import numbers_told
from streams.cases.outputs import GroupControl, GroupFact, Output
from streams.cases.standing import standing_told
from streams.cases.telling import Telling, Told, Wants, depends_on_others, told_by, told_of
from streams.cases.timeline import Timeline

Bodies = Mapping[Ref, Fact]
"""Every body that counts under its name, corrections among them."""


class Gossip:
    """Knows what one chain has told; a function of its events and the rules, so nothing of it is stored."""

    def __init__(self, root: str) -> None:
        """Nothing is told yet."""
        self.told: Told = {}
        self._root = root
        self._telling: Telling = {}
        self._wants = Wants()

    def begin(self, telling: Telling, wants: Wants, cases: Mapping[str, Timeline], bodies: Bodies) -> None:
        """Know what was told of these cases by these rules; costs nothing where no rule has a group."""
        self._telling, self._wants = telling, wants
        self.told = self._all(cases, bodies) if telling else {}

    def news(self, cases: Mapping[str, Timeline], bodies: Bodies, alone: Fact | None, position: str) -> Iterator[GroupFact]:
        """What there is to tell now; ``alone``: the last event of its case, which alone is new."""
        if not self._telling:
            return
        if alone is not None and not self._wants.cases and not depends_on_others(self._telling, alone):
            told = told_of(self._telling, cases[alone.subject], alone, self._root)
            told |= numbers_told([alone], told) if self._wants.numbers else {}
            self.told |= told
            yield from (_out(name, content, position) for name, content in sorted(told.items(), key=_name))
            return
        before, self.told = self.told, self._all(cases, bodies)
        yield from self.since(before, position)

    def since(self, before: Told, position: str) -> Iterator[GroupFact]:
        """The difference to what was told before, by group and event."""
        for name in sorted(before.keys() | self.told.keys()):
            content = self.told.get(name)
            if content != before.get(name):
                yield _out(name, content, position)

    def _all(self, cases: Mapping[str, Timeline], bodies: Bodies) -> Told:
        told: Told = {}
        for timeline in cases.values():
            told |= told_by(self._telling, timeline, self._root)
            told |= standing_told(timeline, self._root, self._wants.cases)
        return told | numbers_told(bodies.values(), told) if self._wants.numbers else told


def _name(item: tuple[tuple[str, str, str], Any]) -> tuple[str, str, str]:
    return item[0]


def _out(name: tuple[str, str, str], content: dict[str, Any] | None, position: str) -> GroupFact:
    group, source, event_id = name
    parts = (group, source, event_id, position)
    return GroupFact(id=short_id("fact", *parts), position=position, n=0, group=group, ref=(source, event_id), event=content)


def numbered(outputs: Sequence[Output]) -> list[Output]:
    """The outputs of one position, those for groups numbered in their order."""
    if not any(isinstance(output, GroupFact) for output in outputs):
        return list(outputs)
    return [
        msgspec.structs.replace(output, n=n) if isinstance(output, GroupFact) else output for n, output in enumerate(outputs, 1)
    ]


def control_of(event: Event, where: str) -> GroupControl:
    """A control event as the groups get it."""
    data = dict(event.data or {})
    return GroupControl(
        id=short_id("control", *event.ref, where),
        position=where,
        n=0,
        control=int(data.get("control", 0)),
        type=event.type,
        time=format_instant(event.time),
        ref=event.ref,
        data=data,
    )
