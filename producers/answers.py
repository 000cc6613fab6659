"""What the gateway answers: one event by itself, or a batch event by event."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.responses import Response

from contract.envelope import Event
from contract.errors import InvalidEvent
from producers.log import Position
from producers.problems import Problem, error_members, refused
from producers.requests import Batch, Raw

_JSON = "application/json"
_MAX_ECHO = 256


class Accepted(msgspec.Struct, frozen=True):
    """An event that is in the log; ``conflict``: another body came under its name lately."""

    event: Event
    position: Position
    conflict: bool


def answer(batch: Batch, outcomes: Sequence[Accepted | InvalidEvent]) -> Response:
    """Answer a request whose events were each accepted or refused.

    A single event: 202, or a problem. A batch: 202 if all were accepted, 207 if some, 422 if none; always with one result for
    each event, in order.
    """
    if batch.single:
        outcome = outcomes[0]
        if isinstance(outcome, InvalidEvent):
            return refused(outcome.errors).response()
        return Response(msgspec.json.encode(_accepted(outcome)), HTTPStatus.ACCEPTED, media_type=_JSON)
    results = [_result(index, raw, one) for index, (raw, one) in enumerate(zip(batch.events, outcomes, strict=True))]
    count = sum(isinstance(outcome, Accepted) for outcome in outcomes)
    members = {"accepted": count, "refused": len(outcomes) - count, "results": results}
    if outcomes and not count:
        return Problem("invalid-event", "no event of the batch was accepted", extra=members).response()
    status = HTTPStatus.ACCEPTED if count == len(outcomes) else HTTPStatus.MULTI_STATUS
    return Response(msgspec.json.encode(members), status, media_type=_JSON)


def _accepted(outcome: Accepted) -> dict[str, Any]:
    event, position = outcome.event, outcome.position
    members: dict[str, Any] = {
        "source": event.source,
        "id": event.id,
        "partition": position.partition,
        "offset": position.offset,
    }
    if outcome.conflict:
        text = "another body was sent under this source and id; one of the two counts, the other goes to the dead letters"
        members["warnings"] = [{"code": "id_conflict", "detail": text}]
    return members


def _result(index: int, raw: Raw, outcome: Accepted | InvalidEvent) -> dict[str, Any]:
    if isinstance(outcome, Accepted):
        return {"index": index, "status": int(HTTPStatus.ACCEPTED), **_accepted(outcome)}
    problem = refused(outcome.errors)
    errors = [error_members(error) for error in problem.errors]
    return {"index": index, "status": problem.status, **_name(raw), "errors": errors}


class _Name(msgspec.Struct):
    source: str = ""
    id: str = ""


def _name(raw: Raw) -> dict[str, str]:
    """Source and id of a refused event as far as they can be read, so that its sender finds it."""
    try:
        name = msgspec.json.decode(raw, type=_Name) if isinstance(raw, bytes) else msgspec.convert(raw, _Name)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return {key: value[:_MAX_ECHO] for key, value in (("source", name.source), ("id", name.id)) if value}
