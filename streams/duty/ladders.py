"""The ladder inside the desk: steps by minutes, ended by an acknowledgement.

The first page waits for the rule's `hold`. Minutes of the steps run from the instant at which that page was made, so that a
clock that stood still shortens nobody's time to answer; a step whose time has come is taken at the next tick, each in the order
of its instant. A step that finds nobody is passed over at once and the leader is told.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from contract.calendar import Calendar
from contract.duty.alerts import AlertDuty, Why
from contract.duty.policy import Step, Target
from contract.limits import COURT_HOURS
from contract.times import SHANGHAI, civil_date
from contract.working_hours import WorkingTime, instant_of, micros
from streams.duty.deed import Deed
from streams.duty.desk import RECOMPUTED
from streams.duty.desks import superior
from streams.duty.drafts import proposed
from streams.duty.pages import make_pages

HOLD_OF_HOURS = timedelta(minutes=10)
MORNING = time(9)
"""Default of `hold` for limits in days: this wall time of the next working day."""
LEAST_PAUSE = timedelta(minutes=15)
"""What lies at least between the last step and the ladder's beginning again."""
_HOLD = re.compile(r"(\d+) (minutes|hours|working_hours|calendar_days|working_days)")


class Found(NamedTuple):
    """Who was found for a step: (desk, account) in the order of its targets."""

    people: tuple[tuple[str, str], ...]
    asked: tuple[str, ...]


def steps_of(deed: Deed[AlertDuty]) -> Sequence[Step]:
    """The steps of the alert's ladder: a superior's desk is reached only for red alerts of rules with hour limits."""
    record = deed.record
    policy = deed.desks.policy(record.policy, record.severity)
    hourly = record.severity == "red" and record.hours
    return [step for step in policy.steps if hourly or not (step.hour_limits_only or _goes_up(step))]


def _goes_up(step: Step) -> bool:
    return any(target.desk == "superior" for target in step.targets)


def begin(deed: Deed[AlertDuty]) -> None:
    """Duty is called for a newly reached severity: by the policies of now, and after the rule's hold."""
    record = deed.record
    record.policy = deed.desks.current
    record.reached = tuple(dict.fromkeys((*record.reached, record.severity)))
    record.step, record.repeats, record.base_at, record.step_at = 0, 0, None, None
    record.state, record.owner, record.ack_until, record.acks = "firing", "", None, ()
    record.page_at = held_until(record.hold, deed.now, deed.desks.calendar, hours=record.hours)
    record.page_why = "step"


def held_until(hold: str, now: datetime, calendar: Calendar, *, hours: bool) -> datetime:
    """The end of a rule's hold that begins now; "" = 10 minutes for limits in hours, else 09:00 of the next working day.

    Days end at 09:00; working hours are those of courts. The next 09:00 may be that of today.
    """
    match = _HOLD.fullmatch(hold)
    if match is None:
        return now + HOLD_OF_HOURS if hours else _next_morning(now, calendar)
    n, unit = int(match[1]), match[2]
    if unit in {"minutes", "hours"}:
        return now + timedelta(**{unit: n})
    if unit == "working_hours":
        return instant_of(WorkingTime(calendar, SHANGHAI, COURT_HOURS).advance(micros(now), n * 3_600_000_000))
    day = civil_date(now).toordinal()
    return _morning(calendar.add_workdays(day, n) if unit == "working_days" else day + n)


def _next_morning(now: datetime, calendar: Calendar) -> datetime:
    day = calendar.next_workday(civil_date(now).toordinal())
    morning = _morning(day)
    return morning if morning > now else _morning(calendar.next_workday(day + 1))


def _morning(day: int) -> datetime:
    return datetime.combine(date.fromordinal(day), MORNING, SHANGHAI).astimezone(UTC)


def page_due(deed: Deed[AlertDuty]) -> None:
    """The hold is over, or a held back page may go: the ladder begins, or goes on where it stood."""
    record = deed.record
    if _is_held(deed):
        return
    record.page_at = None
    if record.page_why == "step":
        record.base_at = deed.now
        if record.propose:
            ask_for_draft(deed, record.propose)
        take_step(deed)
    else:
        page_again(deed, record.page_why)


def step_due(deed: Deed[AlertDuty]) -> None:
    """A step's minutes are over; after the last one the ladder begins again while it may."""
    record = deed.record
    if _is_held(deed):
        return
    record.step_at = None
    if record.step >= len(steps_of(deed)):
        record.repeats += 1
        record.step, record.base_at = 0, deed.now
    take_step(deed)


def _is_held(deed: Deed[AlertDuty]) -> bool:
    """Whether a maintenance window holds the page back; it goes as part of a digest when the window is over."""
    record = deed.record
    courts = dict.fromkeys((record.court, record.home))
    windows = [window for court in courts if (window := deed.desks.window(court, record.rule, deed.now)) is not None]
    if not windows:
        return False
    window = max(windows, key=lambda one: (one.end, one.id))
    first = not record.held
    record.held = True
    if record.page_at is not None:
        record.page_at = window.end
    else:
        record.step_at = window.end
    if first:
        deed.note("held", window=window.id, until=window.end)
    return True


def take_step(deed: Deed[AlertDuty]) -> None:
    """Take the next step, and those after it at once while nobody is found; each raises the level once."""
    record, steps = deed.record, steps_of(deed)
    if not steps:
        list_for_digest(deed, "digest")
        return
    passed = False
    while record.step < len(steps):
        step = steps[record.step]
        if passed and not step.targets:
            break  # a draft keeps its time: there was nobody to wait for, but there was nobody to answer either
        record.step += 1
        record.level += 1
        record.acks = ()
        if step.draft:
            ask_for_draft(deed, step.draft)
        found = find(deed, step.targets)
        if found.people or not step.targets:
            deed.change("paged" if record.level == 1 else "escalated", level=record.level, step=record.step)
            _page(deed, found, step, "step")
            break
        passed = True
        _pass_over(deed, found, step)
    if passed and record.step < len(steps):
        record.base_at = deed.now - timedelta(minutes=steps[record.step - 1].after_min)
    _schedule(deed, steps)


def page_again(deed: Deed[AlertDuty], why: Why) -> None:
    """Page those of the step that was taken last once more: nobody has the alert any longer. The level stays."""
    record, steps = deed.record, steps_of(deed)
    if not steps:
        list_for_digest(deed, why)
        return
    if record.step == 0:
        record.base_at = deed.now
        take_step(deed)
        return
    number = min(record.step, len(steps)) - 1
    while number > 0 and not steps[number].targets:
        number -= 1
    found = find(deed, steps[number].targets)
    record.base_at = deed.now - timedelta(minutes=steps[min(record.step, len(steps)) - 1].after_min)
    if found.people:
        deed.note("paged", level=record.level, step=number + 1, why=why)
        _page(deed, found, steps[number], why)
        _schedule(deed, steps)
    elif record.step < len(steps):
        take_step(deed)
    else:
        deed.note("step_empty", level=record.level, step=number + 1, asked=found.asked)
        _schedule(deed, steps)


def find(deed: Deed[AlertDuty], targets: Sequence[Target]) -> Found:
    """Who holds the targets' posts now."""
    people: dict[tuple[str, str], None] = {}
    asked: list[str] = []
    for target in targets:
        court = deed.record.home if target.desk == "own" else superior(deed.record.home)
        if court is not None:
            asked.append(f"{court}/{target.post}")
            for account in deed.desks.on_call(court, deed.now).get(target.post, ()):
                people[court, account] = None
    return Found(tuple(people), tuple(asked))


def _pass_over(deed: Deed[AlertDuty], found: Found, step: Step) -> None:
    record = deed.record
    record.uncovered = not deed.desks.is_covered(record.home, deed.now)
    deed.change(
        "step_empty", level=record.level, step=record.step, asked=found.asked, uncovered=record.uncovered,
        reason="本级值班无人在岗，直接进入下一级并通知带班领导",
    )  # fmt: skip
    leaders = find(deed, (Target("leader"),)).people
    if leaders and not any(target.post == "leader" and target.desk == "own" for target in step.targets):
        _page(deed, Found(leaders, ()), step, "empty_step")


def _page(deed: Deed[AlertDuty], found: Found, step: Step, why: Why) -> None:
    """Page people, or have them told by a digest: after a window, and in a flood if it isn't red."""
    record = deed.record
    record.uncovered = record.uncovered and not found.people
    record.rounds += 1
    if record.held:
        record.held = False
        list_for_digest(deed, "window")
    elif deed.desks.in_flood(record.home) and record.severity != "red":
        list_for_digest(deed, "flood")
    elif found.people:
        make_pages(deed, found.people, step.channels, why, step=record.step)
        deed.tell(f"desk/{record.home}", "paging", rule=record.rule, severity=record.severity)


def _schedule(deed: Deed[AlertDuty], steps: Sequence[Step]) -> None:
    record = deed.record
    assert record.base_at is not None
    if record.step < len(steps):
        record.step_at = record.base_at + timedelta(minutes=steps[record.step].after_min)
        return
    policy = deed.desks.policy(record.policy, record.severity)
    record.step_at = None
    if record.repeats < policy.repeat and not _is_nobodys(deed):
        pause = timedelta(minutes=steps[-1].after_min - steps[-2].after_min) if len(steps) > 1 else LEAST_PAUSE
        record.step_at = deed.now + max(pause, LEAST_PAUSE)


def _is_nobodys(deed: Deed[AlertDuty]) -> bool:
    """Whether the ladder found nobody and the desk has no roster: taken again it would find nobody, and say so each time."""
    return deed.record.uncovered and not deed.desks.is_covered(deed.record.home, deed.now)


def reschedule(deed: Deed[AlertDuty]) -> None:
    """The severity fell: the next step, if one is waited for, comes by the minutes of the milder policy."""
    record, steps = deed.record, steps_of(deed)
    if record.step_at is not None:
        record.step_at = None
        if record.step < len(steps):
            _schedule(deed, steps)


def list_for_digest(deed: Deed[AlertDuty], why: str, court: str | None = None) -> None:
    """Have the desk tell of it in its next digest."""
    record = deed.record
    court = court or record.home
    record.listed = tuple(dict.fromkeys((*record.listed, court)))
    deed.note("listed", desk=court, why=why)
    deed.tell(f"desk/{court}", "listed", why=why, rule=record.rule, severity=record.severity, policy=record.policy)


def list_rebuilt(deed: Deed[AlertDuty], rebuild: str) -> None:
    """Have every desk that it concerns tell of it in the digest of a rebuild: it stands now, or was taken back."""
    record = deed.record
    why = "retracted" if record.retracted else RECOMPUTED
    deed.note("listed", desk=record.home, why=RECOMPUTED)
    for court in record.desks:
        if not record.retracted:
            record.listed = tuple(dict.fromkeys((*record.listed, court)))
        deed.tell(f"desk/{court}", "listed", why=why, rule=record.rule, severity=record.severity, rebuild=rebuild)


def ask_for_draft(deed: Deed[AlertDuty], kind: str) -> None:
    """Have a directive drafted by the court whose step it is, with this alert as its ground; once for each kind."""
    draft = proposed(deed.record, kind, deed.now)
    if draft is not None and kind not in deed.record.drafted:
        deed.record.drafted = (*deed.record.drafted, kind)
        deed.draft(draft)
