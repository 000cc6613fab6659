"""The contract as an AsyncAPI 3 document: topics are channels, event types are messages."""

from typing import Any

from contract import topics
from contract.catalogue import EVENT_TYPES, HEARTBEAT, EventType
from contract.codec import to_json
from contract.envelope import full_type
from contract.examples import example

_JSON_SCHEMA = "application/schema+json;version=2020-12"
_BINDING = "0.5.0"
_TEXT = {"type": "string"}
_INSTANT = {"type": "string", "format": "date-time"}
_HEADERS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_id": _TEXT,
        "ce_source": _TEXT,
        "ce_type": _TEXT,
        "ce_subject": _TEXT,
        "ce_time": _INSTANT,
        "ce_recordedtime": _INSTANT,
        "ce_receivedtime": _INSTANT,
        "ce_rootid": _TEXT,
        "ce_sequence": _TEXT,
        "ce_courtcode": _TEXT,
        "ce_correctionof": _TEXT,
        "ce_traceparent": _TEXT,
    },
    "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "ce_recordedtime"],
}


def document() -> dict[str, Any]:
    """Return the document; schemas are named by their files beside it."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Yipanqi 一盘棋",
            "version": "1.0.0",
            "description": "Events of the enforcement of court judgments. Within v1 there is only additive change.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {name: _channel(topic) for name, topic in topics.TOPICS.items()},
        "operations": _operations(),
        "components": {
            "messages": {name: _message(kind) for name, kind in EVENT_TYPES.items()},
            "messageTraits": {
                "cloudevent": {"headers": _HEADERS, "bindings": {"kafka": {"key": _TEXT, "bindingVersion": _BINDING}}}
            },
        },
    }


def channel_of(kind: EventType) -> str:
    """The topic that is the events' own; heartbeats are written to that of the events too."""
    if kind.name == HEARTBEAT:
        return topics.HEARTBEATS
    return topics.RESTRICTED if kind.restricted else topics.EVENTS


def _carried(topic: str) -> list[str]:
    """The types that a topic carries: its own, control events in every truth of facts, heartbeats among the events."""
    control = topic == topics.RESTRICTED
    return [
        name
        for name, kind in EVENT_TYPES.items()
        if channel_of(kind) == topic
        or (topic == topics.EVENTS and kind.name == HEARTBEAT)
        or (control and kind.sender == "system" and kind.name != "sys.dead_letter_resolved")
    ]


def _channel(topic: topics.Topic) -> dict[str, Any]:
    kafka = {"topic": topic.name, "topicConfiguration": _configuration(topic), "bindingVersion": _BINDING}
    return {
        "address": topic.name,
        "description": f"{topic.kind}; keyed by {topic.key}",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _carried(topic.name)},
        "bindings": {"kafka": kafka},
    }


def _configuration(topic: topics.Topic) -> dict[str, Any]:
    """The settings that the Kafka binding knows, in its types."""
    settings = topic.settings
    found: dict[str, Any] = {"cleanup.policy": settings["cleanup.policy"].split(",")}
    for name in ("retention.ms", "retention.bytes", "max.message.bytes"):
        if name in settings:
            found[name] = int(settings[name])
    return found


def _operations() -> dict[str, Any]:
    return {
        f"{action}.{topic}": {"action": action, "channel": {"$ref": f"#/channels/{topic}"}, "summary": summary}
        for topic in (topics.EVENTS, topics.RESTRICTED, topics.HEARTBEATS)
        for action, summary in (("send", "by the gateway and the clock"), ("receive", "by the stream processors"))
    }


def _message(kind: EventType) -> dict[str, Any]:
    zh, en = kind.meaning
    return {
        "name": full_type(kind.name),
        "title": zh,
        "summary": en,
        "contentType": "application/json",
        "payload": {"schemaFormat": _JSON_SCHEMA, "schema": {"$ref": f"./schemas/{kind.name}.json"}},
        "traits": [{"$ref": "#/components/messageTraits/cloudevent"}],
        "examples": [{"payload": to_json(example(kind.name))["data"]}],
    }
