"""The signed manifest of a file of events: ``NAME.jsonl.sig`` beside ``NAME.jsonl``, copied after it.

    yipanqi-drop: 1
    file: 2024-03.jsonl
    court: 京0105
    bytes: 1843200
    lines: 4211
    sha256: 9f86d081…
    signature: <base64>

UTF-8, each line ended by a line feed, in this order. The signature (Ed25519) is over all bytes before its own line. A manifest
without its last line feed isn't complete yet.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from contract.errors import YipanqiError

SUFFIX: Final = ".sig"
_NAME = re.compile(r"[\w-][\w.-]*\.jsonl")
_MAX_NAME_BYTES = 200  # beside it we write names that are longer, and a file system takes 255
_SIGNATURE = b"signature: "
_FORM = re.compile(
    r"yipanqi-drop: 1\nfile: ([^\n]+)\ncourt: ([^\n]+)\nbytes: (\d{1,15})\nlines: (\d{1,12})\nsha256: ([0-9a-f]{64})\n"
)


class DropError(YipanqiError):
    """A file that can't be taken, or a key that is none; the text says why and what to do."""


class Manifest(msgspec.Struct, frozen=True):
    """What a court says of a file: its name, whose it is, how long it is, and its digest."""

    file: str
    court: str
    size: int
    lines: int
    sha256: str

    def text(self) -> bytes:
        """The bytes that are signed."""
        return (
            f"yipanqi-drop: 1\nfile: {self.file}\ncourt: {self.court}\nbytes: {self.size}\nlines: {self.lines}\n"
            f"sha256: {self.sha256}\n"
        ).encode()


def is_name(name: str) -> bool:
    """Whether a file of that name is taken: `NAME.jsonl`, without a folder, at most 200 bytes."""
    return _NAME.fullmatch(name) is not None and len(name.encode()) <= _MAX_NAME_BYTES


def is_complete(raw: bytes) -> bool:
    """Whether a manifest was copied to its end."""
    return raw.endswith(b"\n") and b"\n" + _SIGNATURE in raw


def read_manifest(raw: bytes) -> tuple[Manifest, bytes]:
    """Read a manifest; returns it and its signature, which isn't verified yet.

    Raises:
        DropError: It has another form.
    """
    head, _, tail = raw.partition(_SIGNATURE)
    try:
        match = _FORM.fullmatch(head.decode())
        signature = base64.b64decode(tail.removesuffix(b"\n"), validate=True)
    except (UnicodeDecodeError, binascii.Error):
        match = None
    if match is None or not is_name(match[1]) or base64.b64encode(signature) + b"\n" != tail:
        raise DropError("the manifest has another form than docs/joining.md says; make it with `yipanqi dropbox sign`")
    return Manifest(match[1], match[2], int(match[3]), int(match[4]), match[5]), signature


def is_signed(manifest: Manifest, signature: bytes, public: Iterable[bytes]) -> bool:
    """Whether one of some public keys made the signature."""
    return any(_verifies(key, manifest.text(), signature) for key in public)


def _verifies(public: bytes, text: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except InvalidSignature:
        return False
    return True


def describe(path: Path, court: str) -> Manifest:
    """The manifest of a file as it lies there.

    Raises:
        DropError: Its name is none that is taken.
    """
    if not is_name(path.name):
        raise DropError(
            f"{path.name}: a file to be dropped is called NAME.jsonl, of letters, digits, '_', '-' and '.', at most 200 bytes"
        )
    hasher, lines, size = hashlib.sha256(), 0, 0
    with path.open("rb") as file:
        for line in file:
            hasher.update(line)
            lines, size = lines + 1, size + len(line)
    return Manifest(path.name, court, size, lines, hasher.hexdigest())


def sign(manifest: Manifest, key: Ed25519PrivateKey) -> bytes:
    """The manifest with its signature, as it is dropped."""
    text = manifest.text()
    return text + _SIGNATURE + base64.b64encode(key.sign(text)) + b"\n"


def new_key() -> tuple[bytes, bytes]:
    """A new pair as PEM: (private, public)."""
    key = Ed25519PrivateKey.generate()
    return (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    )


def private_key(pem: bytes) -> Ed25519PrivateKey:
    """Read a private key; raises DropError."""
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise DropError("no Ed25519 private key in PEM; make one with `yipanqi dropbox key` or `openssl genpkey`")
    return key


def public_key(pem: bytes) -> bytes:
    """Read a public key, 32 bytes; raises DropError."""
    try:
        key = load_pem_public_key(pem)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise DropError("no Ed25519 public key in PEM; `yipanqi dropbox key` writes one beside the private key")
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)
