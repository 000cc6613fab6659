"""A small language for the duty room: raise an alert, let time pass, expect who was paged.

The partitions of the room run in memory, joined as Kafka joins them: what a target tells another goes to the partition of its
key, what everybody is told into all. `restarts` makes every room anew of its stored state after each record, `twice` feeds each
record but ticks a second time; neither may change anything.
"""

from collections import deque
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from alert_records import alert_record

from contract.canonical import short_id
from contract.duty import commands as c
from contract.duty.alerts import AlertDuty
from contract.duty.decisions import Decision
from contract.duty.people import Principal, Role, part_of_system
from contract.duty.policy import Policies
from contract.duty.roster import Override, Post, Rota, Rotation
from contract.times import SHANGHAI, format_instant
from contract.topics import partition_of
from streams.duty.outputs import EVERYBODY, DecisionOut, Output, Telling
from streams.duty.policy_file import load_policies
from streams.duty.room import DutyRoom

BASIC, MIDDLE, HIGH = "京0105", "京03", "京"
POLICIES = load_policies()


LAG = timedelta(seconds=20)
"""By how much the engine's clock and the gateway's are behind the last tick."""


def clock(text: str) -> datetime:
    """``2024-03-04 09:00`` in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


class Script:
    """See above. Begins on Monday, 2024-03-04, 10:00 with nobody on duty."""

    def __init__(
        self,
        *,
        count: int = 3,
        restarts: bool = False,
        twice: bool = False,
        policies: Policies = POLICIES,
        speed: float = 1.0,
    ) -> None:
        self.speed = speed
        self.now = clock("2024-03-04 10:00")
        self.count, self.restarts, self.twice, self.policies = count, restarts, twice, policies
        self.rooms = [DutyRoom(policies) for _ in range(count)]
        self.state: list[dict[str, bytes]] = [{} for _ in range(count)]
        self.offsets = [0] * count
        self.log: list[tuple[int, str, c.AnyCommand]] = []
        self.decisions: list[Decision] = []
        self.outputs: list[tuple[str, str, bytes]] = []
        self.drafts: list[c.DirectiveDraft] = []
        self.facts: dict[str, dict[str, Any]] = {}
        self._numbers = 0
        self._seen = 0
        self.courts: dict[str, str] = {}
        self.tick()

    # Time.

    def tick(self) -> None:
        """The clock says what time it is."""
        for partition in range(self.count):
            tick = c.ticked(0, self.now, "wall" if self.speed == 1 else "simulated", self.speed)
            self._put(partition, msgspec.structs.replace(tick, id=self._id()))
        self._run()

    def advance(self, *, to: str = "", jump: bool = False, **span: float) -> None:
        """Let time pass, with a tick each minute; ``jump``: with one tick at the end."""
        end = clock(to) if to else self.now + timedelta(**span)
        step = timedelta(minutes=1 if end - self.now <= timedelta(days=1) else 30)
        while not jump and self.now + step < end:
            self.now += step
            self.tick()
        self.now = end
        self.tick()

    # What is told.

    def roster(self, court: str = BASIC, **posts: str) -> None:
        """Who holds which post of a desk, for ever: ``officer="甲"``; two names with a comma."""
        rotations = tuple(
            Rotation(post=_post(post), accounts=(name,), every="week", first_on=date(2024, 1, 1), hand_over_at="00:00")
            for post, names in posts.items()
            for name in names.split(",")
        )
        rota = Rota(id=court, court=court, from_on=date(2024, 1, 1), rotations=rotations)
        for name in (name for names in posts.values() for name in names.split(",")):
            self.courts[name] = court
        self.broadcast(rota=rota, overrides=())

    def override(self, post: str, account: str | None, *, hours: float, court: str = BASIC) -> None:
        """Somebody else, or nobody, holds a post from now on."""
        end = self.now + timedelta(hours=hours)
        one = Override(id=self._id(), rota=court, post=_post(post), account=account, start=self.now, end=end)
        self.broadcast(overrides=(one,))

    def window(self, *, hours: float, court: str = BASIC, rule: str | None = None) -> None:
        """A maintenance window from now on."""
        end = self.now + timedelta(hours=hours)
        self.broadcast(window=c.Window(id=self._id(), court=court, rule=rule, start=self.now, end=end))

    def broadcast(self, **what: Any) -> None:
        """Tell every partition."""
        told = c.Broadcast(id=self._id(), target="*", principal=part_of_system("duty"), at=self.now, control=0, **what)
        for partition in range(self.count):
            self._put(partition, told)
        self._run()

    def raises(
        self,
        name: str = "a",
        severity: str = "red",
        *,
        due_in: timedelta = timedelta(days=20),
        reason: str = "clock",
        rule: str = "R-OBJ-01.a",
        subject: str = "case-1",
        court: str = BASIC,
        rebuild: str = "",
        **facts: Any,
    ) -> None:
        """The engine raises an alert."""
        self.facts[name] = alert_record(
            self.id(name), court, subject, armed_at=self.now, due_at=self.now + due_in, raised_at=self.now,
            rule=rule, severity=severity,
        )  # fmt: skip
        self.tells(name, "raised", reason, rebuild=rebuild, **facts)

    def tells(
        self, name: str, transition: Any, reason: str = "event", *, position: str = "", rebuild: str = "", **facts: Any
    ) -> None:
        """The engine tells a transition; ``facts`` in the alert's record, or of the rule (hours, hold, react, propose)."""
        rule = {key: facts.pop(key) for key in ("hours", "hold", "react", "propose", "about") if key in facts}
        self.facts[name] |= facts
        known = self.facts[name].setdefault("_rule", {"hours": True})
        known |= rule
        alert = {key: value for key, value in self.facts[name].items() if key != "_rule"}
        self.put(
            c.AlertTold(
                id=self._id(), target=self.id(name), principal=part_of_system("supervision"), at=self.now - LAG,
                transition=transition, reason=reason, alert=alert, rootid="root-1",
                position=position or f"0:{self._numbers}", rule=c.RuleFacts(**known), rebuild=rebuild,
            )
        )  # fmt: skip

    def ends(self, name: str = "a", reason: str = "cured", *, breach_days: int = 0) -> None:
        """The court's event ends the obligation."""
        self.tells(name, "ended", ended_at=format_instant(self.now), end_reason=reason, breach_days=breach_days)

    def reopens(self, name: str = "a") -> None:
        """A correction: it stands after all."""
        self.tells(name, "reopened", "correction", ended_at=None, end_reason=None)

    def retracts(self, name: str = "a") -> None:
        """A correction: it never was."""
        self.tells(name, "retracted", "correction", end_reason="retracted")

    # What people do.

    def does(
        self,
        who: str,
        kind: type,
        name: str = "a",
        *,
        role: Role = "duty_officer",
        court: str = "",
        key: str = "",
        **fields: Any,
    ) -> Decision:
        """Somebody asks for something; returns the answer."""
        principal = self.person(who, role, court)
        target = self._target(name)
        command = kind(id=key or self._id(), target=target, principal=principal, at=self.now - LAG, **fields)
        return self.put(command)

    def person(self, who: str, role: Role, court: str = "") -> Principal:
        """Who asks; of the desk of the last roster that names the person."""
        return Principal(account=who, role=role, court=court or self.courts.get(who, BASIC))

    def notifier(self, kind: type, page: str, target: str = "a", **fields: Any) -> Decision:
        """The notifier claims a page, or tells what became of it."""
        target = self._target(target)
        command = kind(id=self._id(), target=target, principal=part_of_system("notifier"), at=self.now, page=page, **fields)
        return self.put(command)

    def put(self, command: Any) -> Any:
        """Put a command into its partition; returns its answer, None if there is none."""
        before = len(self.decisions)
        for _ in range(2 if self.twice else 1):
            self._put(partition_of(command.target, self.count), command)
        answers = [one for one in self.decisions[before:] if one.command == command.id]
        self._run()
        return answers[0] if answers else None

    # What is expected.

    def record(self, name: str = "a") -> AlertDuty:
        """The record of an alert."""
        target = self._target(name)
        found = self.rooms[partition_of(target, self.count)].record(target)
        assert found is not None
        return found  # type: ignore[no-any-return]

    def paged(self) -> list[str]:
        """Who was paged since the last question, in order: each page once by each channel."""
        new, self._seen = self.decisions[self._seen :], len(self.decisions)
        return [page["account"] for one in new for page in one.detail.get("pages", ())]

    def said(self, name: str = "a") -> list[str]:
        """Everything that was decided about a target, in order."""
        target = self._target(name)
        return [one.what for one in self.decisions if one.target == target]

    def last(self, what: str) -> Decision:
        """The last decision of that name."""
        return next(one for one in reversed(self.decisions) if one.what == what)

    def pages(self, name: str = "a") -> list[dict[str, Any]]:
        """The pages of a target as its record has them."""
        found: list[dict[str, Any]] = msgspec.to_builtins(self.record(name).pages)
        return found

    def id(self, name: str) -> str:
        """The id of an alert."""
        return short_id("alert", name)

    def _target(self, name: str) -> str:
        return name if "/" in name or len(name) == 32 else self.id(name)

    # How it runs.

    def _id(self) -> str:
        self._numbers += 1
        return short_id("script", self._numbers)

    def _put(self, partition: int, command: Any) -> None:
        where = f"{partition}:{self.offsets[partition]}"
        self.offsets[partition] += 1
        self.log.append((partition, where, command))
        read = c.decode(c.encode(command))
        for output in self.rooms[partition].apply(where, read):
            self._take(output)
        if self.restarts:
            self.state[partition] = {
                key: value for key, value in (self.state[partition] | self.rooms[partition].drain_dirty()).items() if value
            }
            self.rooms[partition] = DutyRoom.restore(self.policies, self.state[partition])

    def _take(self, output: Output) -> None:
        self.outputs.append((output.topic, output.key, output.encode()))
        if isinstance(output, DecisionOut):
            self.decisions.append(output.decision)
        elif isinstance(output, Telling):
            if isinstance(output.command, c.DirectiveDraft):
                self.drafts.append(output.command)
            self.waiting.extend([output] * (2 if self.twice else 1))

    @property
    def waiting(self) -> deque[Telling]:
        """Tellings on their way."""
        return self.__dict__.setdefault("_waiting", deque())  # type: ignore[no-any-return]

    def _run(self) -> None:
        while self.waiting:
            telling = self.waiting.popleft()
            places = range(self.count) if telling.key == EVERYBODY else (partition_of(telling.key, self.count),)
            for partition in places:
                self._put(partition, telling.command)


def _post(name: str) -> Post:
    return name  # type: ignore[return-value]  # a post's name
