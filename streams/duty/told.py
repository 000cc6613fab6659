"""What the engine tells of an alert: it calls duty, raises its severity, ends it, takes it back.

The same transition told twice changes nothing; neither does an earlier one told again. What a rebuild tells (`recomputed`)
brings the record up to date and pages nobody: each desk hears of it in one digest for the whole rebuild. Duty is called once
for each severity, however often the engine comes back to it; only after a retraction, of which everybody who was paged was
told, does it begin anew.
"""

from collections.abc import Mapping

from contract.canonical import short_id
from contract.courts import COURTS, SPC
from contract.duty.alerts import RANK, AlertDuty, Resolution
from contract.duty.commands import AlertTold, LinkTold, told_target
from contract.times import parse_instant
from streams.duty.acts import SYSTEM
from streams.duty.deed import Deed
from streams.duty.desk import RECOMPUTED
from streams.duty.desks import superior
from streams.duty.ladders import begin, list_for_digest, list_rebuilt, reschedule
from streams.duty.origins import origin_target
from streams.duty.outcome import Refusal
from streams.duty.pages import settle, take_back
from streams.duty.resolving import LEAVES_AFTER, acted, resolve
from streams.duty.tree import begin_tree

_KEPT_IDS = 8
_INSTANTS = ("due_at", "raised_at", "ended_at")


def new_record(command: AlertTold) -> AlertDuty | None:
    """The record of an alert that duty hears of for the first time; None if it is over already."""
    alert = command.alert
    if command.transition in {"ended", "retracted"} or (alert["ended_at"] and command.transition not in {"raised", "reopened"}):
        return None  # it left the room, or ended before anything was heard of it
    thread = short_id("thread", alert["rule"], alert["scope"], alert["subject"], alert.get("key"), alert.get("element"))
    return AlertDuty(
        id=alert["id"],
        rule=alert["rule"],
        court=alert["court"],
        subject=alert["subject"],
        rootid=command.rootid,
        severity=alert["severity"],
        due_at=parse_instant(alert["due_at"]),
        raised_at=parse_instant(alert["raised_at"]),
        thread=thread,
        quiet=command.reason == RECOMPUTED,
    )


def take_told(deed: Deed[AlertDuty], command: AlertTold) -> Refusal | None:
    """Take one transition."""
    record = deed.record
    if _is_known(record, command):
        return None
    is_new = not record.told
    before = record.severity, record.due_at, record.court
    taken_back = record.retracted
    _facts(record, command)
    deed.by = "/sys/engine"
    if command.rule.about and not record.named and (target := _matter(command)) is not None:
        deed.tell(target, "asks_courts")
    if command.transition == "retracted" and taken_back:
        deed.note("told", transition=command.transition)
    elif command.transition == "retracted":
        _retracted(deed, command.reason, command.rebuild)
    elif command.transition == "ended":
        _ended(deed, command)
    elif is_new or command.transition in {"raised", "reopened"} or record.severity != before[0]:
        _stands(deed, command, is_new=is_new, was=before[0])
    elif record.court != before[2] and record.is_open and command.reason != RECOMPUTED:
        deed.change("moved", before=before[2], court=record.court)
        _called(deed)
    elif record.due_at != before[1]:
        deed.note("redated", due_at=record.due_at)
    else:
        deed.note("told", transition=command.transition)
    return None


def _is_known(record: AlertDuty, command: AlertTold) -> bool:
    if command.id in record.told:
        return True
    partition, _, offset = command.position.rpartition("/")[2].partition(":")
    known, _, last = record.told_at.partition(":")
    if known == partition and offset.isdigit() and int(offset) < int(last):
        return True
    if offset.isdigit():
        record.told_at = f"{partition}:{offset}"
    return False


def _facts(record: AlertDuty, command: AlertTold) -> None:
    alert, rule = command.alert, command.rule
    record.told = (*record.told[1 - _KEPT_IDS :], command.id)
    record.version_of_rule, record.basis = alert.get("version", ""), alert.get("basis", rule.basis)
    record.severity, record.court, record.rootid = alert["severity"], alert["court"], command.rootid
    for name in _INSTANTS:
        setattr(record, name, None if alert[name] is None else parse_instant(alert[name]))
    record.end_reason, record.breach_days = alert.get("end_reason") or "", alert.get("breach_days")
    record.retracted = command.transition == "retracted"
    record.name_zh, record.react, record.hold = rule.name_zh, rule.react, rule.hold
    record.propose, record.hours = rule.propose, rule.hours
    record.desks = record.desks or desks_of(record.court, rule.react, record.named)


def _matter(command: AlertTold) -> str | None:
    """The directive or entrustment that an alert is about: by its key, else by the event that armed it."""
    alert, kind = command.alert, "entr.sent" if command.rule.about == "entrustment" else "sup.directive_issued"
    key, evidence = alert.get("key") or (), alert.get("evidence") or ()
    if key:
        return told_target(kind, command.rootid, str(key[0]))
    if not evidence:
        return None
    source, name = evidence[0]
    # What was issued here has the directive's id.
    return str(name) if source.endswith(f"/{SYSTEM}") else origin_target((source, name))


def desks_of(court: str, react: tuple[str, ...], named: Mapping[str, str]) -> tuple[str, ...]:
    """The courts that must react first, by the rule; units inside a court (立案, 院长, 督察) are reached by its desk.

    ``named``: courts of the start's data, by field; while one isn't known, the alert's own court stands for it.
    """
    return tuple(dict.fromkeys(_desk(court, part, named) for part in (react[0] if react else "own").split("+")))


def _desk(court: str, part: str, named: Mapping[str, str]) -> str:
    who, _, path = part.partition(":")
    of = named.get(path.removeprefix("start.data."), court)
    line = [one.code for one in COURTS.ancestors(of)]
    high = next((code for code in [of, *line] if code in COURTS and COURTS[code].tier == "HIGH"), None)
    return {"up1": superior(of), "high": high, "spc": SPC}.get(who, of) or of


def _stands(deed: Deed[AlertDuty], command: AlertTold, *, is_new: bool, was: str) -> None:
    """It stands, at some severity: a newly reached one calls duty."""
    record = deed.record
    names = {"raised": "raised", "reopened": "reopened"}
    rose = RANK[record.severity] > RANK[was]
    what = "raised" if is_new else names.get(command.transition, "severity_rose" if rose else "severity_fell")
    deed.change(what, severity=record.severity, why=command.reason, due_at=record.due_at)
    if is_new:
        deed.tell(f"thread/{record.thread}", "raised")
    if command.reason == RECOMPUTED:
        _quietly(deed, command.rebuild)
        if record.state == "resolved" and what in names.values():
            record.state, record.resolution, record.close_at = "firing", None, None
    elif record.ended_at is not None:
        _too_late(deed, is_new=is_new)
    elif record.severity in record.reached:
        _again(deed, reopened=not is_new and command.transition in {"raised", "reopened"})
    else:
        _called(deed)


def _too_late(deed: Deed[AlertDuty], *, is_new: bool) -> None:
    """Only what has ended reached it: there is nothing to do any more, but to know of it."""
    if not is_new:
        list_for_digest(deed, "late_entry")


def _called(deed: Deed[AlertDuty]) -> None:
    record = deed.record
    record.quiet = False
    record.snoozed_until = None
    record.resolution, record.pending, record.close_at, record.leave_at = None, None, None, None
    settle(deed)
    if record.merged_into:
        # Duty is called for this very alert: nobody was for this level, and its root's people have another to answer.
        deed.tell(record.merged_into, "unmerged")
        deed.note("unmerged", root=record.merged_into, why="called")
        record.merged_into, record.merge_court, record.before_merge = "", "", None
    first = desks_of(record.court, record.react, record.named)
    if first[0] != record.home:
        record.tree_level, record.tree_at = 0, None
    fresh = [court for court in first[1:] if court not in record.desks or len(record.reached) == 0]
    record.desks = tuple(dict.fromkeys((*first, *record.desks)))
    begin(deed)
    begin_tree(deed)
    for court in fresh:
        list_for_digest(deed, "digest", court)
    tell_merged(deed)


def _again(deed: Deed[AlertDuty], *, reopened: bool) -> None:
    """Duty was called for this severity before: nobody is paged for it again."""
    record = deed.record
    if not reopened or record.state == "closed":
        reschedule(deed)
        return
    record.resolution, record.close_at, record.leave_at = None, None, None
    record.state, record.owner, record.ack_until = "firing", "", None
    record.page_at, record.step_at = None, None
    list_for_digest(deed, "reopened")
    begin_tree(deed)
    deed.tell(f"thread/{record.thread}", "reopened")
    tell_directives(deed, "reopened")
    tell_merged(deed)


def _quietly(deed: Deed[AlertDuty], rebuild: str) -> None:
    """A rebuild found it: nobody is paged, and what stands is told by the rebuild's digest."""
    record = deed.record
    if record.stands:
        list_rebuilt(deed, rebuild)
    if record.severity not in record.reached:
        record.reached = (*record.reached, record.severity)
        record.policy = record.policy or deed.desks.current
        begin_tree(deed)


def _ended(deed: Deed[AlertDuty], command: AlertTold) -> None:
    record = deed.record
    record.dispute, record.disputed_until = None, None
    deed.tell(f"thread/{record.thread}", "ended")
    tell_directives(deed, "ended")
    if record.state == "closed":
        record.tree_at, record.leave_at = None, deed.now + LEAVES_AFTER
        deed.note("obligation_ended", end_reason=record.end_reason, breach_days=record.breach_days)
        return
    found = Resolution(how="event", at=deed.now, reason_code=record.end_reason, reason=command.reason)
    deed.change("resolved", how="event", end_reason=record.end_reason, breach_days=record.breach_days)
    resolve(deed, found)
    tell_merged(deed)


def _retracted(deed: Deed[AlertDuty], reason: str, rebuild: str) -> None:
    record = deed.record
    record.dispute, record.disputed_until, record.tree_at = None, None, None
    deed.change("retracted", why=reason)
    people = acted(record)
    if record.state != "closed":
        resolve(deed, Resolution(how="retracted", at=deed.now, reason=reason))
    else:
        record.leave_at = deed.now + LEAVES_AFTER
    if reason != RECOMPUTED:
        take_back(deed, reason, people)
    elif record.paged or people:
        list_rebuilt(deed, rebuild)
    record.reached = ()
    deed.tell(f"thread/{record.thread}", "ended")
    tell_directives(deed, "retracted")
    for child in record.merged:
        deed.tell(child, "merge_undone", reason="主预警已撤回")
    record.merged = ()


def tell_directives(deed: Deed[AlertDuty], what: str) -> None:
    """Tell the directives that name it."""
    for directive in deed.record.directives:
        deed.tell(directive, what)


def tell_merged(deed: Deed[AlertDuty]) -> None:
    """Tell the alerts that are merged into it what it is now."""
    record = deed.record
    for child in record.merged:
        deed.tell(child, "state", state=record.state, owner=record.owner, ack_until=record.ack_until)


def _courts_known(deed: Deed[AlertDuty], named: dict[str, str]) -> None:
    """Which courts the directive or entrustment names: one of their desks must react first, and is called if another was."""
    record = deed.record
    if record.named == named:
        return
    record.named = named
    first, before = desks_of(record.court, record.react, named), record.desks
    if first == before[: len(first)]:
        return
    record.desks = tuple(dict.fromkeys((*first, *(before[1:] if record.level == 0 else before))))
    deed.change("reacts", desks=record.desks, before=before)
    if record.is_open and not record.quiet and record.level > 0 and first[0] != before[0]:
        _called(deed)


def take_link(deed: Deed[AlertDuty], command: LinkTold) -> None:
    """A directive tells that it names the alert, or what became of it; the thread tells which alert was before it."""
    record = deed.record
    deed.by = command.source
    if command.what == "reopens":
        record.reopens = command.detail["before"]
        deed.note("linked", reopens=record.reopens)
    elif command.what == "courts":
        _courts_known(deed, {name: code for name, code in command.detail.items() if code in COURTS})
    elif command.what in {"drafted", "issued"}:
        if command.source not in record.directives:
            record.directives = (*record.directives, command.source)
        deed.note(f"directive_{command.what}", directive=command.source)
        if not record.stands:
            deed.tell(command.source, "retracted" if record.retracted else "ended")
    elif command.what in {"closed", "withdrawn"}:
        deed.note(f"directive_{command.what}", directive=command.source)
