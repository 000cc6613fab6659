"""Sealing of personal data, and where a chain lives."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import murmur2

from contract.canonical import canonical_json
from contract.codec import from_json
from contract.registry import validate
from contract.seal import SealError, is_sealed, new_key, seal, seal_bytes, unseal, unseal_bytes, unwrap_key, wrap_key
from contract.topics import partition_of

PARTY = from_json(
    {
        "id": "p1",
        "source": "/court/京0105/zx",
        "type": "party.registered",
        "subject": "c-1",
        "time": "2024-03-01T09:30:00+08:00",
        "data": {"party_ref": "r1", "role": "被执行", "pii": {"name": "张三丰", "id_no": "110105199001010010"}},
    }
)


def test_sealing_is_deterministic_and_hides_every_byte() -> None:
    """A resend has the same bytes; no name or number stands in them; the seal is still a valid event."""
    key = new_key()
    sealed = seal(key, PARTY)
    text = canonical_json(sealed.data)
    assert seal(key, PARTY) == sealed
    assert seal(key, sealed) == sealed
    assert is_sealed(sealed)
    assert validate(sealed) == []
    for secret in ("张三丰", "110105199001010010"):
        assert secret.encode() not in text
    assert unseal(key, sealed) == {"name": "张三丰", "id_no": "110105199001010010"}


def test_a_seal_opens_only_for_its_event_and_key() -> None:
    """Moved to another event, changed, or under another chain's key, it stays shut."""
    key = new_key()
    sealed = seal(key, PARTY)
    with pytest.raises(SealError):
        unseal(key, msgspec.structs.replace(sealed, id="p2"))
    with pytest.raises(SealError):
        unseal(new_key(), sealed)


def test_a_chain_key_is_wrapped_for_its_chain() -> None:
    """The master key alone opens it, and only under its own rootid."""
    master, key = new_key(), new_key()
    wrapped = wrap_key(master, "c-1", key)
    assert unwrap_key(master, "c-1", wrapped) == key
    with pytest.raises(SealError):
        unwrap_key(master, "c-2", wrapped)
    with pytest.raises(SealError):
        unwrap_key(new_key(), "c-1", wrapped)


@given(st.binary(max_size=200))
def test_a_whole_body_is_sealed_for_its_place(body: bytes) -> None:
    """Dead letters keep the body, shut; the label says where it belongs."""
    master = bytes(range(64))
    sealed = seal_bytes(master, body, "court.events.v1:0:5")
    assert unseal_bytes(master, sealed, "court.events.v1:0:5") == (body or b"\x00")
    with pytest.raises(SealError):
        unseal_bytes(master, sealed, "court.events.v1:0:6")


def test_personal_data_in_another_type_is_refused() -> None:
    """Only types made for it carry ``pii``."""
    filed = msgspec.structs.replace(
        PARTY, type="cn.court.enforcement.case.filed.v1", data={"case_no": "x", "pii": {"name": "张三丰"}}
    )
    assert [(e.field, e.code) for e in validate(filed)] == [("data.pii", "pii_not_allowed")]


def test_errors_never_quote_personal_data() -> None:
    """A value in the wrong place is named by its field alone."""
    wrong = msgspec.structs.replace(PARTY, data={"party_ref": "r1", "role": "张三丰", "pii": {"name": 5, "张三丰": 1}})
    errors = validate(wrong)
    assert {e.field for e in errors} >= {"data.role"}
    assert not any("张三丰" in e.message for e in errors)


@given(st.text())
def test_the_partition_of_a_key_is_kafkas_own(key: str) -> None:
    """The same murmur2 as the Java and Python clients, checked against the latter."""
    raw = key.encode("utf-8", "surrogatepass")
    if raw.decode("utf-8", "ignore") != key:
        return
    assert partition_of(key, 64) == (murmur2(raw) & 0x7FFFFFFF) % 64


@pytest.mark.parametrize(("key", "partition"), [("c-1", 15), ("京0105-2024-000001", 22), ("", 25), ("案", 58)])
def test_known_partitions_never_change(key: str, partition: int) -> None:
    """These are fixed for ever: chains that moved would be split."""
    assert partition_of(key, 64) == partition
