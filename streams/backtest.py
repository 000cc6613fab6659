"""A draft pack judged over a log beside what the log has in force: which alerts it would add, remove and change.

Both sides are the offline supervision of the same lines, so that whatever the draft doesn't touch is the same on both.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

import msgspec

from contract.envelope import Event
from contract.errors import InvalidEvent
from streams.cases.alerts import AlertRecord
from streams.cases.rulebook import UnknownPackError
from streams.offline import Supervision
from streams.rules.circles import read_rules
from streams.rules.model import Pack

Change = Literal["added", "removed", "due", "levels", "end"]
CHANGES: tuple[Change, ...] = ("added", "removed", "due", "levels", "end")

_ACTIVATED = "sys.pack_activated"
_OF_PACKS = frozenset({_ACTIVATED, "sys.pack_deactivated", "sys.rule_params_changed"})


class Difference(NamedTuple):
    """An alert that only one side has, or that the sides have with another due date, other levels or another end."""

    changes: tuple[Change, ...]
    before: AlertRecord | None
    after: AlertRecord | None

    @property
    def alert(self) -> AlertRecord:
        """As the draft has it, if it has it."""
        found = self.after or self.before
        assert found is not None
        return found

    def line(self) -> dict[str, Any]:
        """The difference as a line of JSON Lines."""
        return {"changes": self.changes, "before": self.before, "after": self.after}


class Backtest:
    """Judges lines twice as they are read: by a draft, and by what it is compared with.

    The draft judges always, whatever the log says of packs of its id. With ``against`` these packs judge always on the other
    side, and nothing that the log says of packs counts. Without, the other side is what the log has in force, of packs that
    have to do with the draft: its own id, those that it extends, and those that extend them. These, other than the draft's
    own, judge on the draft's side as well. A log that activates no pack has in force those of ``in_force``.

    Rules that the draft leaves as they are in every version at hand would give the same alerts twice: they aren't judged,
    unless others read their alerts. So a parameter that the log changed, or an instant from which a pack holds, counts
    only for rules that the draft changes.

    Attributes:
        others: Labels of the packs that judge, or judged, on the other side.
    """

    def __init__(
        self,
        draft: Sequence[Pack],
        against: Sequence[Pack] | None = None,
        *,
        in_force: Iterable[Pack] = (),
        at_hand: Iterable[Pack] = (),
        until: datetime | None = None,
    ) -> None:
        """Begin with the packs.

        Args:
            draft: The packs that the draft extends, as they were loaded, and the draft last.
            against: What to compare with; None: what is in force.
            in_force: What a log without activations has in force.
            at_hand: More packs that the log may activate.
            until: Lines received later are not read.
        """
        *bases, self._draft = draft
        self._known = {(pack.id, pack.sha256): pack for pack in (*draft, *in_force, *at_hand)}
        self._family = self._extended(self._draft)
        self._compared = against
        self._concerned = {self._draft.id}
        self._activated = False
        force = [pack for pack in in_force if self._concerns(pack)]
        self.others = [pack.label for pack in (against if against is not None else force)]
        known = list(self._known.values())
        if against is not None:
            only = touched(self._draft, [*bases, *against])
            self._before = Supervision(against, until, only=only)
            self._after = Supervision(draft, until, only=only)
        else:
            only = touched(self._draft, known)
            beside = _distinct(pack for pack in (*bases, *force) if pack.id != self._draft.id)
            self._before = Supervision(force, until, at_hand=known, only=only)
            self._after = Supervision(beside, until, at_hand=known, always=[self._draft], only=only)

    def read(self, number: int, event: Event | InvalidEvent) -> list[str]:
        """Take one line; why it was refused, by either side.

        Raises:
            UnknownPackError: The log has a pack in force that is not at hand.
        """
        told = [len(side.refusals) for side in (self._before, self._after)]
        before, after = self._sides(event)
        if before:
            self._before.read(number, event)
        if after:
            self._after.read(number, event)
        new = zip((self._before, self._after), told, strict=True)
        return list(dict.fromkeys(refusal.reason for side, count in new for refusal in side.refusals[count:]))

    def finish(self) -> list[Difference]:
        """Take the tick at the end if there was none, and compare the standing alerts."""
        self._before.finish()
        self._after.finish()
        return list(compare(self._before.alerts(), self._after.alerts()))

    def _sides(self, event: Event | InvalidEvent) -> tuple[bool, bool]:
        """Whether a line is for what is compared with, and whether for the draft."""
        if isinstance(event, InvalidEvent) or event.short not in _OF_PACKS:
            return True, True
        data = event.data or {}
        if self._compared is not None:
            return False, False
        if event.short == _ACTIVATED and not self._activates(data):
            return False, False
        return data.get("pack") in self._concerned, data.get("pack") in self._concerned - {self._draft.id}

    def _activates(self, data: Mapping[str, Any]) -> bool:
        """Whether an activation concerns the comparison; notes that its pack does."""
        pack = self._known.get((str(data.get("pack")), str(data.get("sha256"))))
        if pack is None:
            if data.get("pack") not in self._family:
                return False  # what the draft doesn't name it can't touch
            raise UnknownPackError(
                f"the log has pack {data.get('pack')!r} version {data.get('version')!r} in force with SHA-256 "
                f"{data.get('sha256')}, which is not at hand: give it with --rules, or say with --against what to compare with"
            )
        if not self._concerns(pack):
            return False
        if not self._activated:
            self.others = []  # the log says by itself what is in force
        self._activated = True
        if pack.label not in self.others:
            self.others.append(pack.label)
        self._concerned.add(pack.id)
        return True

    def _concerns(self, pack: Pack) -> bool:
        return not self._family.isdisjoint(self._extended(pack))

    def _extended(self, pack: Pack) -> set[str]:
        """The id of a pack and of all that it extends."""
        found = {pack.id}
        for name in pack.extends:
            near = [other for other in self._known.values() if other.id == name]
            found |= {name}.union(*(self._extended(other) for other in near))
        return found


def touched(draft: Pack, others: Iterable[Pack]) -> frozenset[str]:
    """The ids of the rules that may judge otherwise by a draft than by other packs, and of those whose alerts these read."""
    packs = [draft, *others]
    versions = [pack for pack in packs if pack.id == draft.id and pack != draft]
    found = {rule.id for rule in draft.rules if not versions} | {i for pack in versions for i in _differing(draft, pack)}
    reads: dict[str, set[str]] = defaultdict(set)
    for pack in packs:
        near = [rule for other in packs if other.id in {pack.id, *pack.extends} for rule in other.rules]
        scopes = {rule.id: rule.scope for rule in near}
        for rule in pack.rules:
            reads[rule.id] |= set(read_rules(rule, scopes))
    while more := {name for name, read in reads.items() if read & found} - found:
        found |= more  # their alerts follow from alerts that differ
    while more := {name for rule in found for name in reads[rule]} - found:
        found |= more
    return frozenset(found)


def _differing(one: Pack, other: Pack) -> set[str]:
    """The ids of the rules that two versions of a pack don't have in common: all, if their heads differ in what counts."""
    rules, others = ({rule.id: rule for rule in pack.rules} for pack in (one, other))
    heads = [msgspec.structs.replace(pack, version="", events=(), rules=()) for pack in (one, other)]
    ids = rules.keys() | others.keys()
    return {name for name in ids if heads[0] != heads[1] or rules.get(name) != others.get(name)}


def compare(before: Iterable[AlertRecord], after: Iterable[AlertRecord]) -> Iterator[Difference]:
    """The differences, by rule, court, subject, key and id; the same obligation under another pack's id is the same alert."""
    olds, news = {alert.id: alert for alert in before}, {alert.id: alert for alert in after}
    pairs: list[tuple[AlertRecord | None, AlertRecord | None]] = [(olds.pop(n), news.pop(n)) for n in list(olds) if n in news]
    waiting: dict[tuple[Any, ...], list[AlertRecord]] = defaultdict(list)
    for alert in olds.values():
        waiting[_obligation(alert)].append(alert)
    for alert in news.values():
        found = waiting[_obligation(alert)]
        pairs.append((found.pop(0) if found else None, alert))
    pairs += [(alert, None) for rest in waiting.values() for alert in rest]
    changed = [Difference(changes, *pair) for pair in pairs if (changes := tuple(_changes(*pair)))]
    yield from sorted(
        changed, key=lambda one: (one.alert.rule, one.alert.court, one.alert.subject, one.alert.key, one.alert.id)
    )


def summary(differences: Iterable[Difference]) -> dict[tuple[str, str, str], Counter[Change]]:
    """{(rule, severity, court): how many of each change}, the severity and court as the draft has them."""
    found: dict[tuple[str, str, str], Counter[Change]] = defaultdict(Counter)
    for one in differences:
        found[one.alert.rule, one.alert.severity, one.alert.court].update(one.changes)
    return dict(sorted(found.items()))


def _place(alert: AlertRecord) -> tuple[Any, ...]:
    return alert.rule, alert.court, alert.subject, alert.key, alert.id


def _obligation(alert: AlertRecord) -> tuple[Any, ...]:
    """What an alert is about, whichever pack says it."""
    return alert.rule, alert.scope, alert.subject, alert.key, repr(alert.element), alert.armed_at


def _changes(before: AlertRecord | None, after: AlertRecord | None) -> Iterator[Change]:
    if before is None or after is None:
        yield "added" if before is None else "removed"
        return
    if before.due_at != after.due_at:
        yield "due"
    if _levels(before) != _levels(after):
        yield "levels"
    if (before.ended_at, before.end_reason) != (after.ended_at, after.end_reason):
        yield "end"


def _levels(alert: AlertRecord) -> tuple[Any, ...]:
    """The levels that were reached, and what else a severity rests on."""
    reached = [(level.severity, level.reached_at) for level in alert.levels if level.reached_at is not None]
    return alert.severity, alert.raised_at, alert.checks, reached


def _distinct(packs: Iterable[Pack]) -> list[Pack]:
    return list({(pack.id, pack.sha256): pack for pack in packs}.values())
