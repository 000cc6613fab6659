"""The topics, their settings, and the partition of a key.

Names, keys and partition counts are fixed: the log is never rewritten. Worker and gateway compare a broker with this
declaration at start and refuse one that differs.
"""

from typing import Literal

import msgspec

EVENTS = "court.events.v1"
RESTRICTED = "court.restricted.v1"
KEYS = "court.keys.v1"
REJECTED = "court.rejected.v1"
HEARTBEATS = "court.heartbeats.v1"
FACTS = "supervision.facts.v1"
ALERTS = "supervision.alerts.v1"
STATE = "supervision.state.v1"
GROUP_STATE = "supervision.group-state.v1"
DUTY_STATE = "duty.state.v1"
LATEST = "duty.latest.v1"
COMMANDS = "duty.commands.v1"
DECISIONS = "duty.decisions.v1"
RESTRICTED_REJECTED = "court.restricted-rejected.v1"
RESTRICTED_ALERTS = "supervision.restricted.v1"
RESTRICTED_STATE = "supervision.restricted-state.v1"

REBUILD_HEADER = "rebuild"
"""Header of what a rebuild sends into the topic of alerts: the rebuild's name."""

EMBEDDED_PARTITIONS = 4
STACK_PARTITIONS = 64
MAX_EVENT_BYTES = 1024 * 1024
MAX_BATCH_BYTES = 8 * 1024 * 1024
MAX_RECORD_BYTES = 2 * 1024 * 1024
"""An event, sealed and with its headers, or a whole refused event in the dead letters, fits in one record."""


class Topic(msgspec.Struct, frozen=True):
    """One topic.

    Attributes:
        name: Its name; the version in it changes when partitions or keys do.
        key: What its records are keyed by.
        kind: ``truth`` is kept for ever; ``derived`` can be computed again; ``compacted`` keeps the last of a key.
        settings: The broker settings that are compared at start.
    """

    name: str
    key: str
    kind: Literal["truth", "derived", "compacted"]
    settings: dict[str, str]


def _topic(name: str, key: str, kind: Literal["truth", "derived", "compacted"], **more: str) -> Topic:
    keep = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
    last = {"cleanup.policy": "compact"}
    common = {"message.timestamp.type": "LogAppendTime", "max.message.bytes": str(MAX_RECORD_BYTES)}
    return Topic(name, key, kind, (last if kind == "compacted" else keep) | common | more)


_SOON = {"segment.bytes": str(16 * 1024 * 1024)}
"""A segment that is still written to is never compacted: who reads such a topic whole at each start wants small ones."""

TOPICS: dict[str, Topic] = {
    topic.name: topic
    for topic in (
        _topic(EVENTS, "rootid", "truth"),
        _topic(RESTRICTED, "rootid", "truth"),
        _topic(KEYS, "rootid", "compacted"),
        _topic(REJECTED, "source", "truth"),
        _topic(HEARTBEATS, "source", "compacted"),
        _topic(FACTS, "<scope>:<id>", "derived"),
        _topic(ALERTS, "rootid, or <scope>:<id>", "derived"),
        _topic(STATE, "rootid, or @partition", "compacted"),
        _topic(GROUP_STATE, "<scope>:<id>, or @groups", "compacted"),
        _topic(COMMANDS, "target: an alert's or directive's id, <kind>/<name>", "truth"),
        _topic(DECISIONS, "target: an alert's or directive's id, <kind>/<name>", "truth"),
        _topic(DUTY_STATE, "target, or @duty", "compacted"),
        _topic(LATEST, "target, or @start", "compacted", **_SOON),
        _topic(RESTRICTED_REJECTED, "source", "truth"),
        _topic(RESTRICTED_ALERTS, "rootid", "derived"),
        _topic(RESTRICTED_STATE, "rootid, or @partition", "compacted"),
    )
}


def partition_of(key: str, count: int) -> int:
    """Return the partition of a key: ``(murmur2(utf-8 key) & 0x7fffffff) mod count``, as Kafka's own Java client does.

    It is computed here and passed explicitly by every producer, so that no client's default decides where a chain lives.
    """
    return (_murmur2(key.encode()) & 0x7FFFFFFF) % count


def _murmur2(data: bytes) -> int:
    """Kafka's 32-bit murmur2 (seed 0x9747b28c), as an unsigned integer."""
    length = len(data)
    mask, m = 0xFFFFFFFF, 0x5BD1E995
    h = 0x9747B28C ^ length
    whole = length & ~3
    for i in range(0, whole, 4):
        k = int.from_bytes(data[i : i + 4], "little") * m & mask
        h = (h * m & mask) ^ ((k ^ (k >> 24)) * m & mask)
    if length & 3:
        h = (h ^ int.from_bytes(data[whole:], "little")) * m & mask
    h = (h ^ (h >> 13)) * m & mask
    return h ^ (h >> 15)
