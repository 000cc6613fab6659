"""Commands of people: from the wall, with a pass, into the duty room's input; answered with what the room decided.

The gateway decides nothing. It checks who asks, writes the command and waits for its decision, at most two seconds; it keeps
the last decisions only to answer a repeat at once.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from kafka import TopicPartition

from contract import topics
from contract.duty import commands, decisions
from contract.duty.asked import InvalidCommand, asked
from contract.duty.commands import AnyCommand
from contract.duty.decisions import Decision
from contract.topics import partition_of
from infra.accounts.passes import Checker, PassRefused
from producers.away import broker_away
from producers.errors import BrokerAway
from producers.line import TimeSource
from producers.log import LogWriter, Record
from producers.problems import Problem
from producers.tail import Tail, open_consumer

WAIT_S = 2.0
_KEPT = 20_000
_WRITE_S = 10.0


Run = Callable[..., Awaitable[Any]]
"""Runs a blocking call, given with its arguments, beside the event loop."""


class Pending(msgspec.Struct, frozen=True):
    """A command that is in the log and not decided yet."""

    command: str


class CommandDesk:
    """Takes commands into the log of one broker.

    Args:
        bootstrap: Address of the broker.
        writer: The way into Kafka.
        clock: What time it is on the log's line.
        key: The key that passes are signed with.

    Raises:
        BrokerAway: The decisions can't be followed.
    """

    def __init__(self, bootstrap: str, writer: LogWriter, clock: TimeSource, key: bytes) -> None:
        self._writer, self._clock = writer, clock
        self._checker = Checker(key)
        self._decided: OrderedDict[str, Decision] = OrderedDict()
        self._asked: OrderedDict[str, bytes] = OrderedDict()
        self._waiting: dict[str, list[tuple[asyncio.AbstractEventLoop, asyncio.Future[Decision]]]] = {}
        self._tail = Tail(bootstrap, topics.DECISIONS, _ends(bootstrap), self._read)

    @property
    def failure(self) -> BaseException | None:
        """What makes this desk useless; None while all is well."""
        return self._tail.failure

    def close(self) -> None:
        """Stop following the decisions."""
        self._tail.stop()

    async def ask(self, token: str, body: bytes, run: Run) -> Decision | Pending:
        """Take one command and wait for its decision.

        Raises:
            Problem: The pass or the command doesn't count, or the broker is away.
        """
        command = self._command(token, body)
        self._once(command)
        if (known := self._decided.get(command.id)) is not None:
            return known
        loop = asyncio.get_running_loop()
        waiter = (loop, loop.create_future())
        self._waiting.setdefault(command.id, []).append(waiter)
        try:
            await run(self._write, command)
            return await asyncio.wait_for(waiter[1], WAIT_S)
        except TimeoutError:
            return Pending(command.id)
        except BrokerAway as error:
            text = "the broker did not acknowledge in time; ask again under the same key, which is always safe"
            raise Problem("broker-unavailable", text, retry_after_s=error.retry_after_s) from None
        finally:
            self._leave(command.id, waiter)

    def _command(self, token: str, body: bytes) -> AnyCommand:
        try:
            principal = self._checker.principal(token, body)
        except PassRefused as error:
            raise Problem("pass-refused", str(error)) from None
        if principal.via not in {"session", "token"} or principal.role in {"kiosk", "system"} or principal.account[:1] == "/":
            raise Problem("forbidden", "a named person asks: no kiosk, no program for itself, no part of the system")
        try:
            return asked(msgspec.json.decode(body), principal, self._clock.now())
        except (msgspec.DecodeError, RecursionError) as error:
            raise Problem("malformed-body", f"the body is no JSON: {error}") from None
        except InvalidCommand as error:
            raise Problem("invalid-command", "the command was not accepted; see errors", errors=error.errors) from None

    def _once(self, command: AnyCommand) -> None:
        """A key stands for one command: another under the same key is an error of its sender."""
        digest = hashlib.sha256(commands.encode(msgspec.structs.replace(command, at=_ANY_TIME))).digest()
        if self._asked.setdefault(command.id, digest) != digest:
            raise Problem("key-reused", "this Idempotency-Key was used for another command; take a new one")
        while len(self._asked) > _KEPT:
            self._asked.popitem(last=False)

    def _write(self, command: AnyCommand) -> None:
        partition = partition_of(command.target, self._writer.partitions)
        record = Record(topics.COMMANDS, command.target, commands.encode(command), [], partition)
        self._writer.send([record]).wait(_WRITE_S)

    def _read(self, record: Any) -> None:
        """In the tail's thread: keep what answers a command, and wake who waits for it."""
        decision = decisions.decode(record.value)
        if decision.command is None:
            return
        self._decided[decision.command] = decision
        while len(self._decided) > _KEPT:
            self._decided.popitem(last=False)
        for loop, future in tuple(self._waiting.get(decision.command, ())):
            loop.call_soon_threadsafe(_settle, future, decision)

    def _leave(self, command: str, waiter: Any) -> None:
        waiting = self._waiting.get(command, [])
        if waiter in waiting:
            waiting.remove(waiter)
        if not waiting:
            self._waiting.pop(command, None)


def _settle(future: "asyncio.Future[Decision]", decision: Decision) -> None:
    if not future.done():
        future.set_result(decision)


def _ends(bootstrap: str) -> dict[int, int]:
    """Partition → the end of the decisions there."""
    with broker_away(bootstrap), open_consumer(bootstrap) as consumer:
        found = [TopicPartition(topics.DECISIONS, number) for number in consumer.partitions_for_topic(topics.DECISIONS) or ()]
        return {assigned.partition: end for assigned, end in consumer.end_offsets(found).items()}


_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)
