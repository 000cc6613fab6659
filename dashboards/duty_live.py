"""The duty room's decisions in memory: the last record of each target, what is open by court, answers by command.

A read model like the live view of alerts: fed in the loop where it is read. At a start it takes the last decision of each
target (`load`), and reads the log from where those stand (`begin`); a little before, for answers and alarm quality.
"""

from collections import OrderedDict, deque
from collections.abc import Iterator, Mapping
from datetime import datetime

from sortedcontainers import SortedKeyList

from contract.duty import decisions
from contract.duty.decisions import LEFT, Decision
from contract.duty.scope import Scope
from dashboards.duty_kept import READ, Kept, Kind, Read, Told, breach, kept_of
from dashboards.duty_recent import Recent

_ANSWERS_KEPT = 100_000
_CHANGES_KEPT = 10_000

_NOT_TOLD = frozenset({"", "drafted", "unknown", "withdrawn"})
"""States in which a directive or an entrustment opens no case to the other court."""


class DutyView:
    """What the duty room has decided, as it stands now.

    Attributes:
        kept: Target → the last decision's record.
        positions: Partition of the decisions → the next offset to read.
        now: The greatest instant of a decision, None before the first.
        queue: Open alerts, those that are due first in front.
        recent: The last decisions as far as alarm quality reads them.
    """

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}
        self.positions: dict[int, int] = {}
        self.now: datetime | None = None
        self.queue: SortedKeyList = SortedKeyList(key=breach)
        self.recent = Recent()
        self._desks: dict[str, None] = {}
        self._open: dict[tuple[Kind, str], dict[str, None]] = {}
        self._held: dict[str, dict[str, None]] = {}
        self._about: dict[str, dict[str, None]] = {}
        self._answers: OrderedDict[str, bytes] = OrderedDict()
        self._changes: deque[Told] = deque(maxlen=_CHANGES_KEPT)
        self._seen: dict[str, tuple[int, int]] = {}
        self._number = self._begun = 0
        self._last: dict[int, tuple[int, int]] = {}
        self._starts: dict[int, int] = {}
        self._cut: set[int] = set()

    @property
    def number(self) -> int:
        """How many decisions there were, by those that were read."""
        return self._number

    def load(self, partition: int, value: bytes) -> None:
        """Take the last decision of a target, of ``duty.latest.v1``."""
        del partition
        read = READ.decode(value)
        self._seen[read.target] = read.place
        self._stands(read)

    def begin(self, starts: Mapping[int, int], before: int) -> dict[int, int]:
        """Where to read on in the partitions of the decisions, after `load`: a little before where the log goes on.

        ``before``: how many records of each partition are read again, for answers and alarm quality.
        """
        self.positions = {partition: max(0, start - before) for partition, start in starts.items()}
        self._cut = {partition for partition, position in self.positions.items() if position > 0}
        self._starts = dict(starts)
        self._number = self._begun = sum(starts.values())
        return dict(self.positions)

    def apply(self, partition: int, offset: int, value: bytes) -> None:
        """Take one record of the topic; a repeat after a crash, and what was loaded, changes nothing."""
        self.positions[partition] = offset + 1
        read = READ.decode(value)
        if read.command is not None:
            self._answer(read.command, value)
        if read.place > self._last.get(partition, (-1, -1)):
            self._last[partition] = read.place
            if partition in self._cut:
                self._cut.discard(partition)
                self.recent.begins(read.at)
            self.recent.apply(value)
        if read.place <= self._seen.get(read.target, (-1, -1)):
            return
        self._seen[read.target] = read.place
        if offset >= self._starts.get(partition, 0):
            self._number += 1
            self._changes.append(Told(self._number, value))
        self._stands(read)

    def _stands(self, read: Read) -> None:
        self.now = read.at if self.now is None else max(self.now, read.at)
        kept = kept_of(read)
        if kept is not None:
            self._keep(kept)
        elif read.what == LEFT:
            self.kept.pop(read.target, None)  # it was closed: nothing else names it
            self._seen.pop(read.target, None)

    def get(self, target: str) -> Kept | None:
        """What was last decided of a target."""
        return self.kept.get(target)

    def answer(self, command: str) -> Decision | None:
        """The decision that answers a command; the last hundred thousand that were read are kept."""
        packed = self._answers.get(command)
        return None if packed is None else decisions.decode(packed)

    def open_of(self, kind: Kind, court: str) -> Iterator[Kept]:
        """Open targets that concern one court, in no order."""
        return (self.kept[target] for target in self._open.get((kind, court), ()))

    def open_in(self, kind: Kind, scope: Scope) -> list[Kept]:
        """Open targets that concern a court of a scope, each once."""
        courts = [court for one, court in self._open if one == kind and court in scope]
        return list({kept.target: kept for court in courts for kept in self.open_of(kind, court)}.values())

    def held_by(self, account: str) -> list[Kept]:
        """Open alerts that an account has, or was given."""
        return [self.kept[target] for target in self._held.get(account, ())]

    def all_in(self, kind: Kind, scope: Scope) -> list[Kept]:
        """Every target of a kind that concerns a court of a scope, ended ones too."""
        return [k for k in self.kept.values() if k.kind == kind and any(court in scope for court in k.courts)]

    def counterparts(self, subject: str) -> frozenset[str]:
        """Courts that one case was opened to: by an entrustment, or by a directive that was issued."""
        about = (self.kept[target] for target in self._about.get(subject, ()))
        return frozenset(court for kept in about if kept.state not in _NOT_TOLD for court in kept.courts)

    def desks(self) -> list[Kept]:
        """Every desk that digests or floods were decided for."""
        return [self.kept[target] for target in self._desks]

    def changes_after(self, number: int) -> list[Told] | None:
        """The decisions read after a number, None if they are no longer kept."""
        if not self._begun <= number <= self._number or (self._changes and number < self._changes[0].number - 1):
            return None
        return [told for told in self._changes if told.number > number]

    def _answer(self, command: str, value: bytes) -> None:
        self._answers[command] = value
        while len(self._answers) > _ANSWERS_KEPT:
            self._answers.popitem(last=False)

    def _keep(self, kept: Kept) -> None:
        before = self.kept.get(kept.target)
        for court in before.courts if before is not None and before.is_open else ():
            self._open[before.kind, court].pop(kept.target, None)  # type: ignore[union-attr]  # there are no courts of None
        if before is not None and before.kind == "alert" and before.is_open:
            self.queue.remove(before)
            for account in _holders(before):
                self._held[account].pop(kept.target, None)
        if kept.kind == "alert" and kept.is_open:
            self.queue.add(kept)
            for account in _holders(kept):
                self._held.setdefault(account, {})[kept.target] = None
        if kept.kind == "desk":
            self._desks[kept.target] = None
        self.kept[kept.target] = kept
        if kept.kind in {"directive", "entrustment"}:
            self._about.setdefault(kept.head.subject, {})[kept.target] = None
        for court in kept.courts if kept.is_open else ():
            self._open.setdefault((kept.kind, court), {})[kept.target] = None


def _holders(kept: Kept) -> set[str]:
    return {account for account in (kept.head.owner, kept.head.assigned) if account}
