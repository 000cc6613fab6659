"""Verify a case bundle: `python3 verify.py BUNDLE.zip`. Needs Python 3.9 or newer and nothing else; reads the file only.

Every byte of the file is accounted for: the archive is the one that its members make, each member has the SHA-256 that the
manifest says, and the manifest the one beside it. Beyond that, what the members say is computed again: that each event's
digest is that of its canonical JSON (RFC 8785), that events belong to the chain, that ids of alerts, of their transitions
and of decisions are made of what they name, and that the evidence of each alert is in the bundle.

It can't tell whether a whole bundle was made up: for that compare its SHA-256 with the one that was told when it was made, or
its records with the log (`yipanqi export check`).
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import struct
import sys
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EVENTS, ALERTS, DECISIONS = "events.jsonl", "alerts.jsonl", "decisions.jsonl"
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
_NOT_DIGESTED = ("receivedtime", "traceparent")
_ABSENT = b"\xff" * 8
_REBUILD = "/sys/rebuild"

Line = dict[str, Any]


def canonical(value: Any) -> bytes:
    """The RFC 8785 form of a JSON value."""
    return _written(value).encode()


def _written(value: Any) -> str:
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{_written(name)}:{_written(value[name])}" for name in names) + "}"
    return json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    """As ECMAScript writes it: the shortest digits, an exponent only from 22 digits or seven zeros on."""
    if not math.isfinite(value):
        raise ValueError("no JSON number")
    if value == 0:
        return "0"
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, part = mantissa.partition(".")
    written = (whole + part).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + part) - len(written))
    digits = written.rstrip("0")
    if 0 < point <= 21:
        text = digits[:point].ljust(point, "0") + ("." + digits[point:] if len(digits) > point else "")
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        text = digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + f"e{point - 1:+d}"
    return ("-" if value < 0 else "") + text


def short_id(kind: str, *parts: Any) -> str:
    """An id: the first 16 bytes, in hex, of SHA-256 over the canonical array of its parts."""
    return hashlib.sha256(canonical([kind, 1, *parts])).digest()[:16].hex()


def pack(members: dict[str, bytes]) -> bytes:
    """The archive of some members: stored, in the order of their names, dated 1980-01-01."""
    body, directory = io.BytesIO(), io.BytesIO()
    for name in sorted(members):
        data, raw, offset = members[name], name.encode(), body.tell()
        head = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 33, zlib.crc32(data), len(data), len(data), len(raw), 0)
        body.write(b"PK\x03\x04" + head + raw + data)
        directory.write(b"PK\x01\x02" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, offset) + raw)
    start, listed, count = body.tell(), directory.getvalue(), len(members)
    body.write(listed + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(listed), start, 0))
    return body.getvalue()


def sealed(members: dict[str, bytes], about: dict[str, Any]) -> dict[str, bytes]:
    """The members with a manifest of them, which says ``about`` too, and its digest."""
    files = {name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in members.items()}
    manifest = canonical({**about, "files": files})
    return {**members, MANIFEST: manifest, SEAL: hashlib.sha256(manifest).hexdigest().encode() + b"\n"}


def record_digest(line: Line) -> str:
    """SHA-256 of one record of the log, laid out as docs/proof.md says, from its line in the bundle."""
    fields = [line["key"], line["value"]]
    for name, value in line["headers"]:
        fields += [name, value]
    out = struct.pack(">QQQ", line["offset"], line["append_ms"], len(fields))
    for field in fields:
        raw = None if field is None else field.encode()
        out += _ABSENT if raw is None else struct.pack(">Q", len(raw)) + raw
    return hashlib.sha256(out).hexdigest()


def attributes_of(line: Line) -> dict[str, Any]:
    """The event of a line as a structured CloudEvent."""
    found = {name[3:]: value for name, value in line["headers"] if name.startswith("ce_")}
    if line["value"] is not None:
        found.update(datacontenttype="application/json", data=json.loads(line["value"]))
    return found


def event_digest(attributes: dict[str, Any]) -> str:
    """SHA-256 of an event without what differs between two deliveries of it."""
    kept = {name: value for name, value in attributes.items() if name not in _NOT_DIGESTED}
    return hashlib.sha256(canonical(kept)).hexdigest()


def members_of(raw: bytes) -> dict[str, bytes]:
    """What an archive holds, by name."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def lines_of(members: dict[str, bytes], name: str) -> list[Line]:
    """The lines of a member; raises ValueError for one that isn't canonical."""
    lines = [json.loads(raw) for raw in members[name].splitlines()]
    if b"".join(canonical(line) + b"\n" for line in lines) != members[name]:
        raise ValueError(f"{name} is no canonical JSON")
    return lines


def check(raw: bytes) -> list[str]:
    """Everything that is wrong with a bundle; nothing if it is whole."""
    try:
        members = members_of(raw)
        if pack(members) != raw:
            return ["the archive has other bytes than its members make"]
        return [*_sealing(members), *_contents(members)]
    except Exception as error:  # noqa: BLE001 - whatever a changed byte makes of it, it is not whole
        return [f"it can't be read: {type(error).__name__}: {error}"]


def _sealing(members: dict[str, bytes]) -> Iterator[str]:
    manifest = json.loads(members[MANIFEST])
    if canonical(manifest) != members[MANIFEST]:
        yield f"{MANIFEST} is no canonical JSON"
    if members[SEAL] != hashlib.sha256(members[MANIFEST]).hexdigest().encode() + b"\n":
        yield f"{SEAL} is not the SHA-256 of {MANIFEST}"
    named = manifest["files"]
    for name in sorted(set(named) ^ (set(members) - {MANIFEST, SEAL})):
        yield f"{name} is in the archive or in the manifest, but not in both"
    for name in sorted(set(named) & set(members)):
        found = {"bytes": len(members[name]), "sha256": hashlib.sha256(members[name]).hexdigest()}
        if found != named[name]:
            yield f"{name} has another SHA-256 than the manifest says"


def _contents(members: dict[str, bytes]) -> Iterator[str]:
    rootid = json.loads(members[MANIFEST])["rootid"]
    lines = {name: lines_of(members, name) for name in (EVENTS, ALERTS, DECISIONS)}
    places: set[tuple[str, int, int]] = set()
    for name, found in lines.items():
        for number, line in enumerate(found, 1):
            place = line["topic"], line["partition"], line["offset"]
            if record_digest(line) != line["record"]:
                yield f"{name}, line {number}: the digest of the record is another"
            if place in places:  # beside the record that lies there, one that was made up would pass for it
                yield f"{name}, line {number}: another line has the same place in the log"
            places.add(place)
    refs: set[tuple[str, str]] = set()
    for number, line in enumerate(lines[EVENTS], 1):
        yield from (f"{EVENTS}, line {number}: {text}" for text in _event(line, rootid, refs))
    for number, line in enumerate(lines[ALERTS], 1):
        yield from (f"{ALERTS}, line {number}: {text}" for text in _alert(json.loads(line["value"]), rootid, refs))
    for number, line in enumerate(lines[DECISIONS], 1):
        told = json.loads(line["value"])
        if told["target"] != line["key"] or told["id"] != short_id("decision", told["target"], told["position"], told["n"]):
            yield f"{DECISIONS}, line {number}: the id of the decision is made of something else"


def _event(line: Line, rootid: str, refs: set[tuple[str, str]]) -> Iterator[str]:
    attributes = attributes_of(line)
    ref = attributes["source"], attributes["id"]
    if event_digest(attributes) != line["digest"]:
        yield "the digest of the event is another"
    if line["value"] is not None and canonical(attributes["data"]).decode() != line["value"]:
        yield "its data is no canonical JSON"
    if not rootid == line["key"] == attributes.get("rootid", attributes["subject"]):
        yield "it belongs to another chain"
    pii = (attributes.get("data") or {}).get("pii")
    if pii is not None and set(pii) != {"sealed"}:
        yield "its personal data is not sealed"
    if ref in refs:
        yield "its event is in the bundle twice"
    refs.add(ref)


def _alert(told: dict[str, Any], rootid: str, refs: set[tuple[str, str]]) -> Iterator[str]:
    alert = told["alert"]
    if told["rootid"] != rootid:
        yield "it belongs to another chain"
    parts: list[Any] = [alert["id"], told["transition"], told["position"]]
    if told["cause"] and told["cause"][0] == _REBUILD:
        made = short_id("recomputed", *parts, hashlib.sha256(canonical(alert)).hexdigest())
    else:
        made = short_id("transition", *parts)
    if told["id"] != made:
        yield "the id of the transition is made of something else"
    named = alert["version"].partition("@")[0], alert["rule"], f"{alert['scope']}:{alert['subject']}", alert["key"]
    armings: list[Any] = [None, *([*ref] for ref in sorted(refs)), *alert["evidence"]]
    if not any(alert["id"] == short_id("alert", *named, alert["element"], arming) for arming in armings):
        yield "the id of the alert is made of something else"
    for source, name in alert["evidence"]:
        if not source.startswith("/sys/") and (source, name) not in refs:
            yield f"its evidence {source} {name} is not in the bundle"


def main(arguments: Sequence[str]) -> int:
    """Verify the file that is named; the exit status says how it went."""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    raw = Path(arguments[0]).read_bytes()
    problems = check(raw)
    for text in problems:
        print(f"WRONG  {text}")
    print(f"SHA-256 of the file: {hashlib.sha256(raw).hexdigest()}")
    if not problems:
        print("the bundle is whole: every byte of it is accounted for")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
