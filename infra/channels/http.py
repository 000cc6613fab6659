"""Posting JSON to a provider, with its ways of saying no made one: robots answer HTTP 200 with an error code in the body."""

from collections.abc import Mapping
from typing import Any

import httpx

from infra.channels.base import Rejected, Throttled, Unreachable

TIMEOUT_S = 5.0
_RETRY_S = 60.0


def post(url: str, content: bytes, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Post JSON; returns the answer's JSON object, {} if it has none.

    Raises:
        Throttled: 429, with the provider's Retry-After if it gave one.
        Rejected: Any other status of 400 to 499, or a redirect.
        Unreachable: No answer, a status of 500 and above, or an answer that is no JSON where there is one.
    """
    try:
        answer = httpx.post(
            url, content=content, headers={"Content-Type": "application/json", **(headers or {})}, timeout=TIMEOUT_S
        )
    except httpx.HTTPError as error:
        # The address of a robot holds its secret: the error is told without it.
        raise Unreachable(f"no answer: {type(error).__name__}") from None
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise Throttled("429 Too Many Requests", _seconds(answer.headers.get("Retry-After")))
    if answer.status_code >= 500:
        raise Unreachable(f"HTTP {answer.status_code}")
    if answer.status_code >= 300:
        raise Rejected(f"HTTP {answer.status_code}")
    return _object(answer)


def _object(answer: httpx.Response) -> dict[str, Any]:
    if not answer.content.strip():
        return {}
    try:
        found = answer.json()
    except ValueError:
        raise Unreachable("the answer is no JSON: a proxy or a login page stands between") from None
    return found if isinstance(found, dict) else {}


def _seconds(text: str | None) -> float:
    try:
        return max(1.0, float(text or ""))
    except ValueError:
        return _RETRY_S
