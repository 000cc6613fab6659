"""A case as a bundle: everything that the log says of one chain, in a file that can be verified without us.

Events, what the engine raised and took back, and what the duty room decided, each record with the bytes that lie in the log,
its position and its digest; the summary of each case; a manifest; and the script that verifies all of it
(`dashboards.exports.bundle_check`, which needs Python alone). Personal data stays sealed. The same state gives the same bytes.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any

import msgspec

from contract.canonical import canonical_json
from contract.codec import from_kafka
from contract.errors import YipanqiError
from contract.times import format_instant
from contract.topics import ALERTS, DECISIONS, EVENTS
from dashboards.exports import bundle_check
from dashboards.exports.log_records import Fetched, Place, fetch
from dashboards.store import CaseRow, Store
from infra.clickhouse.client import ClickHouse

_SCRIPT = "verify.py"
_README = """一盘棋 案件证据包

本包为案件链 {rootid} 在事件日志中的全部记录：法院上报的事件、监督预警及其变更、处置与督办。个人信息均为密封状态。
核验（只需 Python 3.9 以上，不联网）：

    unzip -p {name} verify.py > verify.py && python3 verify.py {name}

核验逐字节检查本包，重算每一事件的摘要与每一预警、变更、决定的编号，并核对证据是否齐备。
本包是否整体伪造，须与导出时告知的 SHA-256 比对，或以 yipanqi export check 与日志比对。

Case bundle of Yipanqi. The script verifies every byte and computes each digest and id again; whether the whole was made up
is told by the SHA-256 that was given at export, or by `yipanqi export check` against the log. Files: docs/exports.md.
"""


class Bundle(msgspec.Struct, frozen=True):
    """A bundle: the file's bytes and what they hold."""

    raw: bytes
    events: int
    alerts: int
    decisions: int

    @property
    def sha256(self) -> str:
        """What is told beside the file, so that a whole one can't be exchanged."""
        return hashlib.sha256(self.raw).hexdigest()


class Chain(msgspec.Struct, frozen=True):
    """A chain as the warehouse knows it: its cases, and where its records lie."""

    rootid: str
    cases: tuple[CaseRow, ...]
    places: tuple[Place, ...]


class Several(YipanqiError):
    """A name that leads to more than one chain.

    Attributes:
        cases: What the asker sees of them.
    """

    def __init__(self, name: str, cases: Sequence[CaseRow]) -> None:
        chains = ", ".join(dict.fromkeys(row.rootid for row in cases))
        super().__init__(f"cases of several chains are called {name!r}: ask for one of {chains}")
        self.cases = tuple(cases)


def find_chain(client: ClickHouse, name: str, sees: Callable[[CaseRow], bool] = lambda _: True) -> Chain | None:
    """A chain by its rootid, else by the subject, else by the number of one of its cases.

    A chain of which the asker sees no case is as one that isn't there. None where nothing else is called so.

    Args:
        client: Of the warehouse.
        name: Rootid, subject or case number.
        sees: Whether the asker sees a case.

    Raises:
        Several: The number lies in several chains, and the asker sees cases of more than one.
    """
    store = Store(client)
    for by in ("rootid", "subject", "case_no"):
        called = store.cases(by, name)
        chains = {rootid: tuple(store.cases("rootid", rootid)) for rootid in dict.fromkeys(row.rootid for row in called)}
        seen = {rootid: cases for rootid, cases in chains.items() if any(map(sees, cases))}
        if len(seen) > 1:
            raise Several(name, [row for cases in seen.values() for row in cases if sees(row)])
        for rootid, cases in seen.items():
            return Chain(rootid, cases, tuple(sorted(_places(client, rootid))))
    return None


def _places(client: ClickHouse, rootid: str) -> set[Place]:
    named: dict[str, Any] = {"rootid": rootid}
    events = client.query_rows("SELECT partition, offset FROM events FINAL WHERE rootid = %(rootid)s", named)
    alerts = client.query_rows("SELECT log_partition, log_offset, id FROM alerts FINAL WHERE rootid = %(rootid)s", named)
    decided = client.query_rows(
        "SELECT partition, offset FROM log WHERE topic = %(topic)s AND error = ''"
        " AND (has(%(alerts)s, key) OR JSONExtractString(value, 'record', 'rootid') = %(rootid)s)",
        named | {"topic": DECISIONS, "alerts": sorted({row[2] for row in alerts}) or [""]},
    )
    return {
        *(Place(EVENTS, int(row[0]), int(row[1])) for row in events),
        *(Place(ALERTS, int(row[0]), int(row[1])) for row in alerts),
        *(Place(DECISIONS, int(row[0]), int(row[1])) for row in decided),
    }


def make_bundle(
    chain: Chain, bootstrap: str, *, name: str, made_at: datetime | None, hides: Callable[[bytes], bool] = lambda _: False
) -> Bundle:
    """Make the bundle of a chain; blocks.

    Args:
        chain: The chain.
        bootstrap: The broker.
        name: What the file will be called.
        made_at: The time that the data live at.
        hides: Whether a decision, given as its bytes, is not for whom the bundle is made; it is left out then.

    Raises:
        LogAway: Some of it can't be had.
    """
    found = fetch(bootstrap, chain.places)
    shown = [one for one in found if one.place.topic != DECISIONS or one.value is None or not hides(one.value)]
    return bundle_of(chain, shown, name=name, made_at=made_at)


def bundle_of(chain: Chain, records: Sequence[Fetched], *, name: str, made_at: datetime | None) -> Bundle:
    """The bundle of a chain, of records that were fetched."""
    lines = {topic: [line for line in records if line.place.topic == topic] for topic in (EVENTS, ALERTS, DECISIONS)}
    about = {
        "bundle": 1,
        "rootid": chain.rootid,
        "made_at": None if made_at is None else format_instant(made_at),
        "positions": _positions(records),
    }
    members = {
        bundle_check.EVENTS: _jsonl(_event(line) for line in lines[EVENTS]),
        bundle_check.ALERTS: _jsonl(_record(line) for line in lines[ALERTS]),
        bundle_check.DECISIONS: _jsonl(_record(line) for line in lines[DECISIONS]),
        "cases.json": canonical_json(msgspec.to_builtins(chain.cases)),
        "README.txt": _README.format(rootid=chain.rootid, name=name).encode(),
        _SCRIPT: files("dashboards.exports").joinpath("bundle_check.py").read_bytes(),
    }
    raw = bundle_check.pack(bundle_check.sealed(members, about))
    return Bundle(raw, *(len(lines[topic]) for topic in (EVENTS, ALERTS, DECISIONS)))


def differences(raw: bytes, bootstrap: str) -> list[str]:
    """The records of a bundle that the log has otherwise, each by its place; none if they are what lies in the log.

    Raises:
        LogAway: The log has nothing there, or doesn't answer.
    """
    members = bundle_check.members_of(raw)
    names = (bundle_check.EVENTS, bundle_check.ALERTS, bundle_check.DECISIONS)
    told = {
        Place(line["topic"], line["partition"], line["offset"]): line["record"]
        for name in names
        for line in bundle_check.lines_of(members, name)
    }
    there = {record.place: _record(record)["record"] for record in fetch(bootstrap, told)}
    return [f"{place.topic} {place.partition}:{place.offset}" for place, digest in told.items() if there[place] != digest]


def _positions(records: Sequence[Fetched]) -> dict[str, list[int]]:
    """First and last offset of each partition that has something."""
    found: dict[str, list[int]] = {}
    for record in records:
        name = f"{record.place.topic}:{record.place.partition}"
        first, _ = found.get(name, (record.place.offset, 0))
        found[name] = [first, record.place.offset]
    return found


def _record(record: Fetched) -> dict[str, Any]:
    line: dict[str, Any] = {
        "topic": record.place.topic,
        "partition": record.place.partition,
        "offset": record.place.offset,
        "append_ms": record.append_ms,
        "key": record.key.decode(),
        "value": None if record.value is None else record.value.decode(),
        "headers": [[name, None if value is None else value.decode()] for name, value in record.headers],
    }
    return line | {"record": bundle_check.record_digest(line)}


def _event(record: Fetched) -> dict[str, Any]:
    return _record(record) | {"digest": from_kafka(record.value, record.headers).digest.hex()}


def _jsonl(lines: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(canonical_json(line) + b"\n" for line in lines)
