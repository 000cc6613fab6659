"""Passwords and random secrets: how they are made, and what of them is kept."""

import hashlib
import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from infra.accounts.errors import AccountError

MIN_LENGTH = 12
MAX_LENGTH = 256
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without i, l, o, 0 and 1: a first password is typed from a screen or a slip of paper."""

_HASHER = PasswordHasher()  # argon2id with the second set of RFC 9106: 64 MiB, 3 passes, 4 lanes
_AT_ONCE = threading.BoundedSemaphore(2)
"""Each verification takes 64 MiB and some 50 ms of a core: a flood of logins shall wait, not fill the memory."""

_NOBODY = _HASHER.hash(secrets.token_hex(16))
"""What a password for an unknown name is compared with, so that it takes as long as for a known one."""


def new_password() -> str:
    """A first password: 4 × 4 characters, 79 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def new_secret() -> str:
    """A secret that no person types: 256 bits."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is kept of such a secret; it has enough bits of its own to need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def hash_password(password: str) -> str:
    """The argon2id hash of a password.

    Raises:
        AccountError: It is too short or too long.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise AccountError(f"a password has from {MIN_LENGTH} to {MAX_LENGTH} characters; this one has {len(password)}")
    with _AT_ONCE:
        return _HASHER.hash(password)


def is_password(password: str, known: str | None) -> bool:
    """Whether a password is the one of a hash; None (an unknown name) takes as long and is false."""
    if len(password) > MAX_LENGTH:
        password, known = "", None
    with _AT_ONCE:
        try:
            return _HASHER.verify(known or _NOBODY, password) and known is not None
        except (VerifyMismatchError, InvalidHashError):
            return False
