"""Sealing of personal data: AES-SIV, a key for each chain, wrapped by a master key.

Sealing is deterministic: the same data under the same (source, id) and chain key gives the same bytes, so that a resend
is a resend. Without the chain key nothing can be read; a tombstone in the key topic shreds a chain's personal data.
"""

import base64
import os
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from contract.canonical import canonical_json
from contract.envelope import Event
from contract.errors import YipanqiError

KEY_BYTES = 64
"""AES-256-SIV takes two keys of 256 bits."""


class SealError(YipanqiError):
    """A sealed field or a wrapped key cannot be opened: wrong key, or changed bytes."""


def new_key() -> bytes:
    """Return a fresh key for a chain, or a master key."""
    return os.urandom(KEY_BYTES)


def wrap_key(master: bytes, rootid: str, key: bytes) -> bytes:
    """Return a chain's key, sealed by the master key, as it stands in the key topic."""
    return AESSIV(master).encrypt(key, [b"yipanqi-key-v1", rootid.encode()])


def unwrap_key(master: bytes, rootid: str, wrapped: bytes) -> bytes:
    """Return a chain's key.

    Raises:
        SealError: The master key is another one, or the bytes were changed.
    """
    return _open(master, wrapped, [b"yipanqi-key-v1", rootid.encode()])


def seal(key: bytes, event: Event) -> Event:
    """Return the event with ``data.pii`` sealed; as it is if there is none or it is sealed already."""
    if event.data is None or is_sealed(event) or event.data.get("pii") is None:
        return event
    text = base64.b64encode(AESSIV(key).encrypt(canonical_json(event.data["pii"]), _associated(event)))
    return msgspec.structs.replace(event, data=event.data | {"pii": {"sealed": text.decode()}})


def unseal(key: bytes, event: Event) -> dict[str, Any] | None:
    """Return the plain ``data.pii`` of a sealed event, or None if it has none.

    Raises:
        SealError: The key is another one, or the bytes were changed.
    """
    if event.data is None or event.data.get("pii") is None:
        return None
    value: dict[str, Any] = msgspec.json.decode(_open(key, base64.b64decode(event.data["pii"]["sealed"]), _associated(event)))
    return value


def is_sealed(event: Event) -> bool:
    """Whether ``data.pii`` is there and sealed."""
    pii = None if event.data is None else event.data.get("pii")
    return isinstance(pii, dict) and set(pii) == {"sealed"}


def seal_bytes(master: bytes, body: bytes, label: str) -> bytes:
    """Seal a whole refused body for the dead letters; ``label`` says where it belongs and is checked on opening."""
    return AESSIV(master).encrypt(body or b"\x00", [b"yipanqi-body-v1", label.encode()])


def unseal_bytes(master: bytes, sealed: bytes, label: str) -> bytes:
    """Return a sealed body.

    Raises:
        SealError: The master key or the label is another one, or the bytes were changed.
    """
    return _open(master, sealed, [b"yipanqi-body-v1", label.encode()])


def _associated(event: Event) -> list[bytes]:
    return [b"yipanqi-pii-v1", event.source.encode(), event.id.encode()]


def _open(key: bytes, sealed: bytes, associated: list[bytes]) -> bytes:
    try:
        return AESSIV(key).decrypt(sealed, associated)
    except InvalidTag:
        raise SealError("cannot be opened: another key, or the bytes were changed") from None
