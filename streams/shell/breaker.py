"""The circuit breaker over dead letters of one partition.

A source that sends only rubbish is muted; a rise over all sources stops the worker. Which events are muted decides which alerts
exist, so muting is a function of the log: it counts records, takes its time from the partition's clock, and is stored with the
state. One bad source is its own trouble. Many sources going bad at once is ours (a faulty release, a wrong contract): then
the worker must stop instead of filling the dead letters with good events.
"""

from collections import deque
from datetime import datetime, timedelta

import msgspec

RUN_LIMIT = 50  # so many refused in a row from one source
WINDOW = 200  # or, among so many of its latest records,
RATIO_LIMIT = 0.5  # so large a part
MUTED_FOR = timedelta(hours=1)  # of the partition's clock; then it gets another chance of RUN_LIMIT records
MOST_TALLIES = 1000  # a record that cannot be read may name any source; the tallies are part of the state and must stay small
SYSTEMIC_WINDOW = 500
SYSTEMIC_SOURCES = 8  # refused from so many different sources within the window, muted ones not counted


class SystemicFailureError(Exception):
    """Events of many sources are refused at once: the fault is ours, and going on would bury good events."""


class Tally(msgspec.Struct):
    """What is known of a source that has sent something refused."""

    run: int = 0
    seen: int = 0
    refused: int = 0
    muted_until: datetime | None = None


class Breaker:
    """Counts refused records by source."""

    def __init__(self, tallies: dict[str, Tally] | None = None) -> None:
        self.tallies = tallies or {}
        self._latest: deque[str | None] = deque(maxlen=SYSTEMIC_WINDOW)

    def is_muted(self, source: str, now: datetime) -> bool:
        """Whether events of this source go to the dead letters unread."""
        tally = self.tallies.get(source)
        if tally is None or tally.muted_until is None:
            return False
        if now >= tally.muted_until:
            self.tallies[source] = Tally()
            return False
        return True

    @property
    def muted(self) -> list[str]:
        """The sources that are muted now."""
        return [source for source, tally in self.tallies.items() if tally.muted_until is not None]

    def accepted(self, source: str, now: datetime) -> None:
        """Count a record that was applied."""
        self._latest.append(None)
        tally = self.tallies.get(source)
        if tally is None:
            return
        tally.run = 0
        if tally.seen + 1 >= WINDOW and tally.refused * 100 < tally.seen:
            del self.tallies[source]  # healed: the tallies stay as few as the sources in trouble
        else:
            self._count(tally, now)

    def refused(self, source: str, now: datetime) -> None:
        """Count a refused record, and mute its source at the limit.

        Raises:
            SystemicFailureError: Too many different sources at once.
        """
        tally = self.tallies.setdefault(source, Tally())
        if len(self.tallies) > MOST_TALLIES:
            self._forget_one(source)
        tally.run += 1
        tally.refused += 1
        self._count(tally, now)
        self._latest.append(source)
        self._check_all()

    @staticmethod
    def _count(tally: Tally, now: datetime) -> None:
        tally.seen += 1
        full = tally.seen >= WINDOW
        if tally.run >= RUN_LIMIT or (full and tally.refused >= RATIO_LIMIT * tally.seen):
            tally.muted_until = now + MUTED_FOR
        if full:
            tally.seen //= 2
            tally.refused //= 2

    def _forget_one(self, newest: str) -> None:
        """Forget whoever has been in trouble longest, one that is not muted if there is one."""
        others = [source for source in self.tallies if source != newest]
        del self.tallies[next((source for source in others if self.tallies[source].muted_until is None), others[0])]

    def _check_all(self) -> None:
        muted = set(self.muted)
        bad = [source for source in self._latest if source is not None and source not in muted]
        if len(bad) * 2 >= SYSTEMIC_WINDOW and len(set(bad)) >= SYSTEMIC_SOURCES:
            raise SystemicFailureError(
                f"{len(bad)} of the last {SYSTEMIC_WINDOW} records were refused, from {len(set(bad))} sources: "
                "look at `yipanqi dlq list`; a faulty release is likelier than that many faulty courts"
            )
