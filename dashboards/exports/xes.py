"""A court's cases of some days as XES (IEEE 1849): a trace for each case, for process mining by others.

An event's activity (``concept:name``) is its short type, its ``time:timestamp`` is when it happened, ``org:group`` the acting
court; ``event_id``, ``event_source`` and ``recordedtime`` lead back to the log. Fields of its data stand beside them; lists and
objects as JSON. Events are told as they hold now, corrections applied. Personal data isn't there, not even sealed.
"""

import gzip
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, cast

import msgspec
from lxml import etree

from contract.canonical import canonical_json
from contract.times import SHANGHAI, day_start
from infra.clickhouse.client import ClickHouse
from infra.clickhouse.subjects import IS_CASE
from infra.whole_file import open_whole

_NAMESPACE = "http://www.xes-standard.org/"
_EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
)
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PIECE = 64 * 1024
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Summary(msgspec.Struct, frozen=True):
    """What was written: traces and events."""

    cases: int
    events: int


class Step(msgspec.Struct, frozen=True):
    """One event of a case, with what the case is called."""

    subject: str
    rootid: str
    case_no: str
    case_type: str
    owner: str
    source: str
    id: str
    type: str
    time: datetime
    recordedtime: datetime
    court: str
    data: str


def steps(client: ClickHouse, courts: Sequence[str], first: date, last: date) -> Generator[Step]:
    """The events of the cases that some courts own now, from a civil day to another, both included; case by case, in order."""
    sql = (
        "SELECT e.subject, c.rootid, c.case_no, c.case_type, c.court, e.source, e.id, e.type, e.time, e.recordedtime, e.court,"
        " e.data"
        " FROM events_now AS e INNER JOIN (SELECT subject, rootid, case_no, case_type, court FROM cases_now"
        f" WHERE has(%(courts)s, court) AND {IS_CASE}) AS c ON e.subject = c.subject"
        " WHERE e.time >= %(first)s AND e.time < %(after)s"
        " ORDER BY e.subject, e.time, e.recordedtime, e.source, e.sequence, e.id"
    )
    after = day_start(date.fromordinal(last.toordinal() + 1))
    for row in client.iter(sql, {"courts": list(courts), "first": day_start(first), "after": after}):
        yield Step(*row)


def write_xes(found: Iterable[Step], out: Path, name: str) -> Summary:
    """Write a log, compressed where ``out`` ends in ``.gz``; the file appears when it is complete."""
    chunks = xes_chunks(found, name, compressed=out.suffix == ".gz")
    with open_whole(out) as file:
        while True:
            try:
                file.write(next(chunks))
            except StopIteration as end:
                return cast("Summary", end.value)


def xes_chunks(found: Iterable[Step], name: str, *, compressed: bool) -> Generator[bytes, None, Summary]:
    """A log as pieces of some ten thousand bytes, each made of no more steps than it takes; returns what was written."""
    written = _Pieces()
    cases = events = 0
    with _opened(written, compressed=compressed) as file, etree.xmlfile(file, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element("log", {"xes.version": "1849.2016", "xes.features": ""}, nsmap={None: _NAMESPACE}):
            for element in _head(name):
                xml.write(element, pretty_print=True)
            for _, trace in groupby(found, key=lambda step: step.subject):
                cases += 1
                with xml.element("trace"):
                    for number, step in enumerate(trace):
                        if number == 0:
                            xml.write(*_of_case(step))
                        xml.write(_event(step), pretty_print=True)
                        events += 1
                        if written.size >= _PIECE:
                            yield written.take()
    yield written.take()
    return Summary(cases, events)


class _Pieces:
    """What was written and not yet taken."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def write(self, part: bytes, /) -> int:
        """Keep a part."""
        self._parts.append(bytes(part))  # a view is good until it returns
        self.size += len(part)
        return len(part)

    def flush(self) -> None:
        """Nothing waits."""

    def take(self) -> bytes:
        """All of it, once."""
        whole = b"".join(self._parts)
        self._parts, self.size = [], 0
        return whole


@contextmanager
def _opened(raw: _Pieces, *, compressed: bool) -> Iterator[Any]:
    if not compressed:
        yield raw
        return
    with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as file:  # the same log, the same bytes
        yield file


def _head(name: str) -> Iterator[Any]:
    for extension, prefix, uri in _EXTENSIONS:
        yield _tag("extension", name=extension, prefix=prefix, uri=uri)
    trace, event = _tag("global", scope="trace"), _tag("global", scope="event")
    trace.append(_attribute("concept:name", "-"))
    event.extend([_attribute("concept:name", "-"), _attribute("time:timestamp", _EPOCH)])
    yield trace
    yield event
    yield _tag("classifier", name="Activity", keys="concept:name")
    yield _attribute("concept:name", name)


def _of_case(step: Step) -> list[Any]:
    named = {"concept:name": step.subject, "case_no": step.case_no, "case_type": step.case_type, "court": step.owner}
    return [_attribute(key, value) for key, value in (named | {"rootid": step.rootid}).items()]


def _event(step: Step) -> Any:
    named: dict[str, Any] = {
        "concept:name": step.type,
        "time:timestamp": step.time,
        "org:group": step.court,
        "event_id": step.id,
        "event_source": step.source,
        "recordedtime": step.recordedtime,
    }
    data: dict[str, Any] = msgspec.json.decode(step.data) if step.data else {}
    event = _tag("event")
    event.extend(_attribute(key, value) for key, value in named.items())
    event.extend(_attribute(key, data[key]) for key in data if key and key not in named and data[key] is not None)
    return event


def _attribute(key: str, value: Any) -> Any:
    if isinstance(value, bool):
        kind, text = "boolean", "true" if value else "false"
    elif isinstance(value, int | float):
        kind, text = "int" if isinstance(value, int) else "float", repr(value)
    elif isinstance(value, datetime):
        kind, text = "date", value.astimezone(SHANGHAI).isoformat(timespec="milliseconds")
    else:
        kind, text = "string", value if isinstance(value, str) else canonical_json(value).decode()
    return _tag(kind, key=_ILLEGAL.sub("\ufffd", key), value=_ILLEGAL.sub("\ufffd", text))


def _tag(name: str, /, **attributes: str) -> Any:
    return etree.Element(f"{{{_NAMESPACE}}}{name}", attributes, nsmap={None: _NAMESPACE})
