"""The clock on a real log: how a time line begins, goes on, and is never mixed."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contract.codec import from_kafka, to_kafka
from contract.control import pack_activated
from contract.envelope import Event
from contract.topics import EMBEDDED_PARTITIONS, EVENTS
from producers.clock import CalendarActivation, Clock, PackActivation
from producers.errors import LineError, WrongLine
from producers.line import LineClock
from producers.log import LogWriter, Record

ORIGIN = datetime(2024, 1, 1, 16, tzinfo=UTC)
CALENDAR = CalendarActivation("cn", "1.0", "0" * 64)
PACK = PackActivation("cn", "1.0", "1" * 64)

Read = Callable[..., list[Any]]


def partitions(records: list[Any]) -> list[list[Event]]:
    """The events of each partition, in order."""
    found: list[list[Event]] = [[] for _ in range(EMBEDDED_PARTITIONS)]
    for record in records:
        found[record.partition].append(from_kafka(record.value, record.headers))
    return found


def names(events: list[Event], *, ticks: bool = False) -> list[str]:
    """The ids of control events."""
    return [event.id for event in events if ticks or event.short != "sys.ticked"]


def test_a_line_begins_the_same_in_every_partition(topics: str, records: Read) -> None:
    """First the kind of line, then calendar and packs, then a tick: same numbers, same bytes everywhere."""
    with Clock(topics, line="simulated", origin=ORIGIN, calendar=CALENDAR, packs=[PACK]):
        pass
    first, *others = partitions(records(topics))
    begin = ["sys.line_started:0", "sys.calendar_changed:1", "sys.pack_activated:2", "sys.ticked:3"]
    assert names(first, ticks=True) == begin
    assert all(other == first for other in others)
    assert first[0].time == ORIGIN
    assert first[0].data == {"line": "simulated", "control": 0}
    assert first[2].data is not None
    assert first[2].data["from"] is None


def test_a_line_goes_on_from_its_greatest_tick(topics: str, records: Read, tmp_path: Path) -> None:
    """A second start continues time and numbers, and repeats nothing; with or without its memory."""
    later = ORIGIN + timedelta(days=40)
    memory = tmp_path / "clock.json"
    with Clock(topics, line="simulated", origin=ORIGIN, packs=[PACK], memory=memory) as clock:
        clock.advance(later)
    for _ in range(2):
        with Clock(topics, line="simulated", origin=ORIGIN, packs=[PACK], memory=memory) as clock:
            assert later <= clock.current() < later + timedelta(seconds=30)
    memory.unlink()
    with Clock(topics, line="simulated", origin=ORIGIN, packs=[PACK], memory=memory):
        pass
    for events in partitions(records(topics)):
        assert names(events) == ["sys.line_started:0", "sys.pack_activated:1"]
        assert names(events, ticks=True)[2:] == [f"sys.ticked:{number}" for number in range(2, 7)]


def test_a_clock_that_is_advanced_remembers_how_far_the_log_is(
    topics: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever drives it by hand over a long log, and is killed, need not have all of it read again."""
    monkeypatch.setattr("producers.clock.WALL_PERIOD_S", 0.0)
    memory = tmp_path / "clock.json"
    with Clock(topics, line="simulated", origin=ORIGIN, memory=memory) as clock:
        begun = memory.read_bytes()
        clock.advance(ORIGIN + timedelta(days=1))
        assert memory.read_bytes() != begun
    with Clock(topics, line="simulated", memory=memory) as clock:
        assert clock.current() >= ORIGIN + timedelta(days=1)


def test_lines_are_never_mixed(topics: str, records: Read) -> None:
    """A log that lives on one line refuses the other, with nothing written."""
    with Clock(topics, line="simulated", origin=ORIGIN):
        pass
    before = len(records(topics))
    with pytest.raises(WrongLine, match="lives on a simulated time line"):
        Clock(topics, line="wall")
    assert len(records(topics)) == before


def test_a_clock_that_died_between_partitions_is_completed(topics: str, records: Read) -> None:
    """What only some partitions got is written to the others at the next start, under the same id."""
    with Clock(topics, line="simulated", origin=ORIGIN):
        pass
    half = pack_activated(2, ORIGIN, pack="cn", version="1.0", sha256="1" * 64)
    key, value, headers = to_kafka(half)
    writer = LogWriter(topics)
    writer.send([Record(EVENTS, key.decode(), value, headers, partition) for partition in (0, 1)]).wait()
    writer.close()
    with Clock(topics, line="simulated", origin=ORIGIN, packs=[PACK]):
        pass
    for events in partitions(records(topics)):
        assert names(events) == ["sys.line_started:0", "sys.pack_activated:2"]


def test_a_new_version_of_a_pack_judges_from_its_activation(topics: str, records: Read) -> None:
    """The first version of a pack judges always; a later one from the line's time on, unless told otherwise."""
    with Clock(topics, line="simulated", origin=ORIGIN, packs=[PACK]):
        pass
    second = PackActivation("cn", "2.0", "2" * 64)
    other = PackActivation("local", "1.0", "3" * 64)
    with Clock(topics, line="simulated", origin=ORIGIN, packs=[second, other]) as clock:
        now = clock.current()
    activated = [event for event in partitions(records(topics))[3] if event.short == "sys.pack_activated"]
    data = [event.data for event in activated if event.data is not None]
    assert [(one["pack"], one["version"]) for one in data] == [("cn", "1.0"), ("cn", "2.0"), ("local", "1.0")]
    assert data[0]["from"] is data[2]["from"] is None
    assert ORIGIN.isoformat()[:10] <= data[1]["from"] <= now.isoformat()


def test_time_does_not_go_back(topics: str) -> None:
    """A tick before the last is refused, and on a wall line one ahead of the wall clock too."""
    with Clock(topics, line="wall") as clock, pytest.raises(LineError, match="ahead of the wall"):
        clock.advance(datetime.now(UTC) + timedelta(minutes=1))
    with Clock(topics, line="wall") as clock, pytest.raises(LineError, match="doesn't go back"):
        clock.advance(datetime.now(UTC) - timedelta(minutes=1))


def test_two_clocks_are_harmless(topics: str, records: Read) -> None:
    """Two that start at once on an empty log agree on the line, and the greatest tick counts."""
    clocks: list[Clock] = []
    begin = threading.Barrier(2)

    def start() -> None:
        begin.wait()
        clocks.append(Clock(topics, line="simulated", origin=ORIGIN, packs=[PACK]))

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    clocks[0].advance(ORIGIN + timedelta(days=3))
    clocks[1].tick()
    for clock in clocks:
        clock.close()
    with Clock(topics, line="simulated", packs=[PACK]) as clock:
        assert clock.current() >= ORIGIN + timedelta(days=3)
    for events in partitions(records(topics)):
        assert set(names(events)) == {"sys.line_started:0", "sys.pack_activated:1"}


def test_a_log_that_no_clock_began_is_refused(topics: str) -> None:
    """A fact before the first control event means that something else wrote here."""
    writer = LogWriter(topics)
    writer.send([Record(EVENTS, "a", b"{}", [], 0)]).wait()
    writer.close()
    with pytest.raises(LineError, match="not written by the clock"):
        Clock(topics, line="wall")


def test_receivedtime_follows_the_ticks(topics: str) -> None:
    """On a simulated line the gateway's time is the greatest tick that it has read, plus wall seconds × speed."""
    with pytest.raises(LineError, match="no time line yet"):
        LineClock(topics)
    with Clock(topics, line="simulated", origin=ORIGIN, speed=100) as clock:
        clock.advance(ORIGIN + timedelta(days=1))
        line_clock = LineClock(topics, speed=100)
        assert ORIGIN + timedelta(days=1) <= line_clock.now() < ORIGIN + timedelta(days=1, minutes=5)
        clock.advance(ORIGIN + timedelta(days=9))
        deadline = time.monotonic() + 5
        while line_clock.now() < ORIGIN + timedelta(days=9) and time.monotonic() < deadline:
            time.sleep(0.01)
        before = line_clock.now()
        time.sleep(0.2)
        assert timedelta(seconds=20) <= line_clock.now() - before < timedelta(minutes=5)
        line_clock.close()


def test_what_the_clock_remembers_is_only_a_shortcut(topics: str, records: Read, tmp_path: Path) -> None:
    """With its memory a clock reads only what came after; with one of another log, or a broken one, it reads all."""
    memory = tmp_path / "clock.json"
    with Clock(topics, line="simulated", origin=ORIGIN, packs=[PACK], memory=memory) as clock:
        clock.advance(ORIGIN + timedelta(days=1))
    good = memory.read_bytes()
    for content in (b"{", good.replace(b'"next_control":', b'"next":'), good.replace(b"2024-01-01T16", b"2023-01-01T16")):
        memory.write_bytes(content)
        with Clock(topics, line="simulated", origin=ORIGIN, packs=[PACK], memory=memory) as clock:
            assert clock.current() >= ORIGIN + timedelta(days=1)
    for events in partitions(records(topics)):
        assert names(events) == ["sys.line_started:0", "sys.pack_activated:1"]
        assert len(names(events, ticks=True)) == len(set(names(events, ticks=True)))
