"""A signed webhook: the form of Standard Webhooks (headers webhook-id, webhook-timestamp, webhook-signature).

Gateways of a court's own network (SMS, telephone, any system not named here) sit behind it: ``kind`` says by what the person
shall be reached. The receiver checks the signature, refuses old timestamps, and drops an id that it has seen.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable

import msgspec

from infra.channels.base import Message, Receipt
from infra.channels.http import post


class Webhook:
    """One receiver.

    Args:
        name: As in the configuration.
        url: Where to post.
        secret: Shared secret; the base64 form with the prefix ``whsec_`` is decoded first.
        kind: ``webhook``, ``sms`` or ``call``.
    """

    def __init__(
        self,
        name: str,
        url: str,
        secret: str,
        kind: str = "webhook",
        per_minute: float = 60.0,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self.per_minute = per_minute
        self._url, self._kind, self._now = url, kind, now
        self._key = base64.b64decode(secret.removeprefix("whsec_")) if secret.startswith("whsec_") else secret.encode()

    def send(self, message: Message, address: str) -> Receipt:
        """Post it; a receiver may answer {"id": …, "delivered": true}."""
        body = msgspec.json.encode({"kind": self._kind, "to": address, **msgspec.structs.asdict(message)})
        stamp = str(int(self._now()))
        headers = {
            "webhook-id": message.id,
            "webhook-timestamp": stamp,
            "webhook-signature": signature(self._key, message.id, stamp, body),
        }
        answer = post(self._url, body, headers)
        return Receipt(provider_id=str(answer.get("id", "")), delivered=answer.get("delivered") is True)


def signature(key: bytes, name: str, stamp: str, body: bytes) -> str:
    """``v1,`` and the base64 of HMAC-SHA256 over ``<id>.<timestamp>.<body>``."""
    mac = hmac.new(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(mac).decode()
