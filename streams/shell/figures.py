"""What drives the counting of indicators: the log table tells which chains have something new, and from which day on.

It follows the projections: whatever stands in `log` and in the tables by chain without a gap is counted, a stretch of offsets
at a time; `figured` says how far. A stretch that was cut off is counted again, which changes nothing. Nothing waits for it.
"""

import logging
import threading
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime

from contract.topics import ALERTS, EVENTS
from infra.clickhouse.client import ClickHouse
from infra.clickhouse.figures.counting import Counting
from infra.clickhouse.ingested import resume_offsets

log = logging.getLogger(__name__)

Reached = Mapping[tuple[str, int], int]

STRETCH = 100_000  # offsets that are counted together: while it catches up a chain is counted once for all that is new of it
_TABLES: Mapping[str, str] = {EVENTS: "chain_events", ALERTS: "chain_alerts"}
_PLACE: Mapping[str, tuple[str, str, str]] = {
    EVENTS: ("partition", "offset", "receivedtime"),
    ALERTS: ("log_partition", "log_offset", "known_from"),
}
_TOUCHED = """
SELECT rootid, min(toDate32({time}, 'Asia/Shanghai'))
FROM {table}
WHERE rootid IN (
        SELECT DISTINCT key FROM log
        WHERE topic = %(topic)s AND partition = %(partition)s AND offset >= %(first)s AND offset < %(until)s
    )
    AND {partition} = %(partition)s AND {offset} >= %(first)s AND {offset} < %(until)s
GROUP BY rootid
"""


def forget(clickhouse: ClickHouse) -> None:
    """Have everything counted again by whoever counts; only what differs will be written."""
    clickhouse.execute("TRUNCATE TABLE figured")


class Figures:
    """Counts what the log table has that isn't counted yet. Blocks; belongs to one thread."""

    def __init__(self, clickhouse: ClickHouse, *, stretch: int = STRETCH) -> None:
        self._clickhouse = clickhouse
        self._stretch = stretch
        self._counting: Counting | None = None
        self._stopped = threading.Event()
        self.behind = 0
        """Offsets that weren't counted yet when it last looked."""

    def stop(self, *, stopped: bool = True) -> None:
        """From another thread: end after the chains that are being counted; or don't, after all."""
        if stopped:
            self._stopped.set()
        else:
            self._stopped.clear()

    def step(self, reached: Reached | None = None) -> bool:
        """Count one stretch of each partition; returns whether there is more.

        Whoever counts a partition of events counts that of alerts too, since both are by chain; nobody else may meanwhile.

        Args:
            reached: {(topic, partition): offset after what is written}; None = of all partitions, as the ledger says.

        Raises:
            Unavailable: Some of it may be counted; call again.
        """
        if self._counting is None:
            counting = Counting(self._clickhouse)
            counting.prepare()
            self._counting = counting
        stretches = list(self._stretches(self.written() if reached is None else reached))
        self.behind = sum(end - first for _, _, first, _, end in stretches)
        touched: dict[str, date] = {}
        for topic, partition, first, until, _ in stretches:
            for rootid, since in self._touched(topic, partition, first, until):
                touched[rootid] = min(since, touched.get(rootid, since))
        if not self._counting.count(touched, self._stopped.is_set):
            return False
        done = self._done()  # emptied meanwhile (`forget`): then what was just counted is to be counted again
        self._mark([(topic, part, until) for topic, part, first, until, _ in stretches if done.get((topic, part), 0) == first])
        return any(until < end for *_, until, end in stretches)

    def close(self) -> None:
        """Drop what it works with."""
        if self._counting is not None:
            self._counting.close()
            self._counting = None

    def written(self, partitions: Collection[int] | None = None) -> Reached:
        """What the ledger says is written of these partitions (None: of all): slow where the ledger is long."""
        found: dict[tuple[str, int], int] = {}
        for topic, table in _TABLES.items():
            whole = resume_offsets(self._clickhouse, "log", topic)
            for partition, end in resume_offsets(self._clickhouse, table, topic).items():
                if partitions is None or partition in partitions:
                    found[topic, partition] = min(end, whole.get(partition, 0))
        return found

    def _stretches(self, reached: Reached) -> Iterator[tuple[str, int, int, int, int]]:
        """(topic, partition, first, until, end) of what is new; until = where this stretch ends."""
        done = self._done()
        for (topic, partition), end in reached.items():
            first = done.get((topic, partition), 0)
            if first < end:
                yield topic, partition, first, min(end, first + self._stretch), end

    def _done(self) -> Reached:
        rows = self._clickhouse.query_rows("SELECT topic, partition, offset FROM figured FINAL")
        return {(topic, int(partition)): int(offset) for topic, partition, offset in rows}

    def _touched(self, topic: str, partition: int, first: int, until: int) -> Iterator[tuple[str, date]]:
        partition_column, offset_column, time_column = _PLACE[topic]
        sql = _TOUCHED.format(table=_TABLES[topic], partition=partition_column, offset=offset_column, time=time_column)
        params = {"topic": topic, "partition": partition, "first": first, "until": until}
        yield from self._clickhouse.query_rows(sql, params)

    def _mark(self, reached: list[tuple[str, int, int]]) -> None:
        if reached:
            topics, partitions, offsets = (list(values) for values in zip(*reached, strict=True))
            at = [datetime.now(UTC)] * len(reached)
            columns = {"topic": topics, "partition": partitions, "offset": offsets, "at": at}
            self._clickhouse.insert_columns("figured", columns)
