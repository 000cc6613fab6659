"""XES (IEEE 1849) read as a stream: memory holds one trace at a time, whatever the size of the log.

- ``string``, ``id``, ``int``, ``float`` and ``boolean`` become JSON values; a ``date`` stays the text that it is.
- ``list`` and ``container`` become an array of ``{key: value}``.
- An attribute of an attribute becomes ``<key>/<nested key>`` beside it.
- Globals are declarations; XES gives their values only for attributes that a tool creates, so they fill no gap here.
- A document type is refused: entities are not expanded.
"""

import math
import re
import zlib
from collections.abc import Callable, Generator, Iterator
from datetime import datetime
from typing import IO, Any

from lxml import etree

from producers.importers.rows import CASE_PREFIX, Refused, Row

_ATTRIBUTES = frozenset({"string", "id", "int", "float", "boolean", "date", "list", "container"})
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_INTEGER = re.compile(r"[+-]?\d+")


class _Unreadable(Exception):
    """An attribute that cannot be read; its text is the reason."""


def read_xes(stream: IO[bytes]) -> Generator[Row | Refused]:
    """Read every event of a log in document order.

    After a fault of the XML itself nothing more can be read: it is the last item, and what came before it stands.
    """
    reader = _Reader()
    try:
        steps = etree.iterparse(
            stream,
            events=("start", "end"),
            tag=("{*}log", "{*}trace", "{*}event"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
        )
        for step, element in steps:
            if step == "start" and element.getparent() is None:
                if (reason := _no_log(element)) is not None:
                    yield Refused(None, element.sourceline, reason)
                    return
            elif step == "end":
                yield from reader.ended(element)
        if _local(steps.root) != "log":
            yield Refused(None, steps.root.sourceline, _no_log(steps.root) or "")
    except etree.XMLSyntaxError as error:
        yield from reader.rest()
        yield Refused(None, error.lineno or 0, f"the XML is broken and ends here: {error.msg}")
    except (EOFError, OSError, zlib.error) as error:
        yield from reader.rest()
        yield Refused(None, reader.line, f"the file is broken and ends here: {error}")


def _no_log(root: Any) -> str | None:
    """Why a root element is not that of a log that can be read."""
    if root.getroottree().docinfo.internalDTD is not None:
        return "the file has a document type (DOCTYPE); remove it"
    if _local(root) != "log":
        return f"this is no XES: its root is not <log> but <{_local(root)}>"
    return None


class _Reader:
    """Collects the events of the open trace: its own attributes may stand after them."""

    def __init__(self) -> None:
        self.number = 0
        self.line = 0
        self.events: list[Row | Refused] = []

    def ended(self, element: Any) -> Iterator[Row | Refused]:
        """Take an element that is complete; a whole trace gives its events."""
        kind = _local(element)
        if kind == "event":
            self._event(element)
            if _local(element.getparent()) == "log":
                yield from self.rest()
        elif kind == "trace":
            yield from self._trace(element)
            element.clear()
        _forget_before(element)

    def rest(self) -> Iterator[Row | Refused]:
        """The events that no trace has closed."""
        for item in self.events:
            yield Refused(item.number, item.line, "stands in no complete trace, so that its case is unknown")
        self.events = []

    def _event(self, element: Any) -> None:
        self.number += 1
        self.line = element.sourceline
        try:
            self.events.append(Row(self.number, self.line, _attributes(element), {}))
        except _Unreadable as error:
            self.events.append(Refused(self.number, self.line, str(error)))
        element.clear()

    def _trace(self, element: Any) -> Iterator[Row | Refused]:
        events, self.events = self.events, []
        try:
            case = {CASE_PREFIX + key: value for key, value in _attributes(element).items()}
        except _Unreadable as error:
            yield from (Refused(item.number, item.line, f"its trace (line {element.sourceline}): {error}") for item in events)
            return
        for item in events:
            yield item if isinstance(item, Refused) else Row(item.number, item.line, item.attributes, case)


def _local(element: Any) -> str:
    return "" if element is None else str(etree.QName(element).localname)


def _forget_before(element: Any) -> None:
    """Drop finished siblings of the same kind, so that memory doesn't grow with the file."""
    previous = element.getprevious()
    if previous is not None and previous.tag == element.tag:
        element.getparent().remove(previous)


def _attributes(element: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in element:
        if _local(child) in _ATTRIBUTES:
            _add(found, child, "")
        elif _local(child) not in {"event", "values"}:
            raise _Unreadable(f"line {child.sourceline}: <{_local(child)}> is no attribute of XES")
    return found


def _add(found: dict[str, Any], element: Any, prefix: str) -> None:
    key = element.get("key")
    if not key:
        raise _Unreadable(f"line {element.sourceline}: an attribute without a key")
    name = prefix + key
    value = _value(element, name)
    if name in found and found[name] != value:
        raise _Unreadable(f"line {element.sourceline}: {name!r} stands twice with different values")
    found[name] = value
    for child in element:
        if _local(child) in _ATTRIBUTES:
            _add(found, child, name + "/")


def _value(element: Any, name: str) -> Any:
    kind = _local(element)
    if kind in {"list", "container"}:
        return [_single(item) for values in element if _local(values) == "values" for item in values]
    text = element.get("value")
    if text is None:
        raise _Unreadable(f"line {element.sourceline}: {name!r} has no value")
    try:
        return _READ[kind](text)
    except ValueError:
        raise _Unreadable(f"line {element.sourceline}: {name!r} is {text!r}, which is no {kind}") from None


def _single(element: Any) -> dict[str, Any]:
    if _local(element) not in _ATTRIBUTES:
        raise _Unreadable(f"line {element.sourceline}: <{_local(element)}> is no attribute of XES")
    found: dict[str, Any] = {}
    _add(found, element, "")
    return found


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text.strip()):
        raise ValueError(text)
    return int(text)


def _float(text: str) -> float:
    value = float(text.replace("_", "?"))  # Python reads 1_000, XML Schema does not
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _boolean(text: str) -> bool:
    if text.strip() not in _BOOLEANS:
        raise ValueError(text)
    return _BOOLEANS[text.strip()]


def _date(text: str) -> str:
    datetime.fromisoformat(text.strip())
    return text.strip()


_READ: dict[str, Callable[[str], Any]] = {
    "string": str,
    "id": str,
    "int": _integer,
    "float": _float,
    "boolean": _boolean,
    "date": _date,
}
