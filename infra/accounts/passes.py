"""Passes: what the wall gives the gateway to prove who asks. Signed by a key of the data folder, for seconds and for one body.

A JWT (HS256 alone) with ``iss``, ``aud``, ``exp``, ``jti``, the principal, and the digest of the body that it goes with.
"""

import hashlib
import hmac
import secrets
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import jwt
import msgspec

from contract.duty.people import Principal
from contract.errors import YipanqiError
from infra.key_file import load_key

KEY_BYTES = 32
GOOD_S = 30
_ISSUER = "yipanqi-wall"
_AUDIENCE = "yipanqi-gateway"
_ALGORITHMS = ["HS256"]
_CLAIMS = ["iss", "aud", "exp", "iat", "jti"]


class PassRefused(YipanqiError):
    """A pass that doesn't count: forged, too old, for another body, or used before."""


def load_pass_key(data: Path, file: Path | None = None) -> bytes:
    """The key that the wall signs and the gateway checks with; made in the data folder if it isn't there.

    ``file``: it lies there, and is never made, since the other side may have another.

    Raises:
        KeyFileError: With what to do about it.
    """
    path = file or data / "keys" / "commands.key"
    new = None if file else partial(secrets.token_bytes, KEY_BYTES)
    return load_key(path, KEY_BYTES, "key of commands", new)


def sign(key: bytes, principal: Principal, body: bytes) -> str:
    """A pass for one body."""
    now = int(time.time())
    claims = {
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "iat": now,
        "exp": now + GOOD_S,
        "jti": secrets.token_hex(16),
        "principal": msgspec.to_builtins(principal),
        "body": hashlib.sha256(body).hexdigest(),
    }
    return jwt.encode(claims, key, _ALGORITHMS[0])


class Checker:
    """Checks passes; remembers those that were used for as long as they would hold.

    Args:
        key: The key that they are signed with.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._used: dict[str, float] = {}
        self._lock = threading.Lock()

    def principal(self, token: str, body: bytes) -> Principal:
        """Who asks.

        Raises:
            PassRefused: The pass doesn't count.
        """
        try:
            claims: dict[str, Any] = jwt.decode(
                token, self._key, _ALGORITHMS, audience=_AUDIENCE, issuer=_ISSUER, options={"require": _CLAIMS}
            )
            principal = msgspec.convert(claims.get("principal"), Principal)
        except (jwt.InvalidTokenError, msgspec.ValidationError) as error:
            raise PassRefused(f"the pass doesn't count: {error}") from None
        if not hmac.compare_digest(str(claims.get("body", "")), hashlib.sha256(body).hexdigest()):
            raise PassRefused("the pass is for another body")
        self._use(claims["jti"], float(claims["exp"]))
        return principal

    def _use(self, jti: str, ends_at: float) -> None:
        with self._lock:
            now = time.time()
            self._used = {used: ends for used, ends in self._used.items() if ends > now}
            if jti in self._used:
                raise PassRefused("the pass was used before")
            self._used[jti] = ends_at
