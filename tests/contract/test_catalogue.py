"""What each type and field means is said once, and what is generated of it keeps to the rules of its format."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import jsonschema
import msgspec
import pytest

from contract.asyncapi import channel_of, document
from contract.catalogue import EVENT_TYPES, RESTRICTED_TYPES
from contract.describe import describe, meanings
from contract.examples import example
from contract.generate import HERE, PAGE, schema
from contract.registry import validate
from contract.topics import EVENTS, HEARTBEATS, RESTRICTED, TOPICS

DOCUMENT = document()
SEALED = {"party.registered", "clue.received", "pers.interference_recorded", "pet.received", "aid.need_flagged"}


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_every_field_says_unit_level_and_meaning(name: str) -> None:
    """Each field, and each field of a part, has a unit, a PII level and a meaning in both languages."""
    for doc in describe(EVENT_TYPES[name]):
        assert doc.unit, doc
        assert re.search(r"[\u4e00-\u9fff]", doc.zh), doc
        assert doc.en, doc
        assert doc.pii in {"P0", "P1", "P2", "P3"}, doc


def test_no_meaning_is_left_over() -> None:
    """Each line of the table is used by a field."""
    used = {name for kind in EVENT_TYPES.values() for name in (doc.name.split(".")[-1] for doc in describe(kind))}
    special = {f"{kind.name}.{doc.name.split('.')[-1]}" for kind in EVENT_TYPES.values() for doc in describe(kind)}
    assert set(meanings()) <= used | special


def test_what_is_personal_stands_under_pii_alone() -> None:
    """P2 and P3 occur under `pii` and nowhere else, only in the types made for it; officers and parties are pseudonyms."""
    for kind in EVENT_TYPES.values():
        for doc in describe(kind):
            if not doc.name.startswith("pii"):
                assert doc.pii in {"P0", "P1"}, (kind.name, doc.name)
                assert doc.pii == "P1" or not doc.name.endswith(("officer_id", "judge_id", "debtor_ref", "handler_id")), doc
            else:
                assert kind.pii, kind.name
    assert {kind.name for kind in EVENT_TYPES.values() if kind.pii} == SEALED


def test_an_id_of_a_type_is_a_field_of_it() -> None:
    """The ids by which events are joined are fields of the payload and texts."""
    for kind in EVENT_TYPES.values():
        units = {doc.name: doc.unit for doc in describe(kind)}
        assert {units.get(name) for name in kind.ids} <= {"text"}, kind.name


def test_records_of_interference_are_restricted() -> None:
    """Interference has a topic of its own; the quarterly count and everything else is common."""
    assert {"pers.interference_recorded", "pers.interference_reported"} == RESTRICTED_TYPES
    assert {channel_of(EVENT_TYPES[name]) for name in RESTRICTED_TYPES} == {RESTRICTED}
    assert channel_of(EVENT_TYPES["pers.quarterly_report"]) == EVENTS
    assert channel_of(EVENT_TYPES["sys.feed_heartbeat"]) == HEARTBEATS


def references(value: Any) -> Iterator[str]:
    """Every `$ref` of a document."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    """Internal pointers resolve, and schemas are files beside it."""
    for reference in references(DOCUMENT):
        if reference.startswith("#/"):
            found: Any = DOCUMENT
            for step in reference[2:].split("/"):
                found = found[step]
        else:
            assert (HERE / reference).is_file(), reference


def test_the_asyncapi_document_keeps_to_the_rules_of_version_3() -> None:
    """Keys, channels, messages and operations are as AsyncAPI 3.0 has them: each topic a channel, each type in one."""
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert set(DOCUMENT) == {"asyncapi", "info", "defaultContentType", "channels", "operations", "components"}
    assert {"title", "version"} <= set(DOCUMENT["info"])
    keys = [*DOCUMENT["channels"], *DOCUMENT["operations"], *DOCUMENT["components"]["messages"]]
    assert all(re.fullmatch(r"[\w.\-]+", key) for key in keys)
    assert set(DOCUMENT["channels"]) == set(TOPICS)
    for name, channel in DOCUMENT["channels"].items():
        assert channel["address"] == name
        assert set(channel) == {"address", "description", "messages", "bindings"}
    for operation in DOCUMENT["operations"].values():
        assert operation["action"] in {"send", "receive"}
        assert set(operation["channel"]) == {"$ref"}
    for name, message in DOCUMENT["components"]["messages"].items():
        assert set(message) == {"name", "title", "summary", "contentType", "payload", "traits", "examples"}
        assert name in DOCUMENT["channels"][channel_of(EVENT_TYPES[name])]["messages"]
        jsonschema.validate(message["examples"][0]["payload"], schema(EVENT_TYPES[name]))


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_a_schema_is_a_schema_and_explains_its_fields(name: str) -> None:
    """Each committed schema is JSON Schema 2020-12 and says unit, level and meaning of each field."""
    found = json.loads((HERE / "schemas" / f"{name}.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(found)
    for field in found["properties"].values():
        assert {"description", "x-name-zh", "x-unit", "x-pii"} <= set(field)
    assert set(found["properties"]) == {f.encode_name for f in msgspec.structs.fields(EVENT_TYPES[name].payload)}


def test_the_page_names_every_type_once() -> None:
    """The catalogue's page has a head line for each type and no broken table."""
    text = PAGE.read_text("utf-8")
    for name in EVENT_TYPES:
        assert text.count(f"| **`{name}`**") == 1, name
    assert {line.replace("\\|", "").count("|") for line in text.splitlines() if line.startswith("|")} == {6}


@pytest.mark.parametrize("name", [name for name, kind in EVENT_TYPES.items() if kind.has_on])
def test_on_is_the_civil_date_of_time_in_every_type(name: str) -> None:
    """A type that has `on` is refused with a day that is not the civil date of its time; a day later in Shanghai is right."""
    right = example(name)
    wrong = msgspec.structs.replace(right, data=(right.data or {}) | {"on": "2024-03-02"})
    assert [(error.field, error.code) for error in validate(wrong)] == [("data.on", "on_is_not_time")]
    late = msgspec.structs.replace(wrong, time=datetime(2024, 3, 1, 16, tzinfo=UTC))
    assert validate(late) == []
