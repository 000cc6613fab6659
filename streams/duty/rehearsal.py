"""Who would be paged when, if nobody answered: an alert is raised in a room of its own, with real policies and rosters. Pure.

It is the room that decides, not a second telling of its rules: steps, holds, empty desks, digests and the ladder up the court
tree come as they would. Nothing of it enters any log.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal, NamedTuple

from contract.calendar import Calendar
from contract.duty.commands import AlertTold, AnyCommand, Broadcast, DirectiveDraft, ticked
from contract.duty.decisions import Decision
from contract.duty.people import part_of_system
from contract.duty.policy import Policies
from contract.duty.roster import Override, Rota
from contract.working_hours import EPOCH
from streams.duty.outputs import EVERYBODY, DecisionOut, Output, Telling
from streams.duty.room import DutyRoom

What = Literal["page", "digest", "nobody", "up", "draft"]


class Call(NamedTuple):
    """One thing that would happen.

    Attributes:
        at: When.
        what: ``page`` of a person, ``digest`` that names the alert, ``nobody`` on the posts asked, ``up`` to the next court,
            ``draft`` of a directive.
        desk: Court of the desk, or that gives the directive.
        who: The account; the posts that were asked; the kind of the directive.
        level: Level of the desk's ladder, of the court tree for ``up``; 0 = none.
        channels: The channel and those that are tried after it.
    """

    at: datetime
    what: What
    desk: str
    who: str = ""
    level: int = 0
    channels: tuple[str, ...] = ()


def rehearse(
    alert: AlertTold,
    until: datetime,
    policies: Policies,
    rosters: Iterable[tuple[Iterable[Rota], Iterable[Override]]],
    calendar: Calendar | None = None,
) -> list[Call]:
    """Everything that would happen from the instant of an alert on, if nobody answers and no event comes.

    Args:
        alert: What the engine would tell.
        until: Up to when, included.
        policies: The set that would hold.
        rosters: Versions and overrides of each desk.
        calendar: Working days; None = the national calendar.
    """
    rehearsal = _Rehearsal(DutyRoom(policies, calendar=calendar))
    rehearsal.put(ticked(0, alert.at, "wall"))
    for versions, overrides in rosters:
        told = tuple(overrides)
        for rota in versions:
            rehearsal.put(
                Broadcast(
                    id=f"{rota.id}/{rota.from_on}", target=EVERYBODY, principal=part_of_system("duty"), at=EPOCH, control=0,
                    rota=rota, overrides=told,
                )
            )  # fmt: skip
    rehearsal.put(alert)
    while (due := rehearsal.room.next_due()) is not None and due <= until:
        rehearsal.put(ticked(rehearsal.count, due, "wall"))
    return rehearsal.calls


class _Rehearsal:
    """One room that hears its own tellings."""

    def __init__(self, room: DutyRoom) -> None:
        self.room, self.count = room, 0
        self.calls: list[Call] = []

    def put(self, command: AnyCommand) -> None:
        """Take a command, and what follows from it."""
        waiting = deque([command])
        while waiting:
            outputs = self.room.apply(f"0:{self.count}", waiting.popleft())
            self.count += 1
            self.calls += [call for output in outputs for call in _calls(output, self.room.clock)]
            waiting += [one.command for one in outputs if isinstance(one, Telling)]


def _calls(output: Output, now: datetime) -> Iterator[Call]:
    if isinstance(output, Telling) and isinstance(output.command, DirectiveDraft):
        yield Call(now, "draft", output.command.from_court, output.command.directive_kind)
    if isinstance(output, DecisionOut):
        yield from _of_decision(output.decision)


def _of_decision(said: Decision) -> Iterator[Call]:
    detail, record = said.detail, said.record or {}
    left = {page["id"]: tuple(page.get("left", ())) for page in record.get("pages", ())}
    if said.what == "step_empty":
        for asked in detail["asked"]:
            court, _, post = asked.partition("/")
            yield Call(said.at, "nobody", court, post, detail["level"])
    elif said.what == "nobody_on_call":
        yield Call(said.at, "nobody", record["court"], "digest")
    elif said.what == "escalated_up":
        yield Call(said.at, "up", detail["court"], "", detail["tree_level"])
    for page in detail.get("pages", ()):
        what: What = "digest" if page["why"] in {"digest", "flood"} else "page"
        channels = (page["channel"], *left.get(page["id"], ()))
        yield Call(said.at, what, page["desk"], page["account"], detail.get("level", 0), channels)
