"""The parts of the room: for each kind of target its record, what decides its commands, and what time does to it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from contract.duty import commands as c
from contract.duty.alerts import AlertDuty, DeskDuty
from contract.duty.directives import DirectiveRecord
from contract.duty.entrustments import EntrustmentRecord
from contract.duty.roster import RosterRecord
from streams.duty import desk, directives, entrustments, merging, notices, origins, rights, rosters, threads, timing, told
from streams.duty.alerts import COMMANDS
from streams.duty.deed import Deed
from streams.duty.desks import Desks
from streams.duty.outcome import Outcome, Refusal, refused, stale
from streams.duty.record import next_due

_MERGING = frozenset({"merged", "unmerged", "merge_undone", "state"})
MERGED = "merged"
"""What an alert tells the one that it follows from now on."""
_WITHOUT_VERSION = (c.Comment, c.PageClaim, c.PageResult)


class Part(NamedTuple):
    """One kind of target.

    ``due`` does what is due first, at the room's clock; it is called while ``next_due`` isn't later, or until it gives no
    record: the target has left the room. Both may change the record that they are given: it is decoded for them alone.
    """

    record: type
    decide: Callable[[Any, Any, datetime, Desks], Outcome[Any]]
    next_due: Callable[[Any], datetime | None]
    due: Callable[[Any, datetime, Desks], Outcome[Any]]


def decide_alert(record: AlertDuty | None, command: c.Command, now: datetime, desks: Desks) -> Outcome[AlertDuty]:
    """Decide a command about an alert."""
    if isinstance(command, c.LinkTold):
        return _alert_link(record, command, now, desks)
    if isinstance(command, c.AlertTold):
        record = record or told.new_record(command)
        if record is None:
            return Outcome(record=None)
        deed = Deed(record, now, desks)
        told.take_told(deed, command)
        return deed.outcome()
    if type(command) not in COMMANDS:
        return refused(record, command, Refusal("unknown_target", "预警不接受该操作"))
    leads = record is not None and command.principal.account in desks.on_call(record.court, now).get("leader", ())
    no = rights.refusal(command.principal, command, record, leads=leads)
    if no is not None or record is None:
        return refused(record, command, no or Refusal("unknown_target", "没有这条预警"))
    deed = Deed(record, now, desks, command.principal.account)
    no = _late(record, command) or COMMANDS[type(command)](deed, command)
    return refused(record, command, no) if no is not None else deed.outcome(answered=True)


def _late(record: AlertDuty, command: c.Command) -> Refusal | None:
    """A command upon what its asker no longer sees; a late button says itself which level it saw."""
    if isinstance(command, _WITHOUT_VERSION) or (isinstance(command, c.Escalate) and command.from_level < record.level):
        return None
    if record.state == "closed" and not isinstance(command, c.Comment):
        return Refusal("closed", "该预警已关闭，不能再变更", {"state": "closed"})
    return stale(record, command)


def _alert_link(record: AlertDuty | None, command: c.LinkTold, now: datetime, desks: Desks) -> Outcome[AlertDuty]:
    if record is None:
        return no_alert(command, now) if command.what in {MERGED, "drafted", "issued"} else Outcome(record=None)
    deed = Deed(record, now, desks)
    if command.what in _MERGING:
        merging.take_merge_link(deed, command)
    else:
        told.take_link(deed, command)
    return deed.outcome()


def no_alert(command: c.LinkTold, now: datetime) -> Outcome[Any]:
    """An alert or a directive named what is no alert, or has left the room: it hears so.

    Else the one would follow nothing for ever, and be silent, and the other wait for ever for the end of what nobody knows.
    """
    merged = command.what == MERGED
    told_back = c.LinkTold(
        id=c.told_id(command.id, "merge_undone" if merged else "ended"),
        target=command.source,
        principal=command.principal,
        at=now,
        source=command.target,
        what="merge_undone" if merged else "ended",
        detail={"reason": "没有这条主预警"} if merged else {},
    )
    return Outcome(record=None, tells=(told_back,))


def alert_due(record: AlertDuty, now: datetime, desks: Desks) -> Outcome[AlertDuty]:
    """Let the first timer of an alert do its work."""
    deed = Deed(record, now, desks)
    timing.time_passed(deed)
    return deed.outcome()


def decide_desk(record: DeskDuty | None, command: c.Command, now: datetime, desks: Desks) -> Outcome[DeskDuty]:
    """What alerts tell a desk, and what notifiers do with its pages."""
    record = record or desk.new_desk(command.target)
    if isinstance(command, c.LinkTold):
        deed = Deed(record, now, desks, command.source)
        desk.take_desk_link(deed, command)
        return deed.outcome()
    if isinstance(command, c.NoticeTold):
        deed = Deed(record, now, desks, command.principal.account)
        notices.take_notice(deed, command)
        return deed.outcome()
    if not isinstance(command, c.PageClaim | c.PageResult):
        return refused(record, command, Refusal("unknown_target", "值班席位不接受该操作"))
    deed = Deed(record, now, desks, command.principal.account)
    no = rights.refusal(command.principal, command, record) or COMMANDS[type(command)](deed, command)
    return refused(record, command, no) if no is not None else deed.outcome(answered=True)


def desk_due(record: DeskDuty, now: datetime, desks: Desks) -> Outcome[DeskDuty]:
    """Let the first due thing of a desk happen."""
    deed = Deed(record, now, desks)
    desk.time_passed(deed)
    return deed.outcome()


def decide_thread(record: threads.Thread | None, command: c.Command, now: datetime, desks: Desks) -> Outcome[threads.Thread]:
    """What alerts tell a thread."""
    del desks
    if not isinstance(command, c.LinkTold):
        return refused(record, command, Refusal("unknown_target", "没有这条记录"))
    return threads.take_thread_link(record or threads.Thread(), command, now)


def _over(record: Any, now: datetime, desks: Desks) -> Outcome[Any]:
    """What only remembers is forgotten when its time is over."""
    del record, now, desks
    return Outcome(record=None)


def decide_directive(record: DirectiveRecord | None, command: Any, now: datetime, desks: Desks) -> Outcome[DirectiveRecord]:
    """Decide a command about a directive, or take what a court told of it."""
    return directives.decide(record, command, now, desks.calendar)


def directive_due(record: DirectiveRecord, now: datetime, desks: Desks) -> Outcome[DirectiveRecord]:
    """Do what is due first for a directive."""
    del desks
    return directives.due(record, now)


def decide_roster(record: RosterRecord | None, command: Any, now: datetime, desks: Desks) -> Outcome[RosterRecord]:
    """Decide a command about a roster."""
    if not isinstance(command, c.RosterCommand):
        return refused(record, command, Refusal("unknown_target", "值班表不接受该操作"))
    return rosters.decide(record, command, now, desks.calendar)


def roster_due(record: RosterRecord, now: datetime, desks: Desks) -> Outcome[RosterRecord]:
    """Look at what is due first for a roster."""
    return rosters.due(record, now, desks.calendar)


def decide_entrustment(
    record: EntrustmentRecord | None, command: c.Command, now: datetime, desks: Desks
) -> Outcome[EntrustmentRecord]:
    """Take what a court told of an entrustment."""
    return entrustments.decide(record, command, now, desks.calendar)


def entrustment_due(record: EntrustmentRecord, now: datetime, desks: Desks) -> Outcome[EntrustmentRecord]:
    """Say the first deadline of an entrustment that has passed."""
    del desks
    return entrustments.due(record, now)


def decide_origin(record: origins.Origin | None, command: c.Command, now: datetime, desks: Desks) -> Outcome[origins.Origin]:
    """Take what a court's event is about, or what takes it back."""
    del desks
    if not isinstance(command, c.LinkTold | c.CourtTold):
        return refused(record, command, Refusal("unknown_target", "没有这条记录"))
    return origins.decide(record, command, now)


ALERT, DESK, THREAD = "alert", "desk", "thread"
DIRECTIVE, ROSTER, ENTRUSTMENT = "directive", "roster", "entrustment"
ORIGIN = "origin"
PARTS: dict[str, Part] = {
    ALERT: Part(AlertDuty, decide_alert, next_due, alert_due),
    DESK: Part(DeskDuty, decide_desk, desk.next_due, desk_due),
    THREAD: Part(threads.Thread, decide_thread, threads.next_due, _over),
    DIRECTIVE: Part(DirectiveRecord, decide_directive, directives.next_due, directive_due),
    ROSTER: Part(RosterRecord, decide_roster, rosters.next_due, roster_due),
    ENTRUSTMENT: Part(EntrustmentRecord, decide_entrustment, entrustments.next_due, entrustment_due),
    ORIGIN: Part(origins.Origin, decide_origin, origins.next_due, _over),
}
"""In this order, which is that of their numbers in the state: new ones go to the end."""

PREFIXES = {
    desk.PREFIX: DESK,
    threads.PREFIX: THREAD,
    rights.ROSTER: ROSTER,
    c.ENTRUSTMENT: ENTRUSTMENT,
    origins.PREFIX: ORIGIN,
}


def part_of(command: c.Command, stored: str | None) -> str | None:
    """The part that a command is for; ``stored``: the kind of its target's record, None if there is none."""
    if stored is not None:
        return stored
    for prefix, name in PREFIXES.items():
        if command.target.startswith(prefix):
            return name
    if isinstance(command, c.DirectiveCommand):
        return DIRECTIVE
    return ALERT if isinstance(command, c.AlertCommand | c.LinkTold) else None
