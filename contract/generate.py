"""Writes what is generated from the structs: schemas, examples, AsyncAPI, pages. Run by `make contract`.

A test generates again and compares, so that neither is ever edited by hand.
"""

import json
from pathlib import Path
from typing import Any

import msgspec

from contract.asyncapi import document
from contract.catalogue import EVENT_TYPES, EventType
from contract.catalogue_page import page
from contract.codec import to_json
from contract.describe import meaning, part_of, unit
from contract.duty.rights_page import roles_page
from contract.envelope import full_type
from contract.examples import all_examples
from contract.indicators.page import indicators_page

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "catalogue.md"
ROLES = HERE.parent / "docs" / "roles.md"
INDICATORS = HERE.parent / "docs" / "indicators.md"


def schema(kind: EventType) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a type's data."""
    _, parts = msgspec.json.schema_components([kind.payload], ref_template="#/$defs/{name}")
    own = kind.payload.__name__
    body = parts.pop(own)
    zh, en = kind.meaning
    out: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:yipanqi:{full_type(kind.name)}",
        "title": full_type(kind.name),
        "x-name-zh": zh,
        "description": en,
    }
    if kind.pii:
        parts["Sealed"] = {
            "type": "object",
            "properties": {"sealed": {"type": "string"}},
            "required": ["sealed"],
            "additionalProperties": False,
        }
        body["properties"]["pii"]["anyOf"].append({"$ref": "#/$defs/Sealed"})
    _explain(kind.name, kind.payload, body)
    for part in _parts(kind.payload):
        _explain(kind.name, part, parts[part.__name__])
    body.pop("title", None)
    body.pop("description", None)
    out |= body
    if parts:
        out["$defs"] = parts
    return out


def _explain(name: str, struct: type[msgspec.Struct], body: dict[str, Any]) -> None:
    """Put unit, PII level and meaning beside each field."""
    for field in msgspec.structs.fields(struct):
        said = meaning(name, field.encode_name)
        body["properties"][field.encode_name] |= {
            "description": said.en,
            "x-name-zh": said.zh,
            "x-unit": unit(field.encode_name, msgspec.inspect.type_info(field.type)),
            "x-pii": said.pii,
        }


def _parts(struct: type[msgspec.Struct]) -> list[type[msgspec.Struct]]:
    """The structs that stand inside one."""
    found = [part for field in msgspec.structs.fields(struct) if (part := part_of(msgspec.inspect.type_info(field.type)))]
    return found + [inner for part in found for inner in _parts(part)]


def generated() -> dict[Path, str]:
    """Return {path: text} of every generated file."""
    files: dict[Path, str] = {}
    for name, kind in EVENT_TYPES.items():
        files[HERE / "schemas" / f"{name}.json"] = _text(schema(kind))
    for name, event in all_examples().items():
        files[HERE / "examples" / f"{name}.json"] = _text(to_json(event))
    files[HERE / "asyncapi.json"] = _text(document())
    files[PAGE] = page()
    files[ROLES] = roles_page()
    files[INDICATORS] = indicators_page()
    return files


def main() -> None:
    """Write all files and remove what no type stands for any more."""
    files = generated()
    for folder in (HERE / "schemas", HERE / "examples"):
        folder.mkdir(exist_ok=True)
        for old in set(folder.glob("*.json")) - set(files):
            old.unlink()
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    print(f"{len(files)} files written")


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    main()
