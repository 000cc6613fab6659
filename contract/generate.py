"""Writes what is generated from the structs: JSON Schema and an example for each type. Run by `make contract`.

A test generates again and compares, so that neither is ever edited by hand.
"""

import json
from pathlib import Path
from typing import Any

import msgspec

from contract.codec import to_json
from contract.envelope import full_type
from contract.examples import all_examples
from contract.registry import EVENT_TYPES, EventType

HERE = Path(__file__).parent


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
    body.pop("title", None)
    body.pop("description", None)
    out |= body
    if parts:
        out["$defs"] = parts
    return out


def generated() -> dict[Path, str]:
    """Return {path: text} of every generated file."""
    files: dict[Path, str] = {}
    for name, kind in EVENT_TYPES.items():
        files[HERE / "schemas" / f"{name}.json"] = _text(schema(kind))
    for name, event in all_examples().items():
        files[HERE / "examples" / f"{name}.json"] = _text(to_json(event))
    return files


def main() -> None:
    """Write all files and remove what no type stands for any more."""
    files = generated()
    for folder in {path.parent for path in files}:
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
