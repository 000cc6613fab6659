"""The OpenAPI description of the gateway."""

from functools import cache
from importlib.metadata import version
from typing import Any

from contract.codec import EXTENSIONS
from contract.registry import EVENT_TYPES
from producers.problems import KINDS, MEDIA_TYPE
from producers.requests import BATCHED, BINARY, STRUCTURED

_STATUS_TEXT = {
    "400": "The body is no JSON.",
    "408": "The body did not arrive in time.",
    "413": "More than 1 MiB an event, 8 MiB or 10,000 events a batch.",
    "415": "No CloudEvents content type.",
    "422": "Every error that was found; in a batch, no event was accepted.",
    "429": "The broker is behind; send it again after Retry-After seconds.",
    "503": "The broker is away; send it again after Retry-After seconds, which is always safe.",
}


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Yipanqi gateway", "version": version("yipanqi"), "summary": "Courts send events here."},
        "paths": {
            "/events": {"post": _post()},
            "/health/live": {"get": _plain("The process runs.")},
            "/health/ready": {"get": _plain("Events can be taken; 503 with the reason otherwise.")},
            "/metrics": {"get": _plain("Metrics in the Prometheus text format.")},
        },
        "components": {"schemas": {"Event": _event(), "Accepted": _accepted(), "Batch": _batch(), "Problem": _problem()}},
    }


def _post() -> dict[str, Any]:
    answers: dict[str, Any] = {
        "202": _json("Every event is in the log.", {"oneOf": [_ref("Accepted"), _ref("Batch")]}),
        "207": _json("Some events of the batch are in the log; each has a result.", _ref("Batch")),
    }
    for status, text in _STATUS_TEXT.items():
        answers[status] = {"description": text, "content": {MEDIA_TYPE: {"schema": _ref("Problem")}}}
    for status in ("429", "503"):
        answers[status]["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    content = {
        STRUCTURED: {"schema": _ref("Event")},
        BATCHED: {"schema": {"type": "array", "items": _ref("Event")}},
        BINARY: {"schema": {"type": "object", "description": "The data; the attributes travel as ce- headers."}},
    }
    return {
        "operationId": "sendEvents",
        "summary": "Send events; answered when the log has them. Sending again is always safe.",
        "requestBody": {"required": True, "content": content},
        "responses": answers,
    }


def _event() -> dict[str, Any]:
    text = {"type": "string"}
    instant = {"type": "string", "format": "date-time", "description": "RFC 3339 with offset."}
    extensions = {name: text for name in EXTENSIONS if name != "receivedtime"}
    named = {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "minLength": 1, "description": "Unique in its source."},
        "source": {"type": "string", "examples": ["/court/京0105/filing"]},
        "type": {
            "type": "string",
            "description": "cn.court.enforcement.<name>.v1, its short form, or x.<name> for foreign events.",
            "examples": [name for name, kind in EVENT_TYPES.items() if kind.sender == "court"],
        },
        "subject": {"type": "string", "description": "The sender's stable case id, at most 128 bytes."},
        "data": {"type": "object", "description": "The payload; its schema is contract/schemas/<type>.json."},
    }
    properties = extensions | named | {"time": instant, "recordedtime": instant}
    required = ["specversion", "id", "source", "type", "subject", "time"]
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def _accepted() -> dict[str, Any]:
    place = {"partition": {"type": "integer"}, "offset": {"type": "integer"}}
    properties = {
        "source": {"type": "string"},
        "id": {"type": "string"},
        **place,
        "warnings": {"type": "array", "items": {"type": "object"}},
    }
    return {"type": "object", "required": ["source", "id", "partition", "offset"], "properties": properties}


def _batch() -> dict[str, Any]:
    result = {
        "type": "object",
        "required": ["index", "status"],
        "properties": {"index": {"type": "integer"}, "status": {"type": "integer"}},
    }
    count = {"type": "integer"}
    properties = {"accepted": count, "refused": count, "results": {"type": "array", "items": result}}
    return {"type": "object", "required": list(properties), "properties": properties}


def _problem() -> dict[str, Any]:
    text = {"type": "string"}
    error = {"type": "object", "properties": dict.fromkeys(("field", "pointer", "code", "detail"), text)}
    properties = {
        "type": {"enum": [f"/problems/{kind}" for kind in KINDS]},
        "title": text,
        "status": {"type": "integer"},
        "detail": text,
        "errors": {"type": "array", "items": error},
    }
    return {"type": "object", "required": ["type", "title", "status", "detail"], "properties": properties}


def _json(text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _plain(text: str) -> dict[str, Any]:
    return {"summary": text, "responses": {"200": {"description": text}}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
