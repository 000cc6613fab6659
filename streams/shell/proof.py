"""The proof that what was said follows from the log: its journals made again from the records, and the digests compared.

What the cases said is a function of the log. What the groups said is one of the topic of facts, in which the messages of
several case partitions follow one another as they came; that each of these follows from the log is proved beside, message by
message (docs/adr/0013-groups-are-proved-in-two-steps.md). docs/proof.md defines the digests. Repeats after a crash count once;
what a rebuild sent is no part of a journal.
"""

from collections.abc import Mapping
from itertools import islice

import msgspec

from streams.cases.lines import OWN_SCOPES
from streams.cases.outputs import TransitionOut
from streams.groups.origin import Message
from streams.shell.alerts_log import said
from streams.shell.digests import FactsDigest, JournalDigest, LogDigest
from streams.shell.groups import GroupLanes
from streams.shell.lane import CoreFactory
from streams.shell.progress import Progress
from streams.shell.rebuild_engine import CAUSE
from streams.shell.replay import replay
from streams.shell.reread import Rereading
from streams.shell.seam import TP
from streams.shell.sides import COMMON, Side
from streams.shell.told import FactsLog

EXAMPLES = 5


class Pair(msgspec.Struct, frozen=True):
    """Something as it was made again, and as it is stored: its digests, and how much of it there is."""

    replayed: str
    stored: str
    counts: tuple[int, int]

    @property
    def holds(self) -> bool:
        """Whether both are the same."""
        return self.replayed == self.stored


class GroupProof(msgspec.Struct, frozen=True):
    """What came of a replay of the groups.

    Attributes:
        facts: What the cases told, by the log and by the topic of facts.
        differences: In what these two differ, message by message; the first of them.
        repeats: How many messages were told more than once.
        positions: For each partition of the facts the offset up to which the groups were judged.
        log: Digest of these records.
        journal: What the groups say of them, and what they said.
    """

    facts: Pair
    differences: tuple[str, ...]
    repeats: int
    positions: dict[int, int]
    log: str
    journal: Pair

    @property
    def facts_hold(self) -> bool:
        """Whether every fact is what the log gives, and none is missing; nothing of how those of several partitions mingle."""
        return self.facts.holds and not self.differences


class Proof(msgspec.Struct, frozen=True):
    """What came of a replay.

    Attributes:
        positions: For each partition of the log the offset up to which it was read.
        log: Digest of these records.
        journal: What the cases say of them, and what they said.
        repeats: How many of the stored transitions, those of groups included, were said more than once.
        recomputed: Transitions that a rebuild sent.
        groups: The same of the groups; None for what no group hears of.
    """

    positions: dict[int, int]
    log: str
    journal: Pair
    repeats: int
    recomputed: int
    groups: GroupProof | None

    @property
    def holds(self) -> bool:
        """Whether everything stored is what the log gives."""
        groups = self.groups
        return self.journal.holds and (groups is None or (groups.facts_hold and groups.journal.holds))


def prove(
    factory: CoreFactory,
    bootstrap: str,
    positions: Mapping[int, int],
    progress: Progress,
    *,
    lanes: GroupLanes | None = None,
    side: Side = COMMON,
) -> Proof:
    """Make the journals again from the log up to some positions, and compare them with what stands in the topic of alerts.

    ``lanes``: of the groups; None: they are left out.
    """
    facts = None if lanes is None else FactsLog(bootstrap, positions)
    log, journal, told = _replayed(factory, bootstrap, side.events, positions, progress)
    read = None if lanes is None or facts is None else _heard(lanes, facts, progress)
    stored, of_groups, recomputed = _stored(bootstrap, side.alerts, positions, facts.cut if facts else {}, progress)
    groups = None
    if facts is not None and read is not None:
        stored_facts, facts_log, group_journal = read
        groups = GroupProof(
            _pair(told, stored_facts),
            tuple(islice(told.differences(stored_facts), EXAMPLES)),
            stored_facts.repeats,
            facts.cut,
            facts_log.hex(),
            _pair(group_journal, of_groups),
        )
    return Proof(dict(positions), log.hex(), _pair(journal, stored), stored.repeats + of_groups.repeats, recomputed, groups)


def _pair(replayed: JournalDigest | FactsDigest, stored: JournalDigest | FactsDigest) -> Pair:
    return Pair(replayed.hex(), stored.hex(), (len(replayed), len(stored)))


def _replayed(
    factory: CoreFactory, bootstrap: str, topic: str, positions: Mapping[int, int], progress: Progress
) -> tuple[LogDigest, JournalDigest, FactsDigest]:
    """What the log says, what comes of it, and what the cases told."""
    log, journal, told = LogDigest(), JournalDigest(), FactsDigest()
    room = Rereading(factory, bootstrap, topic, list(positions))
    done, total = 0, sum(positions.values())
    for _, _, records in replay(bootstrap, {}, {TP(topic, partition): end for partition, end in positions.items()}):
        for record in records:
            log.add(record)
            for out in room.apply(record):
                if isinstance(out, TransitionOut):
                    journal.add(out, out.encode())
                elif isinstance(out, Message):
                    told.tell(out, len(positions))
        done += len(records)
        progress("replaying the log", done, total)
    return log, journal, told


def _heard(lanes: GroupLanes, facts: FactsLog, progress: Progress) -> tuple[FactsDigest, LogDigest, JournalDigest]:
    """What the topic of facts says: all that it should have, as far as the groups are judged, and what these make of it."""
    stored, log, journal = FactsDigest(), LogDigest(), JournalDigest()
    groups = {partition: lanes(partition, {}) for partition in facts.cut}
    for heard in facts.read(progress):
        record = heard.record
        if heard.follows:
            stored.add(record.partition, heard.message, record.value or b"")
        if heard.judged:
            log.add(record)
            journal.note(groups[record.partition].apply(record))
    return stored, log, journal


def _stored(
    bootstrap: str, topic: str, positions: Mapping[int, int], cut: Mapping[int, int], progress: Progress
) -> tuple[JournalDigest, JournalDigest, int]:
    """Read the topic of alerts: the journal of the cases, that of the groups, and how many a rebuild sent."""
    cases, groups = JournalDigest(), JournalDigest()
    recomputed = 0
    for out, partition, offset, body in said(bootstrap, topic, "reading the journal", progress):
        journal, limits = (cases, positions) if out.alert.scope in OWN_SCOPES else (groups, cut)
        if out.cause == CAUSE:
            recomputed += 1
        elif offset < limits.get(partition, 0):
            journal.add(out, body)
    return cases, groups, recomputed
