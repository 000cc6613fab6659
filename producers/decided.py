"""A decision as an HTTP answer: accepted 200; refused 403 who may not, 404 what isn't there, 422 what can't be, else 409."""

from http import HTTPStatus

import msgspec
from starlette.responses import Response

from contract.duty.decisions import Decision, for_asker
from producers.commands import Pending
from producers.problems import Problem

_JSON = "application/json"
_WHERE = "/api/v1/duty/commands/"
"""Where the wall tells what became of a command."""

FORBIDDEN = frozenset(
    [
        "kiosk_read_only",
        "forged_system",
        "named_person",
        "system_only",
        "only_by_events",
        "role_may_not",
        "not_your_court",
        "not_superior",
        "own_court_only",
        "not_party",
        "other_side",
        "self_approval",
        "technical_only",
        "not_of_the_desk",
        "outside_subtree",
        "order_upward",
        "not_your_turn",
        "not_on_post",
        "self_swap",
        "swap_needs_consent",
        "not_offered",
        "other_desk",
    ]
)
UNKNOWN = frozenset({"unknown_target", "unknown_page", "no_override", "no_swap"})
INVALID = frozenset(
    [
        "no_reason",
        "reason_missing",
        "no_evidence",
        "evidence_too_long",
        "no_text",
        "text_missing",
        "too_far",
        "too_long",
        "too_short",
        "bad_span",
        "empty_span",
        "empty_answer",
        "unknown_court",
        "unknown_zone",
        "no_rotations",
        "due_missing",
        "due_past",
        "in_the_past",
        "past_deadline",
        "no_such_level",
        "self_directed",
        "request_downward",
        "not_next",
        "not_sendable",
        "wrong_tier",
        "other_court_merge",
        "other_courts",
        "no_common_superior",
        "circle",
    ]
)


def kind_of(code: str) -> str:
    """The kind of problem that a refusal is; what isn't named otherwise is a conflict with how things stand."""
    if code == "stale_version":
        return code.replace("_", "-")
    named = (("forbidden", FORBIDDEN), ("unknown-target", UNKNOWN), ("invalid-command", INVALID))
    return next((kind for kind, codes in named if code in codes), "conflict")


def answer(outcome: Decision | Pending) -> Response:
    """What the gateway answers a command."""
    if isinstance(outcome, Pending):
        where = _WHERE + outcome.command
        body = {"command": outcome.command, "status": "pending", "look": where}
        return Response(msgspec.json.encode(body), HTTPStatus.ACCEPTED, {"Location": where}, _JSON)
    outcome = for_asker(outcome)
    etag = {"ETag": f'"{outcome.version}"'}
    if outcome.outcome != "refused":
        return Response(msgspec.json.encode({"decision": outcome}), HTTPStatus.OK, etag, _JSON)
    extra = {"code": outcome.code, "version": outcome.version, "decision": outcome, **outcome.detail}
    response = Problem(kind_of(outcome.code), outcome.reason, extra=extra).response()
    if outcome.version:
        response.headers.update(etag)
    return response
