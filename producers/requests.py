"""CloudEvents over HTTP: structured, batched and binary mode, read with limits on size."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import msgspec
from starlette.requests import Request

from contract.codec import no_json
from contract.errors import FieldError
from contract.topics import MAX_BATCH_BYTES, MAX_EVENT_BYTES
from producers.problems import Problem, refused

STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"
BINARY = "application/json"
MAX_BATCH_EVENTS = 10_000
"""Each event of a batch gets an answer of its own; 8 MiB of commas shall not become a gigabyte of answers."""

Raw = bytes | Mapping[str, Any]


class Batch(msgspec.Struct, frozen=True):
    """Events of one request, not yet decoded; ``single`` for one that came alone."""

    events: list[Raw]
    single: bool


def declared_size(request: Request) -> int:
    """The bytes that a request says its body has, or the most that it may have."""
    declared = request.headers.get("content-length", "")
    return min(int(declared), MAX_BATCH_BYTES) if declared.isdigit() else MAX_BATCH_BYTES


async def read_events(request: Request) -> Batch:
    """Read the events of a request.

    Raises:
        Problem: The request is no CloudEvents request, too large, or can't be taken apart.
    """
    media, charset = _media_type(request)
    binary = any(name.startswith(b"ce-") for name, _ in request.headers.raw)
    if (coding := request.headers.get("content-encoding", "identity").lower()) != "identity":
        raise Problem("unsupported-media-type", f"Content-Encoding {coding} is not understood; send the body as it is")
    if charset not in {"", "utf-8", "utf8"}:
        raise Problem("unsupported-media-type", f"charset {charset!r} is not understood; send UTF-8")
    if media == BATCHED:
        return Batch(_split(await read_body(request, MAX_BATCH_BYTES)), single=False)
    if media == STRUCTURED:
        return Batch([await read_body(request, MAX_EVENT_BYTES)], single=True)
    if binary and media in {"", BINARY}:
        return Batch([_binary(request, await read_body(request, MAX_EVENT_BYTES))], single=True)
    what = f"{media} is not understood" if media else "there is no Content-Type"
    raise Problem("unsupported-media-type", f"{what}; send {STRUCTURED}, {BATCHED}, or {BINARY} with ce- headers")


def _media_type(request: Request) -> tuple[str, str]:
    media, *parameters = request.headers.get("content-type", "").lower().split(";")
    named = dict(parameter.strip().partition("=")[::2] for parameter in parameters)
    return media.strip(), named.get("charset", "").strip('"')


def bearer(request: Request) -> str:
    """The token of ``Authorization: Bearer …``, "" if there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def read_body(request: Request, limit: int) -> bytes:
    """Read the body; what is too large is refused as soon as that is known.

    Raises:
        Problem: It is.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise _too_large(limit)
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        parts.append(part)
    return b"".join(parts)


def _too_large(limit: int) -> Problem:
    return Problem("too-large", f"the body has more than {limit} bytes; events may have 1 MiB, batches 8 MiB, commands 64 KiB")


def _split(body: bytes) -> list[Raw]:
    """Take a batch apart without decoding its events, so that one bad event costs one event."""
    try:
        events = msgspec.json.decode(body, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem("malformed-body", f"the body is no JSON array of events: {error}") from None
    if len(events) > MAX_BATCH_EVENTS:
        raise Problem("too-large", f"a batch has at most {MAX_BATCH_EVENTS} events")
    return [bytes(event) for event in events]


def _binary(request: Request, body: bytes) -> dict[str, Any]:
    """Attributes from ``ce-`` headers (percent-encoded UTF-8, or UTF-8 as it is), data from the body."""
    attributes: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name, raw in request.headers.raw:
        if not name.startswith(b"ce-"):
            continue
        key = name[3:].decode("latin-1")
        if key in attributes:
            errors.append(FieldError(key, "repeated", f"the header ce-{key} stands twice"))
        try:
            attributes[key] = unquote(raw.decode(), errors="strict")
        except UnicodeDecodeError:
            errors.append(FieldError(key, "bad_encoding", f"the header ce-{key} is no percent-encoded UTF-8"))
    if "specversion" not in attributes:
        errors.append(FieldError("specversion", "missing", "binary mode needs the header ce-specversion: 1.0"))
    if body:
        try:
            attributes["data"] = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise refused((FieldError("", "not_json", no_json(error)),)) from None
    if errors:
        raise refused(tuple(errors))
    return attributes
