"""The way from the relay to a gateway: a batch of events, and what became of each."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, Self

import httpx
import msgspec

from producers.relay.errors import Away
from producers.requests import BATCHED

_TIMEOUT_S = 30.0
_TOKEN_WAIT_S = 15.0
_TAKEN = frozenset({HTTPStatus.ACCEPTED, HTTPStatus.MULTI_STATUS, HTTPStatus.UNPROCESSABLE_ENTITY})
_OF_A_WHOLE_BODY = frozenset({"/problems/malformed-body", "/problems/too-large"})


class Refusal(msgspec.Struct, frozen=True):
    """Why the gateway will never take an event as it is: the code of its first error, and every error in words."""

    code: str
    reason: str


class _Error(msgspec.Struct):
    field: str = ""
    code: str = ""
    detail: str = ""


class _Result(msgspec.Struct):
    index: int
    status: int
    errors: list[_Error] = []


class _Answer(msgspec.Struct):
    type: str = ""
    detail: str = ""
    results: list[_Result] = []


class GatewayPost:
    """Posts batches of events to one gateway.

    Args:
        url: Its address, e.g. ``http://127.0.0.1:8001``.
        token: Reads the feed's token, "" = none; asked for each batch, so that a new one needs no restart.
    """

    def __init__(self, url: str, token: Callable[[], str]) -> None:
        self._url = url.rstrip("/") + "/events"
        self._token = token
        self._client = httpx.Client(timeout=_TIMEOUT_S)

    def send(self, events: Sequence[bytes]) -> list[Refusal | None]:
        """Send events in order; returns for each None when the log has it, or why it was refused.

        A batch that the gateway can't take apart is sent by halves, so that one bad event costs one event.

        Raises:
            Away: Some may be in the log. Send all of them again.
        """
        response = self._post(b"[" + b",".join(events) + b"]")
        answer = _read(response)
        if response.status_code in _TAKEN and [one.index for one in answer.results] == list(range(len(events))):
            return [_refusal(one) for one in answer.results]
        if answer.type in _OF_A_WHOLE_BODY:
            if len(events) == 1:
                return [Refusal(answer.type.rpartition("/")[2], answer.detail)]
            half = len(events) // 2
            return self.send(events[:half]) + self.send(events[half:])
        raise _away(response, answer)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _post(self, body: bytes) -> httpx.Response:
        headers = {"Content-Type": BATCHED}
        if token := self._token():
            headers["Authorization"] = f"Bearer {token}"
        try:
            return self._client.post(self._url, content=body, headers=headers)
        except httpx.TransportError as error:
            raise Away("connection", f"the gateway {self._url} does not answer: {error or type(error).__name__}") from None


def _read(response: httpx.Response) -> _Answer:
    try:
        return msgspec.json.decode(response.content, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _Answer()


def _refusal(one: _Result) -> Refusal | None:
    if one.status == HTTPStatus.ACCEPTED:
        return None
    texts = [f"{error.field}: {error.detail} [{error.code}]".removeprefix(": ") for error in one.errors]
    return Refusal(one.errors[0].code if one.errors else str(one.status), "; ".join(texts) or f"status {one.status}")


def _away(response: httpx.Response, answer: _Answer) -> Away:
    status, said = response.status_code, answer.detail or response.reason_phrase
    after = response.headers.get("retry-after", "")
    wait_s = float(after) if after.isdigit() else 0.0
    if status == HTTPStatus.UNAUTHORIZED:
        return Away("token", f"the gateway does not know this feed's token: {said}", _TOKEN_WAIT_S)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Away("busy", f"the gateway is busy: {said}", wait_s)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return Away("broker", f"the gateway can't reach its broker: {said}", wait_s)
    return Away("answer", f"the gateway, or something before it, answered {status}: {said}", wait_s)


def refused_locally(event: bytes, limit: int) -> Refusal | None:
    """What would spoil a batch and needs no gateway to be told: no JSON object, or too large."""
    if len(event) > limit:
        return Refusal("too_large", f"an event has at most {limit} bytes [too_large]")
    try:
        value: Any = msgspec.json.decode(event)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Refusal("not_json", f"no JSON: {error} [not_json]")
    return None if isinstance(value, dict) else Refusal("not_an_object", "an event is a JSON object [not_an_object]")
