"""The clock: it begins the time line of a log and writes what time it is into every partition.

The restricted events and the duty room's commands have their ticks too.

A log begins, in each partition, with `sys.line_started`; then come the calendar and the packs, then ticks. Control events bear
a running number, the same in all partitions. A clock that was killed between two partitions writes the missing ones at its
next start; two clocks at once are harmless, since readers take the greatest tick; they must be given the same packs.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from contract.codec import to_kafka
from contract.control import calendar_changed, line_started, pack_activated, ticked
from contract.duty.commands import encode
from contract.duty.commands import ticked as duty_ticked
from contract.envelope import Event
from contract.topics import COMMANDS, EMBEDDED_PARTITIONS
from producers.control_log import ControlLog, PackKey, place, places, read_control_log
from producers.errors import BrokerAway, LineError, WrongLine
from producers.line import Line, wall_now
from producers.log import LogWriter, Record

logger = logging.getLogger(__name__)

WALL_PERIOD_S = 10.0
SIMULATED_PERIOD_S = 1.0
_DELIVERY_MS = 10_000


class PackActivation(msgspec.Struct, frozen=True):
    """A pack that shall judge.

    Attributes:
        pack: Its id.
        version: Its version.
        sha256: Of its canonical form, in hex.
        from_at: It judges what arms at or after this instant; None = always for the first version of a pack in a log,
            the instant of activation for a later one.
    """

    pack: str
    version: str
    sha256: str
    from_at: datetime | None = None


class CalendarActivation(msgspec.Struct, frozen=True):
    """The working calendar that shall hold, unless it held before: name, version, SHA-256 of its canonical form, its days."""

    calendar: str
    version: str
    sha256: str
    days: Mapping[str, Any] | None = None


class Clock:
    """Begins or resumes the time line of a log.

    Args:
        bootstrap: Address of the broker.
        line: Whether the log lives on wall or on simulated time.
        origin: Where a new simulated line begins.
        speed: Simulated seconds a wall second.
        calendar: The calendar that shall hold.
        packs: The packs that shall judge.
        memory: A file that remembers what was found in the log, so that the next start reads only what is new.
        partitions: Partitions of every topic.

    Raises:
        WrongLine: The log lives on the other line.
        LineError: It was not begun by a clock, or a new simulated line has no origin.
        BrokerAway: The broker doesn't answer.
    """

    def __init__(
        self,
        bootstrap: str,
        *,
        line: Line,
        origin: datetime | None = None,
        speed: float = 1.0,
        calendar: CalendarActivation | None = None,
        packs: Sequence[PackActivation] = (),
        memory: Path | None = None,
        partitions: int = EMBEDDED_PARTITIONS,
    ) -> None:
        self.line = line
        self._speed = speed
        self._partitions = partitions
        self._memory = memory
        self._lock = threading.Lock()
        found = read_control_log(bootstrap, partitions, memory)
        if found.line not in (None, line):
            raise WrongLine(
                f"this log lives on a {found.line} time line and can't go on with {line} time; "
                f"start it as {found.line}, or use another data folder"
            )
        start = found.tick or (wall_now() if line == "wall" else origin)
        if start is None:
            raise LineError("a new simulated line needs an origin")
        self._set(start)
        self._next_control = found.next_control
        self._found = found
        self._remembered_at = time.monotonic()
        self._writer = LogWriter(bootstrap, partitions=partitions, delivery_ms=_DELIVERY_MS)
        try:
            self._begin(found, calendar, packs)
        except BaseException:
            self._writer.close()
            raise

    def current(self) -> datetime:
        """What time it is on the line, to the millisecond; never less than the last tick."""
        if self.line == "wall":
            return max(wall_now(), self._tick)
        passed = self._tick + timedelta(seconds=(time.monotonic() - self._ticked_at) * self._speed)
        return passed.replace(microsecond=passed.microsecond // 1000 * 1000)

    def tick(self) -> datetime:
        """Write what time it is into every partition; returns it when the broker has acknowledged all.

        Raises:
            BrokerAway: Not in time; some partitions may have the tick.
        """
        return self.advance(self.current())

    def advance(self, to: datetime) -> datetime:
        """Write a tick at ``to`` and go on from there.

        Raises:
            LineError: The line is past ``to``, or it is a wall line and ``to`` lies ahead of the wall clock.
            BrokerAway: Not in time.
        """
        with self._lock:
            if to < self._tick:
                raise LineError(f"the line is already past {to.isoformat()}; time doesn't go back")
            if self.line == "wall" and to > max(wall_now(), self._tick):
                raise LineError("a wall line can't be ahead of the wall clock")
            number = self._next_control
            self._write(ticked(number, to))
            self._tell_duty(number, to)
            self._set(to)
            if time.monotonic() - self._remembered_at >= WALL_PERIOD_S:
                self._remember()
            return to

    def run(self, stop: threading.Event, beat: Callable[[datetime], None] = lambda _: None) -> None:
        """Tick until ``stop``; while the broker is away it is asked again and again.

        Args:
            stop: Ends the run.
            beat: Called after each tick that was acknowledged.
        """
        period = WALL_PERIOD_S if self.line == "wall" else SIMULATED_PERIOD_S
        while not stop.is_set():
            due = time.monotonic() + period
            try:
                beat(self.tick())
            except BrokerAway as error:
                logger.warning("no tick: %s", error)
            stop.wait(max(0.0, due - time.monotonic()))

    def close(self) -> None:
        """Close the connection."""
        self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _begin(self, found: ControlLog, calendar: CalendarActivation | None, packs: Sequence[PackActivation]) -> None:
        """Bring every partition to the same control events, then add what is new, then tick."""
        now = self._tick
        if found.line is None:
            self._write(line_started(self._next_control, now, self.line))
        for event, missing in found.incomplete():
            self._append(event, missing)
        if calendar is not None and (calendar.calendar, calendar.version, calendar.sha256) not in found.calendars:
            self._write(calendar_changed(self._next_control, now, **msgspec.structs.asdict(calendar)))
        for pack in packs:
            if PackKey(pack.pack, pack.version, pack.sha256) not in found.packs:
                first = all(known.pack != pack.pack for known in found.packs)
                from_at = pack.from_at or (None if first else now)
                activation = msgspec.structs.asdict(pack) | {"from_at": from_at}
                self._write(pack_activated(self._next_control, now, **activation))
        self.tick()
        self._remember()

    def _write(self, event: Event) -> None:
        # The number is used up even if a partition didn't take it: the next start finds and completes what matters.
        self._next_control += 1
        self._append(event, range(places(self._partitions)))

    def _append(self, event: Event, at: Sequence[int]) -> None:
        key, value, headers = to_kafka(event)
        targets = [place(number, self._partitions) for number in at]
        records = [Record(target.topic, key.decode(), value, headers, target.partition) for target in targets]
        offsets = [position.offset for position in self._writer.send(records).wait()]
        self._found.wrote(event, zip(at, offsets, strict=True))

    def _tell_duty(self, number: int, at: datetime) -> None:
        """The duty room's own ticks: a stopped engine stops no escalation."""
        value = encode(duty_ticked(number, at, self.line, self._speed))
        self._writer.send([Record(COMMANDS, "*", value, [], partition) for partition in range(self._partitions)]).wait()

    def _remember(self) -> None:
        self._found.remember(self._memory)
        self._remembered_at = time.monotonic()

    def _set(self, tick: datetime) -> None:
        self._tick, self._ticked_at = tick, time.monotonic()
