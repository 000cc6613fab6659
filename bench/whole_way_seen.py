"""How far each stage of the whole way is, and what each process costs."""

import os
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from kafka import KafkaConsumer, TopicPartition

from contract.topics import ALERTS, EMBEDDED_PARTITIONS, EVENTS, FACTS
from streams.projections.tables import FED, RESTRICTED_FED
from streams.shell import cases, groups, projections, restricted

STAGES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "cases": (cases.GROUP, (EVENTS,)),
    "groups": (groups.GROUP, (FACTS,)),
    "events": (projections.GROUP, (EVENTS,)),
    "alerts": (projections.GROUP, (ALERTS,)),
    "tables": (projections.GROUP, tuple(topic for topic in FED if topic not in {EVENTS, ALERTS})),
    "restricted": (restricted.GROUP, tuple(RESTRICTED_FED)),
}
"""Stage → (consumer group, what it reads). A projection commits what is written (streams/shell/projections.py)."""


def places(topic: str) -> list[TopicPartition]:
    """The partitions of a topic."""
    return [TopicPartition(topic, partition) for partition in range(EMBEDDED_PARTITIONS)]


class Stages:
    """Asks the broker what each stage has not done yet."""

    def __init__(self, kafka: str) -> None:
        names = {group for group, _ in STAGES.values()}
        self._consumers = {
            group: KafkaConsumer(bootstrap_servers=kafka, group_id=group, enable_auto_commit=False) for group in names
        }
        self._lock = Lock()
        self.behind: dict[str, int] = {}

    def look(self) -> dict[str, int]:
        """Records that each stage has before it; what it passes on is counted at the next, not here."""
        with self._lock:  # a consumer is not for two threads
            self.behind = {name: self._behind(group, topics) for name, (group, topics) in STAGES.items()}
        return self.behind

    def _behind(self, group: str, topics: tuple[str, ...]) -> int:
        consumer, asked = self._consumers[group], [place for topic in topics for place in places(topic)]
        ends = consumer.end_offsets(asked)
        return sum(max(0, end - (consumer.committed(place) or 0)) for place, end in ends.items())

    def close(self) -> None:
        """Close the connections."""
        for consumer in self._consumers.values():
            consumer.close()


class Cpu:
    """CPU seconds by name over all processes that had it, and megabytes of those that run."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self.seconds = seconds  # it is added to, whoever keeps it
        self.memory: dict[str, int] = {}
        self._last: dict[int, float] = {}

    def look(self, pids: Mapping[str, int]) -> None:
        """Add what the processes have used since; what one used after the last look before its end is lost."""
        self.memory = {}
        for name, pid in pids.items():
            try:
                used, self.memory[name] = _cpu(pid), _resident(pid)
            except FileNotFoundError:
                continue
            self.seconds[name] = self.seconds.get(name, 0.0) + used - self._last.get(pid, 0.0)
            self._last[pid] = used


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20
