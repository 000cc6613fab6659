"""Group robots of 企业微信, 钉钉 and 飞书: signatures, limits and the error codes that they put into a 200 answer.

Limits are the providers' published ones less some air: what is over them is dropped or blocked by the provider, so we never get
there. 企业微信: 20 a minute, text up to 2,048 bytes. 钉钉: 20 a minute, beyond it blocked for ten minutes.
飞书: 100 a minute and 5 a second, body up to 20 KB.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import msgspec

from infra.channels.base import Message, Receipt, Rejected, Throttled, clipped
from infra.channels.http import post

Now = Callable[[], float]
_WECOM_BYTES, _DINGTALK_BYTES, _FEISHU_BYTES = 2048, 4000, 18_000
_MINUTE_S, _BLOCKED_S = 60.0, 600.0


class WeCom:
    """A group robot of 企业微信; an address is the mobile number to mention."""

    per_minute = 15.0

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self._url = url

    def send(self, message: Message, address: str) -> Receipt:
        """Send as text: markdown can't mention anybody."""
        mention = {"mentioned_mobile_list": [address]} if address else {}
        body = {"msgtype": "text", "text": {"content": clipped(_text(message), _WECOM_BYTES), **mention}}
        answer = post(self._url, msgspec.json.encode(body))
        _check(answer, "errcode", "errmsg", throttled={45009: _MINUTE_S})
        return Receipt()


class DingTalk:
    """A group robot of 钉钉 with signature; an address is the mobile number to mention."""

    per_minute = 15.0

    def __init__(self, name: str, url: str, secret: str, now: Now = time.time) -> None:
        self.name = name
        self._url, self._secret, self._now = url, secret, now

    def send(self, message: Message, address: str) -> Receipt:
        """Send; the signature goes into the address."""
        stamp = str(round(self._now() * 1000))
        signature = quote(_sign(self._secret, f"{stamp}\n{self._secret}"), safe="")
        separator = "&" if "?" in self._url else "?"
        body = {
            "msgtype": "text",
            "text": {"content": clipped(_text(message) + (f"\n@{address}" if address else ""), _DINGTALK_BYTES)},
            "at": {"atMobiles": [address] if address else []},
        }
        answer = post(f"{self._url}{separator}timestamp={stamp}&sign={signature}", msgspec.json.encode(body))
        _check(answer, "errcode", "errmsg", throttled={130101: _BLOCKED_S, 410100: _BLOCKED_S})
        return Receipt()


class Feishu:
    """A group robot of 飞书 with signature; an address is the open id to mention."""

    per_minute = 60.0

    def __init__(self, name: str, url: str, secret: str, now: Now = time.time) -> None:
        self.name = name
        self._url, self._secret, self._now = url, secret, now

    def send(self, message: Message, address: str) -> Receipt:
        """Send; the key of the signature is the text itself, the message empty."""
        stamp = str(int(self._now()))
        mention = f'\n<at user_id="{address}"></at>' if address else ""
        body = {
            "timestamp": stamp,
            "sign": _sign(f"{stamp}\n{self._secret}", ""),
            "msg_type": "text",
            "content": {"text": clipped(_text(message), _FEISHU_BYTES) + mention},
        }
        answer = post(self._url, msgspec.json.encode(body))
        _check(answer, "code", "msg", throttled={11232: _MINUTE_S, 9499: _MINUTE_S})
        return Receipt()


def _text(message: Message) -> str:
    parts = [message.title, message.text, message.link]
    return "\n".join(part for part in parts if part)


def _sign(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def _check(answer: dict[str, Any], code_field: str, text_field: str, throttled: dict[int, float]) -> None:
    """Read the code in a 200 answer.

    Raises:
        Throttled: It says that there were too many.
        Rejected: It says anything but 0, or nothing: a robot that took a message says so.
    """
    code = answer.get(code_field)
    if code == 0:
        return
    if not isinstance(code, int):
        raise Rejected(f"the answer has no {code_field}: it is not the robot that answered")
    text = f"{code_field} {code}: {str(answer.get(text_field, ''))[:200]}"
    if code in throttled:
        raise Throttled(text, throttled[code])
    raise Rejected(text)
