"""An event file sent into a log, through the gateway's checks, in pieces that can be gone on with.

How far it came stands beside the file in ``<file>.published``, for each log that it was sent to. A run that was broken off
goes on after the last acknowledged line; a file whose beginning has changed since is sent from the start. Sending a line twice
changes nothing but the room it takes. A refused last line without a line end may only be half written: it is read again.

Ticks in the file (``sys.ticked``) aren't sent: in a live log only the clock says what time it is. They are counted.
``receivedtime`` is set anew, as for every event that comes in.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from contract.codec import without_mark
from contract.envelope import Event
from contract.errors import InvalidEvent
from contract.topics import MAX_EVENT_BYTES
from infra.whole_file import whole_file
from producers.errors import Backpressure
from producers.feed_gate import own_only
from producers.intake import Intake, check_all, is_tick
from producers.log import Sent

_LINES = 500
_IN_FLIGHT = 8
_CHUNK = 1 << 20

Refuse = Callable[[int, InvalidEvent], None]
"""Called with the number (from 1) and the errors of a line that was not accepted."""

Progress = Callable[[int], None]
"""Called with the bytes of the file that the log has."""


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far a file came into one log.

    Attributes:
        bytes: Length of the part that is done,
        sha256: its SHA-256 in hex,
        lines: its lines,
        sent: how many of them were sent,
        ticks: how many were ticks,
        refused: how many were not accepted.
    """

    bytes: int = 0
    sha256: str = hashlib.sha256().hexdigest()
    lines: int = 0
    sent: int = 0
    ticks: int = 0
    refused: int = 0


class _Piece(NamedTuple):
    """Some lines: where they end, whether a later run may go on there, and what is to be done with them."""

    place: Place
    kept: bool
    events: list[Event]


class _Flight(NamedTuple):
    """A piece on its way into the log."""

    piece: _Piece
    sent: Sent


class Publisher:
    """Sends one file into one log.

    Args:
        path: The event file (JSON Lines).
        log: Identity of the log, e.g. its cluster id.
        intake: The way in.
        court: The court for which the file speaks; events of any other are refused. None = for every court.
    """

    def __init__(self, path: Path, log: str, intake: Intake, *, court: str | None = None) -> None:
        self._path = path
        self._log = log
        self._intake = intake
        self._court = court
        self._memory = path.with_name(path.name + ".published")

    def noted(self) -> Place:
        """How far the log has the file for certain, also after a run that was broken off: where a later run goes on.

        The file is read so far, to know that it is still the same.
        """
        try:
            place = self._places().get(self._log, Place())
            same = place.bytes <= self._path.stat().st_size and _hash(self._path, place.bytes).hexdigest() == place.sha256
        except OSError:
            return Place()
        return place if same else Place()

    def run(self, refuse: Refuse, progress: Progress) -> tuple[Place, Place]:
        """Send what is not in the log yet; returns where it began and where it ended.

        Raises:
            BrokerAway: The broker is away; a later run goes on.
        """
        begin = place = self.noted()
        flying: deque[_Flight] = deque()
        for piece in self._pieces(begin, refuse):
            if len(flying) >= _IN_FLIGHT:
                place = self._landed(flying, progress)
            flying.append(_Flight(piece, self._submit(piece.events, flying, progress)))
        while flying:
            place = self._landed(flying, progress)
        return begin, place

    def _submit(self, events: list[Event], flying: deque[_Flight], progress: Progress) -> Sent:
        while True:
            try:
                return self._intake.submit(events)
            except Backpressure:
                if not flying:
                    raise
                self._landed(flying, progress)

    def _landed(self, flying: deque[_Flight], progress: Progress) -> Place:
        (place, kept, _), sent = flying.popleft()
        sent.wait()
        if kept:
            self._remember(place)
        progress(place.bytes)
        return place

    def _pieces(self, begin: Place, refuse: Refuse) -> Iterator[_Piece]:
        hasher = _hash(self._path, begin.bytes)
        place = begin
        with self._path.open("rb") as file:
            file.seek(begin.bytes)
            for lines in _read(file):
                for line in lines:
                    hasher.update(line)
                outcomes, ticks = check_lines(lines, place.lines + 1, self._court)
                events = [one for _, one in outcomes if isinstance(one, Event)]
                for number, one in outcomes:
                    if isinstance(one, InvalidEvent):
                        refuse(number, one)
                place = Place(
                    bytes=place.bytes + sum(map(len, lines)),
                    sha256=hasher.hexdigest(),
                    lines=place.lines + len(lines),
                    sent=place.sent + len(events),
                    ticks=place.ticks + ticks,
                    refused=place.refused + len(outcomes) - len(events),
                )
                yield _Piece(place, bool(events) or lines[-1].endswith(b"\n"), events)

    def _places(self) -> dict[str, Place]:
        try:
            return msgspec.json.decode(self._memory.read_bytes(), type=dict[str, Place])
        except (OSError, msgspec.DecodeError):
            return {}

    def _remember(self, place: Place) -> None:
        with whole_file(self._memory) as part:
            part.write_bytes(msgspec.json.encode(self._places() | {self._log: place}))


def check_lines(lines: list[bytes], first: int, court: str | None) -> tuple[list[tuple[int, Event | InvalidEvent]], int]:
    """Check lines of an event file, the first of them with the number ``first``, as the gateway would for a court's feed.

    Returns:
        (number, event or what is wrong with it) of each line that holds something, and how many others were ticks.
    """
    kept, ticks = [], 0
    for number, line in enumerate(lines, first):
        attributes = _decode(without_mark(line, number))
        if is_tick(attributes):
            ticks += 1
        elif line.strip():
            kept.append((number, attributes))
    outcomes = own_only(check_all(attributes for _, attributes in kept), court)
    return list(zip((number for number, _ in kept), outcomes, strict=True)), ticks


def _read(file: Any) -> Iterator[list[bytes]]:
    """The lines, some at a time; a last one without a line end by itself."""
    while lines := list(islice(file, _LINES)):
        yield from filter(None, (lines,) if lines[-1].endswith(b"\n") else (lines[:-1], lines[-1:]))


def _decode(line: bytes) -> bytes | dict[str, Any]:
    """The line as an object without ``receivedtime``; as it stands if it is none, for the checks to say what is wrong."""
    if len(line) > MAX_EVENT_BYTES:
        return line
    try:
        value = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return line
    if not isinstance(value, dict):
        return line
    value.pop("receivedtime", None)
    return value


def _hash(path: Path, length: int) -> Any:
    hasher = hashlib.sha256()
    with path.open("rb") as file:
        while length > 0 and (chunk := file.read(min(_CHUNK, length))):
            hasher.update(chunk)
            length -= len(chunk)
    return hasher
