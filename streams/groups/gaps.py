"""Gaps in the sequences of a court's sources, and when each was filled.

``sys.gap_opened`` is when a later number came, ``sys.gap_filled`` when the last missing one did. A source is read in the order
of receipt, as far as the clock of the group has come: what was received at one instant came at once. So gaps are a function of
what was received and of the clock, whatever the order in which the partitions told it; what turns out to have been received
earlier, or not at all, has the source read afresh. A number counts when it first came, under whatever event; a heartbeat's
``last_seq`` says that all numbers up to it were sent. The first numbers that come are where a source begins.
"""

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from contract.canonical import short_id
from contract.envelope import Ref, court_of_source
from contract.times import format_instant, parse_instant
from streams.groups.events import Shared, made

ENGINE = "/sys/engine"
_Span = tuple[int, int]
Change = tuple[Shared | None, Shared | None]
"""An event as it was in a history and as it is; None where it is none."""


class Heard(NamedTuple):
    """What one event says of its source: its own number (-1: it has none) and the last that was sent (None: it doesn't say)."""

    received: datetime
    number: int
    last: int | None


class Gap:
    """Numbers that were found missing at one instant, side by side.

    Attributes:
        first, last: The numbers.
        missing: Those that have not come yet, as spans.
        opened: The fact that says so.
        filled: The fact that says that the last of them came, if it did.
    """

    def __init__(self, source: str, court: str, first: int, last: int, at: datetime) -> None:
        """Open a gap."""
        self.missing: list[_Span] = [(first, last)]
        self._said: dict[str, Any] = {"court_code": court, "source": source, "first": first, "last": last}
        self.opened = self._fact("sys.gap_opened", at)
        self.filled: Shared | None = None

    def take(self, numbers: Iterable[int], at: datetime) -> None:
        """Some numbers came."""
        for number in numbers:
            self.missing = [part for span in self.missing for part in _without(span, number)]
        if not self.missing:
            self.filled = self._fact("sys.gap_filled", at)

    def _fact(self, kind: str, at: datetime) -> Shared:
        said = self._said
        name = short_id("derived", kind, said["source"], said["first"], said["last"], format_instant(at))
        fact = made(ENGINE, name, kind, said["court_code"], at)
        fact.data = dict(said)
        return fact


class Feed:
    """The sequence of one source."""

    def __init__(self, source: str, court: str) -> None:
        """Begin with nothing heard."""
        self._source, self._court = source, court
        self._heard: dict[Ref, Heard] = {}
        self._waiting: list[Heard] = []
        self._upto: datetime | None = None
        self._begin()

    @property
    def wake(self) -> datetime | None:
        """The instant of the first receipt that lies ahead."""
        return self._waiting[0].received if self._waiting else None

    def change(self, ref: Ref, heard: Heard | None) -> None:
        """An event of the source came, changed or went."""
        before = self._heard.get(ref)
        if before == heard:
            return
        if before is not None:
            del self._heard[ref]
            if self._is_past(before):
                self._afresh = True
            else:
                self._waiting.remove(before)
        if heard is not None:
            self._heard[ref] = heard
            if self._is_past(heard):
                self._afresh = True
            else:
                insort(self._waiting, heard, key=_received)

    def look(self, clock: datetime) -> bool:
        """Read on to a clock; returns whether anything may be found otherwise than before."""
        changed = self._afresh
        if self._afresh:
            self._begin()
            self._waiting = sorted(self._heard.values(), key=_received)
        done, waiting = 0, self._waiting
        while done < len(waiting) and waiting[done].received <= clock:
            self._upto = at = waiting[done].received
            end = bisect_right(waiting, at, lo=done, key=_received)
            changed = self._take(waiting[done:end], at) or changed
            done = end
        del waiting[:done]  # once, for where one partition told much before another a long list waits
        return changed

    def facts(self) -> Iterator[Shared]:
        """What is said of the source."""
        for gap in self._gaps:
            yield gap.opened
            if gap.filled is not None:
                yield gap.filled

    def _begin(self) -> None:
        """Forget what was read."""
        self._waiting = []
        self._upto = None
        self._afresh = False
        self._low = self._high = -1
        self._gaps: list[Gap] = []
        self._open: list[Gap] = []

    def _is_past(self, heard: Heard) -> bool:
        return self._upto is not None and heard.received <= self._upto

    def _take(self, together: Iterable[Heard], at: datetime) -> bool:
        """What was received at one instant; returns whether a gap was opened or filled."""
        heard = list(together)
        numbers = sorted({one.number for one in heard if one.number >= 0})
        sent = [one.last for one in heard if one.last is not None]
        reach = max([*numbers[-1:], *sent], default=-1)
        for gap in self._open:
            gap.take(numbers, at)
        changed = any(gap.filled is not None for gap in self._open)
        self._open = [gap for gap in self._open if gap.filled is None]
        if reach < 0:
            return changed
        if self._high < 0:  # here the source begins: with the least number that came, else with the next to be sent
            self._low = numbers[0] if numbers else reach
            self._high = self._low
        spans = [*_between(numbers, self._high, reach), *_between(numbers, numbers[0] if numbers else self._low, self._low - 1)]
        opened = [Gap(self._source, self._court, first, last, at) for first, last in spans]
        self._gaps += opened
        self._open += opened
        self._high = max(self._high, reach)
        self._low = min([self._low, *numbers[:1]])
        return changed or bool(opened)


class Gaps:
    """The gaps of all sources of one court."""

    def __init__(self, court: str) -> None:
        """Begin with no source."""
        self._court = court
        self._feeds: dict[str, Feed] = {}
        self._touched: set[str] = set()
        self._said: dict[str, dict[Ref, Shared]] = {}

    @property
    def wake(self) -> datetime | None:
        """The instant of the first receipt that lies ahead."""
        return min((feed.wake for feed in self._feeds.values() if feed.wake is not None), default=None)

    def change(self, ref: Ref, content: Mapping[str, Any] | None, before: Mapping[str, Any] | None) -> None:
        """Something that the group was told came, changed or went."""
        was, now = (None if told is None else _heard(told) for told in (before, content))
        if was == now:
            return
        for found in (was, now):
            if found is not None and court_of_source(found[0]) == self._court:
                feed = self._feeds.setdefault(found[0], Feed(found[0], self._court))
                feed.change(ref, None if found is was else found[1])
                self._touched.add(found[0])

    def look(self, clock: datetime) -> list[Change]:
        """Read on to a clock; returns what is said no longer (before, None) and what is said now (None, after)."""
        changes: list[Change] = []
        for source in sorted(self._touched):
            feed = self._feeds[source]
            if feed.look(clock):
                was = self._said.get(source, {})
                now = {fact.ref: was.get(fact.ref, fact) for fact in feed.facts()}
                changes += [(fact, None) for ref, fact in was.items() if ref not in now]
                changes += [(None, fact) for ref, fact in now.items() if ref not in was]
                self._said[source] = now
            if feed.wake is None:
                self._touched.discard(source)
        return changes


def _heard(told: Mapping[str, Any]) -> tuple[str, Heard] | None:
    """The source and what is heard of it; None if nothing is."""
    received = parse_instant(told["receivedtime"])
    if told.get("what") == "number":
        return told["source"], Heard(received, told["number"], told["last"])
    if told["type"] == "sys.event_rejected":
        return told["data"]["source"], Heard(received, told["data"].get("sequence", -1), None)
    return (told["source"], Heard(received, told["sequence"], None)) if told["sequence"] >= 0 else None


def _received(heard: Heard) -> datetime:
    return heard.received


def _between(numbers: list[int], low: int, high: int) -> Iterator[_Span]:
    """The spans of numbers above ``low`` and up to ``high`` that are not among some sorted ones."""
    for number in numbers:
        if low < number <= high:
            if number > low + 1:
                yield low + 1, number - 1
            low = number
    if high > low:
        yield low + 1, high


def _without(span: _Span, number: int) -> Iterator[_Span]:
    """A span without a number."""
    first, last = span
    if not first <= number <= last:
        yield span
        return
    if first < number:
        yield first, number - 1
    if number < last:
        yield number + 1, last
