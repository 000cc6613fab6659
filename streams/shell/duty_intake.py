"""What the duty room is told: the engine's transitions, and courts' events about directives and entrustments.

Two plain Faust agents copy them into the room's input. An event is acknowledged after the broker has what came of it, in order
(`noack`, then an explicit ack): a crash tells some of it again, under the same ids, which the room drops.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import msgspec

from contract import topics
from contract.canonical import canonical_json
from contract.codec import from_kafka
from contract.duty.commands import AlertTold, AnyCommand, Broadcast, CourtTold, encode, told_id, told_target
from contract.duty.people import part_of_system
from contract.duty.policy import Policies
from contract.envelope import Event, court_of_source, full_type
from contract.errors import InvalidEvent
from contract.registry import validate
from contract.times import parse_instant
from contract.topics import partition_of
from contract.working_hours import EPOCH
from streams.cases.outputs import TransitionName
from streams.duty.acts import SYSTEM
from streams.duty.origins import origin_target
from streams.duty.outputs import EVERYBODY
from streams.shell.consumer import SeamApp
from streams.shell.rule_facts import RuleLookup

ENGINE = part_of_system("supervision")
COURTS_OWN = part_of_system("courts")
_TARGETS = {
    "sup.directive_issued": "directive_id",
    "sup.directive_received": "directive_id",
    "sup.feedback_submitted": "directive_id",
    "sup.directive_reconsidered": "directive_id",
    "sup.directive_closed": "directive_id",
    "entr.sent": "entr_id",
    "entr.accepted": "entr_id",
    "entr.returned": "entr_id",
    "entr.replied": "entr_id",
}
"""The courts' events that the room hears, and the field that names what they are about."""

_TYPES = {full_type(name).encode() for name in _TARGETS}
_MOST_WAITING = 1000


class _Transition(msgspec.Struct):
    id: str
    position: str
    clock: str
    rootid: str
    transition: TransitionName
    reason: str
    alert: dict[str, Any]


_TRANSITION = msgspec.json.Decoder(_Transition)


def alert_told(value: bytes, rules: RuleLookup, rebuild: str = "") -> AlertTold:
    """What a record of ``supervision.alerts.v1`` tells the room; raises msgspec.ValidationError if it is none of ours.

    ``rebuild``: the name of the rebuild that sent it.
    """
    said = _TRANSITION.decode(value)
    return AlertTold(
        id=told_id("alert", said.id),
        target=said.alert["id"],
        principal=ENGINE,
        at=parse_instant(said.clock),
        transition=said.transition,
        reason=said.reason,
        alert=said.alert,
        rootid=said.rootid,
        position=said.position,
        rule=rules.facts(said.alert),
        rebuild=rebuild,
    )


def court_told(event: Event) -> CourtTold | None:
    """What a court's event tells the room; None if it is about no directive or entrustment.

    A withdrawal names none: it is told to the event that it takes back, which knows. What we sent ourselves the room has done.
    """
    target = _target_of(event)
    if target is None:
        return None
    return CourtTold(
        id=told_id("court", *event.ref),
        target=target,
        principal=COURTS_OWN,
        at=event.receivedtime or event.recordedtime,
        type=event.short,
        ref=event.ref,
        subject=event.subject,
        rootid=event.rootid,
        time=event.time,
        court=event.courtcode or court_of_source(event.source) or "-",
        correctionof=event.correctionof,
        data=event.data,
    )


def _target_of(event: Event) -> str | None:
    field = _TARGETS.get(event.short)
    if field is None:
        return None
    if event.data is None:
        ours = event.source.endswith(f"/{SYSTEM}")
        return None if event.correctionof is None or ours else origin_target(event.correctionof)
    name = event.data.get(field)
    return told_target(event.short, event.rootid, name) if isinstance(name, str) else None


def court_told_of(record: Any) -> CourtTold | None:
    """The same of a record of ``court.events.v1``; None too for what is no event of the contract: the cases room buries it."""
    headers = [(name, value) for name, value in record.message.headers or ()]
    if all(name != "ce_type" or value not in _TYPES for name, value in headers):
        return None
    try:
        event = from_kafka(record.value, headers)
    except InvalidEvent:
        return None
    return None if validate(event) else court_told(event)


def _rebuild_of(record: Any) -> str:
    """The name of the rebuild that sent a record, "" = none did."""
    headers: dict[str, bytes] = dict(record.message.headers or ())
    return headers.get(topics.REBUILD_HEADER, b"").decode()


class _Sent(NamedTuple):
    """An event of the stream, and the broker's word for what came of it (None: nothing came of it)."""

    event: Any
    confirmed: Awaitable[Any] | None


class Intake:
    """The two agents of a worker's app; at its start it tells every partition which policies hold."""

    def __init__(self, app: SeamApp, rules: RuleLookup, policies: Policies, partitions: int) -> None:
        self._policies = policies
        self._app = app
        self._rules = rules
        self._partitions = partitions
        self._commands = app.topic(topics.COMMANDS, value_type=bytes, value_serializer="raw", key_serializer="raw")
        for topic, name, agent in ((topics.ALERTS, "duty-alerts", self._alerts), (topics.EVENTS, "duty-courts", self._courts)):
            app.agent(app.topic(topic, value_type=bytes, value_serializer="raw"), name=name, concurrency=1)(agent)
        app.task(self._tell_policies)
        self._policies_told = asyncio.Event()

    async def _tell_policies(self) -> None:
        """Put the policies into the log before any alert, so that what is decided by them can be decided again.

        Twice changes nothing.
        """
        digest = hashlib.sha256(canonical_json(msgspec.to_builtins(self._policies))).hexdigest()
        told = Broadcast(
            id=told_id("policies", digest),
            target=EVERYBODY,
            principal=part_of_system("duty"),
            at=EPOCH,  # it moves no clock
            control=0,
            policies=self._policies,
        )
        for partition in range(self._partitions):
            await (await self._commands.send(key=EVERYBODY.encode(), value=encode(told), partition=partition))
        self._policies_told.set()

    async def _alerts(self, stream: Any) -> None:
        await self._tell(stream, lambda event: alert_told(event.value, self._rules, _rebuild_of(event)))

    async def _courts(self, stream: Any) -> None:
        await self._tell(stream, court_told_of)

    async def _tell(self, stream: Any, make: Callable[[Any], AnyCommand | None]) -> None:
        await self._policies_told.wait()
        waiting: asyncio.Queue[_Sent] = asyncio.Queue(_MOST_WAITING)
        acks = asyncio.create_task(_ack_in_order(stream, waiting))
        acks.add_done_callback(self._crash)
        try:
            async for event in stream.noack().events():
                told = make(event)
                await waiting.put(_Sent(event, None if told is None else await self._send(told)))
        finally:
            acks.cancel()

    async def _send(self, told: AnyCommand) -> Awaitable[Any]:
        place = partition_of(told.target, self._partitions)
        confirmed: Awaitable[Any] = await self._commands.send(key=told.target.encode(), value=encode(told), partition=place)
        return confirmed

    def _crash(self, task: asyncio.Task[None]) -> None:
        """What the broker refused ends the process, with nothing of it acknowledged."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self._app.crash_soon(error)


async def _ack_in_order(stream: Any, waiting: asyncio.Queue[_Sent]) -> None:
    while True:
        sent = await waiting.get()
        if sent.confirmed is not None:
            await sent.confirmed
        await stream.ack(sent.event)
