"""What tests ask of the duty room by the API of a wall, and what its refusals have."""

import uuid
from typing import Any

import httpx


def ask(client: httpx.Client, path: str, body: Any = None, **headers: str) -> httpx.Response:
    """Ask one thing, under a new key if none is given."""
    sent = {"Idempotency-Key": uuid.uuid4().hex, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return client.post(f"/api/v1{path}", json={} if body is None else body, headers=sent)


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Check a refusal; returns the problem."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    body: dict[str, Any] = answer.json()
    assert code in (body.get("code"), body["type"].rpartition("/")[2]), body
    assert any("\u4e00" <= char <= "\u9fff" for char in body["title"])
    return body
