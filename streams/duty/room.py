"""The duty room of one partition of its input: commands, tellings and ticks in, decisions and tellings out. Pure.

Records are kept packed and decoded for one command or timer each, so that what is stored is what is: a restart at any point
changes nothing. A command counts once: its answer is kept for two days and given again, the same bytes, to whoever repeats it.
"""

import heapq
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from contract.calendar import Calendar
from contract.duty import commands as c
from contract.duty.decisions import Decision, decision_id, encode
from contract.duty.policy import Policies
from contract.working_hours import EPOCH
from streams.duty.desks import Desks
from streams.duty.outcome import Outcome, Refusal, refused
from streams.duty.outputs import DecisionOut, EventOut, Output, Telling
from streams.duty.parts import ALERT, MERGED, PARTS, Part, no_alert, part_of
from streams.duty.state import ANSWERS_KEPT, PAGE_ANSWERS_KEPT, Answers, Heard, due_of, packed_record, part_name, record_of

DUTY_KEY = "@duty"
WHOLE_KEY = "@whole"
"""Lies in the state of a room whose last decisions were all kept: one of an older data folder lacks it."""
ANSWER_KEY = "@answer/"
_NO_TARGET = Refusal("unknown_target", "没有这条记录")
_SILENT = (c.AlertTold, c.CourtTold, c.LinkTold, c.NoticeTold)
"""What nobody waits for an answer to."""


class _Stored(msgspec.Struct):
    clock: datetime
    heard: dict[int, tuple[int, int]]
    speed: float = 1.0


class DutyRoom:
    """All targets of one partition.

    Attributes:
        clock: The greatest tick so far.
        desks: What every partition knows.
    """

    def __init__(self, policies: Policies, *, calendar: Calendar | None = None) -> None:
        """Begin empty, by policies that hold until others are told."""
        self.clock = EPOCH
        self.desks = Desks(policies, calendar)
        self._packed: dict[str, bytes] = {}
        self._dirty: set[str] = set()
        self._due: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, str]] = []
        self._answers = Answers()
        self._heard = Heard()
        self._whole, self._marked = True, False
        self._latest: dict[str, Decision | None] = {}

    @classmethod
    def restore(cls, policies: Policies, items: Mapping[str, bytes], *, calendar: Calendar | None = None) -> "DutyRoom":
        """Make a room of what `drain_dirty` gave."""
        room = cls(policies, calendar=calendar)
        room._whole, room._marked = not items or WHOLE_KEY in items, WHOLE_KEY in items
        for key, value in items.items():
            if key == WHOLE_KEY:
                continue
            if key == DUTY_KEY:
                stored = msgspec.msgpack.decode(value, type=_Stored)
                room.clock, room._heard, room.desks.speed = stored.clock, Heard(stored.heard), stored.speed
            elif key.startswith(ANSWER_KEY):
                room._answers.resume(key.removeprefix(ANSWER_KEY), value)
            elif not room.desks.resume(key, value):
                room._packed[key] = value
                room._schedule(key, due_of(value))
        return room

    def apply(self, where: str, command: c.AnyCommand) -> list[Output]:
        """Take one record of the input, at ``partition:offset``; what was taken before changes nothing."""
        if isinstance(command, c.Ticked):
            self.desks.speed = command.speed
            return self._tick(where, command.at)
        if isinstance(command, c.Broadcast):
            self.desks.take(command, max(self.clock, command.at))
            return []
        if isinstance(command, c.LinkTold) and not self._heard.is_new(command.position):
            return []
        if (known := self._answers.get(command.id)) is not None:
            return [DecisionOut(decision) for decision in known]
        now = max(self.clock, command.at)
        outputs = self._advance(command.target, now, now, where, 0)
        return outputs + self._decide(command, now, where, len(outputs))

    def record(self, target: str) -> Any:
        """The record of a target, None if there is none."""
        packed = self._packed.get(target)
        return None if packed is None else record_of(packed)

    def records(self) -> Iterator[Any]:
        """Every record, by target."""
        return (record_of(self._packed[key]) for key in sorted(self._packed))

    def next_due(self) -> datetime | None:
        """The instant at which the next timer of any target is due."""
        while self._heap and self._due.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def drain_dirty(self) -> dict[str, bytes | None]:
        """What changed since the last call, to be stored by key; None = forgotten."""
        changed: dict[str, bytes | None] = {key: self._packed.get(key) for key in self._dirty}
        self._dirty.clear()
        changed |= self.desks.drain_dirty()
        changed |= {ANSWER_KEY + key: value for key, value in self._answers.drain_dirty().items()}
        changed[DUTY_KEY] = msgspec.msgpack.encode(_Stored(self.clock, self._heard.places, self.desks.speed))
        if self._whole and not self._marked:
            changed[WHOLE_KEY], self._marked = b"1", True
        return changed

    def drain_latest(self) -> dict[str, bytes | None] | None:
        """The last decision of each target since the last call, for ``duty.latest.v1``; None if that topic isn't whole."""
        changed = {target: None if one is None else encode(one) for target, one in self._latest.items()}
        self._latest.clear()
        return changed if self._whole else None

    def _tick(self, where: str, at: datetime) -> list[Output]:
        """Every timer up to the tick, in the order of their instants, whoever's they are."""
        self.clock = max(self.clock, at)
        outputs: list[Output] = []
        while self._heap and self._heap[0][0] <= self.clock:
            due, target = heapq.heappop(self._heap)
            if self._due.get(target) == due:
                del self._due[target]
                outputs += self._advance(target, due, self.clock, where, len(outputs))
        self._answers.forget(self.clock)
        return outputs

    def _advance(self, target: str, until: datetime, now: datetime, where: str, n: int) -> list[Output]:
        """Let the timers of one target up to an instant do their work."""
        packed = self._packed.get(target)
        if packed is None or (due_of(packed) or _LATE) > until:
            return []
        part, record = PARTS[part_name(packed)], record_of(packed)
        outputs: list[Output] = []
        while record is not None and (due := part.next_due(record)) is not None and due <= until:
            outcome = part.due(record, now, self.desks)
            record = outcome.record
            outputs += self._written(outcome, target, now, where, n + len(outputs))
        if record is None:
            self._forget(target)
        else:
            self._keep(target, part_name(packed), part, record)
        return outputs

    def _decide(self, command: c.Command, now: datetime, where: str, n: int) -> list[Output]:
        packed = self._packed.get(command.target)
        name = part_of(command, None if packed is None else part_name(packed))
        if name is None:
            return self._written(refused(None, command, _NO_TARGET), command.target, now, where, n, command)
        part = PARTS[name]
        if name != ALERT and isinstance(command, c.LinkTold) and command.what == MERGED:
            outcome = no_alert(command, now)
        else:
            outcome = part.decide(None if packed is None else record_of(packed), command, now, self.desks)
        outputs = self._written(outcome, command.target, now, where, n, command)
        if outcome.record is not None and not outcome.refused:
            self._keep(command.target, name, part, outcome.record)
        if not isinstance(command, _SILENT):
            answer = [output.decision for output in outputs if isinstance(output, DecisionOut) and output.decision.command]
            kept = PAGE_ANSWERS_KEPT if isinstance(command, c.PageClaim | c.PageResult) else ANSWERS_KEPT
            self._answers.keep(command.id, answer, now + kept * self.desks.speed)
        return outputs

    def _written(
        self, outcome: Outcome[Any], target: str, now: datetime, where: str, n: int, command: c.Command | None = None
    ) -> list[Output]:
        """The records that an outcome becomes."""
        record = outcome.record
        shown = None if record is None or not outcome.said else msgspec.to_builtins(record)
        outputs: list[Output] = []
        for said in outcome.said:
            answers = command is not None and said.outcome != "happened"
            decision = Decision(
                id=decision_id(target, where, n + len(outputs)),
                position=where,
                n=n + len(outputs),
                at=now,
                target=target,
                what=said.what,
                outcome=said.outcome,
                command=command.id if command is not None and answers else None,
                principal=None if command is None or isinstance(command, _SILENT) else command.principal,
                code=said.code,
                reason=said.reason,
                version=0 if record is None else record.version,
                record=shown,
                detail=msgspec.to_builtins(said.detail),
            )
            outputs.append(DecisionOut(decision))
            if decision.record is not None:
                self._latest[target] = decision
        outputs += [EventOut(event) for event in outcome.events]
        for told in outcome.tells:
            place = f"{where}/{n + len(outputs)}"
            placed = isinstance(told, c.LinkTold)
            outputs.append(Telling(msgspec.structs.replace(told, position=place) if placed else told))
        return outputs

    def _keep(self, target: str, name: str, part: Part, record: Any) -> None:
        due = part.next_due(record)
        self._packed[target] = packed_record(name, due, record)
        self._dirty.add(target)
        self._schedule(target, due)

    def _forget(self, target: str) -> None:
        """It has left the room."""
        del self._packed[target]
        self._dirty.add(target)
        self._latest[target] = None
        self._schedule(target, None)

    def _schedule(self, target: str, due: datetime | None) -> None:
        if due is None:
            self._due.pop(target, None)
        elif self._due.get(target) != due:
            self._due[target] = due
            heapq.heappush(self._heap, (due, target))


_LATE = EPOCH + timedelta(days=365_000)
