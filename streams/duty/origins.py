"""What a court's event about a directive or an entrustment is about, so that its withdrawal, which names neither, finds it.

Target ``event/<hash of source and id>``: it hears of what the event is about (`is_about`) and of what takes the event back, in
whatever order, and passes the one on to the other. A correction that names another directive takes the event from the first.
"""

from datetime import datetime, timedelta

import msgspec

from contract.canonical import short_id
from contract.duty.commands import Command, CourtTold, LinkTold, told_id, told_target
from contract.duty.directives import DirectiveRecord
from contract.duty.entrustments import EntrustmentRecord
from contract.envelope import Ref
from streams.duty.deed import DUTY
from streams.duty.outcome import Outcome, Told, Unversioned

PREFIX = "event/"
KEPT = timedelta(days=400)
"""How long after its last news it is known what an event is about (管理参数)."""
_MOST_WAITING = 20


class Origin(Unversioned, frozen=True, omit_defaults=True):
    """What an event is about, "" while nobody said so, and what takes it back and waits for that."""

    forget_at: datetime
    about: str = ""
    waiting: tuple[CourtTold, ...] = ()


def origin_target(ref: Ref) -> str:
    """The target of an event's origin."""
    return PREFIX + short_id("court_event", *ref)


def act_told(target: str, command: CourtTold, now: datetime) -> tuple[Told, ...]:
    """What a directive or entrustment tells of an act that it took: what the event is about, and that it corrects another."""
    if command.data is None:
        return ()  # it was passed on to it, by who knows what it is about
    about = _is_about(command.ref, target, now)
    if command.correctionof is None:
        return (about,)
    return about, msgspec.structs.replace(command, target=origin_target(command.correctionof))


def _is_about(ref: Ref, target: str, now: datetime) -> LinkTold:
    return LinkTold(
        id=told_id("is_about", target, *ref),
        target=origin_target(ref),
        principal=DUTY,
        at=now,
        source=target,
        what="is_about",
    )


def decide(record: Origin | None, command: Command, now: datetime) -> Outcome[Origin]:
    """Take what the event is about, or what takes it back."""
    before = record or Origin(now)
    if isinstance(command, LinkTold) and command.what == "is_about":
        after = Origin(now + KEPT, command.source)
        return Outcome(
            record=after, tells=tuple(told for one in before.waiting for told in _passed_on(one, command.source, now))
        )
    if isinstance(command, LinkTold) and command.what == "asks_courts" and before.about:
        return Outcome(record=record, tells=(asks_courts(before.about, command.source, now),))
    if not isinstance(command, CourtTold):
        return Outcome(record=record)
    if before.about:
        return Outcome(record=Origin(now + KEPT, before.about), tells=_passed_on(command, before.about, now))
    waiting = tuple({one.ref: one for one in (*before.waiting, command)}.values())
    return Outcome(record=Origin(now + KEPT, "", waiting[-_MOST_WAITING:]))


def asks_courts(target: str, alert: str, now: datetime) -> LinkTold:
    """An alert asks which courts a directive or entrustment names, or, of an event, what that is about."""
    return LinkTold(
        id=told_id("asks_courts", target, alert),
        target=target,
        principal=DUTY,
        at=now,
        source=alert,
        what="asks_courts",
    )


def courts_named(record: DirectiveRecord | EntrustmentRecord, command: LinkTold, now: datetime) -> LinkTold:
    """What it answers."""
    return LinkTold(
        id=told_id("courts", record.id, command.source, record.version),
        target=command.source,
        principal=DUTY,
        at=now,
        source=record.id,
        what="courts",
        detail={"from_court": record.from_court, "to_court": record.to_court},
    )


def next_due(record: Origin) -> datetime | None:
    """When it is forgotten."""
    return record.forget_at


def _passed_on(command: CourtTold, about: str, now: datetime) -> tuple[Told, ...]:
    """The event goes from what it was about, unless its correction is about the same; a withdrawal may be withdrawn itself."""
    if command.data is None:
        return msgspec.structs.replace(command, target=about), _is_about(command.ref, about, now)
    field = "entr_id" if command.type.startswith("entr.") else "directive_id"
    name = command.data.get(field)
    if isinstance(name, str) and told_target(command.type, command.rootid, name) == about:
        return ()
    return (msgspec.structs.replace(command, target=about, data=None),)
