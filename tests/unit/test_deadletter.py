"""Dead letters: sealed whole, readable enough to list, the same for the same record."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.deadletter import (
    ATTEMPTS_HEADER,
    Refused,
    Resolution,
    bury,
    from_kafka,
    note_from_kafka,
    note_to_kafka,
    open_body,
    to_kafka,
)
from contract.errors import FieldError, InvalidEvent, PoisonEvent
from contract.seal import SealError
from contract.topics import MAX_RECORD_BYTES

MASTER = bytes(range(64))
PLACE = {"topic": "court.events.v1", "partition": 3, "offset": 17, "appended_ms": 1_767_571_200_123}
ERROR = PoisonEvent("id_conflict", "two bodies under one id")


@given(
    key=st.none() | st.binary(max_size=300),
    value=st.none() | st.binary(max_size=300),
    headers=st.lists(st.tuples(st.text(max_size=20), st.none() | st.binary(max_size=50)), max_size=5),
)
def test_any_bytes_come_back_as_they_were(
    key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes | None]]
) -> None:
    """Whatever was written to the log, its letter keeps it, and its headers can be read."""
    refused = Refused(key, value, headers)
    letter = bury(refused, ERROR, **PLACE)
    _, sealed, written = to_kafka(letter, refused, MASTER)
    assert from_kafka(written) == letter
    assert open_body(letter, sealed, MASTER) == refused


def test_a_record_too_large_for_a_letter_is_left_in_its_place() -> None:
    """A letter always fits into one record, or the worker could never step past the record that it refuses."""
    refused = Refused(b"k", bytes(MAX_RECORD_BYTES - 1024), [])
    letter = bury(refused, ERROR, **PLACE)
    _, sealed, written = to_kafka(letter, refused, MASTER)
    assert len(sealed) + sum(len(name) + len(raw) for name, raw in written) < MAX_RECORD_BYTES
    assert open_body(letter, sealed, MASTER) == Refused(None, None, [], omitted=True)


@pytest.mark.parametrize("told", [b"9" * 20, b"-1", b"\xb2", b"", None])
def test_a_number_of_attempts_that_is_none_of_ours_counts_as_none(told: bytes | None) -> None:
    """The header can be written by anybody; the warehouse holds 32 bits."""
    assert bury(Refused(b"k", b"v", [(ATTEMPTS_HEADER, told)]), ERROR, **PLACE).attempts == 1


def test_the_repeat_after_a_crash_has_the_same_id_and_bytes() -> None:
    """Sealing is deterministic, and the id follows from the place."""
    refused = Refused(b"k", b"v", [("ce_source", b"/court/x/y")])
    assert to_kafka(bury(refused, ERROR, **PLACE), refused, MASTER) == to_kafka(bury(refused, ERROR, **PLACE), refused, MASTER)


def test_nothing_of_the_body_can_be_read_without_the_key() -> None:
    """Neither in the value nor in a header: an error tells fields and kinds, no values."""
    refused = Refused(
        b"chain", "张三 110101199003078515".encode(), [("ce_source", b"/court/x/y"), ("ce_time", "张三".encode())]
    )
    error = InvalidEvent((FieldError("time", "bad_instant", "'张三' is no instant"), FieldError("", "not_json", "no JSON")))
    letter = bury(refused, error, **PLACE)
    key, sealed, written = to_kafka(letter, refused, MASTER)
    for readable in (key, sealed, *(raw for _, raw in written)):
        assert "张三".encode() not in readable
        assert b"110101199003078515" not in readable
    assert letter.detail == "time [bad_instant]; body [not_json]"
    with pytest.raises(SealError):
        open_body(letter, sealed, bytes(64))


def test_attempts_count_what_a_replay_says() -> None:
    """The first refusal is attempt 1; a header that is no number counts as none."""
    for raw, attempts in (([], 1), ([(ATTEMPTS_HEADER, b"2")], 3), ([(ATTEMPTS_HEADER, b"-9")], 1)):
        assert bury(Refused(None, None, raw), ERROR, **PLACE).attempts == attempts


def test_a_note_is_told_from_a_letter() -> None:
    """Both lie in one topic under the source."""
    refused = Refused(None, None, [])
    letter = bury(refused, ERROR, **PLACE)
    note = Resolution(resolves=letter.id, how="dismissed", why="测试")
    key, value, headers = note_to_kafka(letter, note)
    assert (key, value) == (b"-", None)
    assert note_from_kafka(headers) == note
    assert note_from_kafka(to_kafka(letter, refused, MASTER)[2]) is None
    with pytest.raises(msgspec.ValidationError):
        from_kafka(headers)
