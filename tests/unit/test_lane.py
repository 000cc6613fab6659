"""A lane buries whatever it cannot apply: no bytes of a record stop a worker."""

from pathlib import Path

import msgspec
import pytest
from fetched import Fetched

from contract import codec
from contract.errors import InvalidEvent, PoisonEvent
from contract.topics import EVENTS
from streams.shell.cores import core_factory
from streams.shell.lane import Lane

_EXAMPLE = Path(codec.__file__).parent / "examples" / "objection.received.json"


@pytest.fixture
def lane() -> Lane:
    """A lane of a simulated line that has begun."""
    made = Lane(0, core_factory(None), {})
    key, value, headers = codec.to_kafka(codec.from_json((_EXAMPLE.parent / "sys.line_started.json").read_bytes()))
    made.apply(Fetched(EVENTS, 0, 0, key=key, value=value, headers=headers))
    return made


@pytest.mark.parametrize("name", ["ce_id", "ce_source", "ce_type", "ce_time"])
@pytest.mark.parametrize("raw", [None, b"", b"\xff", b"9999-12-31T23:59:59Z", "京".encode()])
def test_whatever_stands_in_a_header_is_buried_at_most(lane: Lane, name: str, raw: bytes | None) -> None:
    """Kafka gives headers of any bytes, and without a value too."""
    event = codec.from_json(_EXAMPLE.read_bytes())
    key, value, headers = codec.to_kafka(msgspec.structs.replace(event, receivedtime=event.recordedtime))
    changed = [(header, raw if header == name else told) for header, told in headers]
    record = Fetched(EVENTS, 0, 1, key=key, value=value, headers=changed)
    try:
        lane.apply(record)
    except (InvalidEvent, PoisonEvent) as error:
        lane.refuse(record, error)
    assert lane.next == 2
