"""The auditor: whether every escalation that was due happened, read from the two logs alone.

It decides nothing and repairs nothing; what it finds is named. It looks at decisions as anybody would who has only them:
which timer each record left behind, when the next decision came, which level it reached, and what the policy of the record says
of the minutes between. A stopped clock, a room that died, a step taken twice or too early, a command without an answer and a
page of which nobody can say that it arrived all show here.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from contract.duty import commands as c
from contract.duty.alerts import AlertDuty, DeskDuty
from contract.duty.decisions import LEFT, Decision
from contract.duty.policy import Policies, Policy
from streams.duty import desk
from streams.duty.desks import label_of
from streams.duty.pages import reconcile
from streams.duty.record import next_timer

GRACE = timedelta(minutes=2)
"""What a decision may come after its instant: ticks come each second or so, and a worker may be taken over."""

Kind = Literal["missed", "late", "twice", "jumped", "early", "unanswered", "answered_twice", "page"]
_STEPS = frozenset({"paged", "escalated", "step_empty"})
_ANEW = frozenset({"ack_expired", "woken", "unmerged", "merge_undone"})
"""What lets the minutes run anew: the record says from when."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that should not be.

    Attributes:
        kind: missed: a timer passed and nothing happened; late: it happened later than it may; twice, jumped: a level reached
            twice, or over another; early: before the minutes of its policy; unanswered, answered_twice: a command; page: one
            that nobody can say arrived.
        target: Alert, directive, roster or desk.
        what: Which timer, level, command or page.
        due: When it should have happened, None if that isn't the matter.
        at: When it did, None = not.
    """

    kind: Kind
    target: str
    what: str
    due: datetime | None = None
    at: datetime | None = None


def audit(
    commands: Iterable[c.AnyCommand],
    decisions: Iterable[Decision],
    policies: Iterable[Policies],
    now: datetime,
    speed: float = 1.0,
) -> list[Found]:
    """Everything found up to an instant.

    Args:
        commands: The room's input, each partition in order.
        decisions: The room's decisions, each partition in order; repeats of one id are one.
        policies: Every set of policies that ever held.
        now: The instant up to which something may be owed, of the log's time line.
        speed: How fast that runs: its ticks come once a second of the wall's.
    """
    grace = GRACE * speed
    auditor = _Auditor({label_of(one): one for one in policies}, grace)
    seen: set[str] = set()
    answers: dict[str, set[str]] = {}
    for decision in decisions:
        if decision.id not in seen:
            seen.add(decision.id)
            auditor.take(decision)
            if decision.command is not None:
                answers.setdefault(decision.command, set()).add(decision.id)
    return [*auditor.found, *auditor.owed(now), *_unanswered(commands, answers, now - grace)]


class _Auditor:
    """Follows each alert from decision to decision."""

    def __init__(self, policies: Mapping[str, Policies], grace: timedelta) -> None:
        self._grace = grace
        self.found: list[Found] = []
        self._policies = policies
        self._records: dict[str, AlertDuty] = {}
        self._desks: dict[str, DeskDuty] = {}
        self._bases: dict[str, datetime] = {}
        self._by_hand: set[str] = set()
        self._levels: dict[str, int] = {}

    def take(self, decision: Decision) -> None:
        """Take the next decision of its target."""
        if decision.record is not None and decision.target.startswith(desk.PREFIX):
            self._desks[decision.target] = msgspec.convert(decision.record, DeskDuty)
        if decision.what == LEFT:
            self._records.pop(decision.target, None)
            self._levels.pop(decision.target, None)
            self._bases.pop(decision.target, None)
        if decision.record is None or "thread" not in decision.record:
            return
        record = msgspec.convert(decision.record, AlertDuty)
        before = self._records.get(record.id)
        if before is not None:
            self._timely(before, decision)
        if decision.what == "escalated_by_hand":
            self._by_hand.add(record.id)
        elif decision.what in _ANEW:
            self._bases.pop(record.id, None)
        if decision.what in _STEPS and "why" not in decision.detail:
            self._step(record, decision)
        elif decision.what == "paged":
            self._bases.pop(record.id, None)  # paged again: minutes run anew, the record says from when
        self._records[record.id] = record

    def owed(self, now: datetime) -> list[Found]:
        """What was due by an instant and didn't happen, and pages that nobody can say arrived."""
        found = []
        for target, record in sorted(self._records.items()):
            timer = next_timer(record)
            if timer is not None and timer[0] + self._grace < now:
                found.append(Found(kind="missed", target=target, what=timer[1], due=timer[0]))
        for target, duty in sorted(self._desks.items()):
            due = desk.next_due(duty)
            if due is not None and due + self._grace < now:
                found.append(Found(kind="missed", target=target, what="desk", due=due))
        pages = reconcile([*self._records.values(), *self._desks.values()])
        return found + [Found(kind="page", target=one.alert, what=f"{one.state} {one.page}", due=one.since) for one in pages]

    def _timely(self, before: AlertDuty, decision: Decision) -> None:
        """Whatever came after a timer that had long passed, the timer came too late."""
        timer = next_timer(before)
        if timer is not None and decision.at - timer[0] > self._grace:
            self.found.append(Found(kind="late", target=before.id, what=timer[1], due=timer[0], at=decision.at))

    def _step(self, record: AlertDuty, decision: Decision) -> None:
        level, step = decision.detail["level"], decision.detail["step"]
        known = self._levels.get(record.id, 0)
        if level != known + 1:
            kind: Kind = "twice" if level <= known else "jumped"
            self.found.append(Found(kind=kind, target=record.id, what=f"level {level} after {known}", at=decision.at))
        self._levels[record.id] = max(level, known)
        self._minutes(record, decision, step)

    def _minutes(self, record: AlertDuty, decision: Decision, step: int) -> None:
        """A step isn't taken before its minutes, unless by hand, or because the one before found nobody."""
        steps = _ladder(self._policy(record), record)
        if not 0 < step <= len(steps):
            return
        after = timedelta(minutes=steps[step - 1])
        base = self._bases.get(record.id)
        by_hand = record.id in self._by_hand
        if step > 1 and base is not None and not by_hand and decision.at < base + after:
            self.found.append(Found(kind="early", target=record.id, what=f"step {step}", due=base + after, at=decision.at))
        if decision.what == "step_empty":
            self._bases.pop(record.id, None)  # what follows comes at once
        elif base is None or step == 1:
            self._bases[record.id] = decision.at - after
        self._by_hand.discard(record.id)

    def _policy(self, record: AlertDuty) -> Policy | None:
        policies = self._policies.get(record.policy)
        return None if policies is None else next((one for one in policies.policies if one.severity == record.severity), None)


def _ladder(policy: Policy | None, record: AlertDuty) -> list[int]:
    """The minutes of the steps that hold for an alert."""
    if policy is None:
        return []
    hourly = record.severity == "red" and record.hours
    return [step.after_min for step in policy.steps if hourly or not step.hour_limits_only]


def _unanswered(commands: Iterable[c.AnyCommand], answers: Mapping[str, set[str]], until: datetime) -> list[Found]:
    """Each command of a person or a notifier has one answer; ``answers``: ids of decisions by command.

    ``until``: the instant up to which there must be one.
    """
    found: list[Found] = []
    for command in {one.id: one for one in commands if wants_answer(one)}.values():
        count = len(answers.get(command.id, ()))
        if count == 0 and command.at < until:
            found.append(Found(kind="unanswered", target=command.target, what=command.id, due=command.at))
        elif count > 1:
            found.append(Found(kind="answered_twice", target=command.target, what=command.id))
    return found


def wants_answer(command: c.AnyCommand) -> bool:
    """Whether somebody waits for its answer; repeats of one id are one."""
    return command.principal.role != "system" or isinstance(command, c.PageClaim | c.PageResult)
