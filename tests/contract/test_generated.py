"""What is generated from the structs is what stands in the tree, and it is true."""

import json

import jsonschema
import msgspec
import pytest

from contract.codec import from_json, from_kafka, to_json, to_kafka
from contract.envelope import Event
from contract.examples import all_examples
from contract.generate import HERE, generated, schema
from contract.registry import EVENT_TYPES, decode, field_kinds, validate

EXAMPLES = all_examples()


def test_no_generated_file_is_missing_stale_or_left_over() -> None:
    """Generating again gives the committed bytes, and no file without a type lies beside them."""
    files = generated()
    for path, text in files.items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is stale: run `make contract`"
    present = set((HERE / "schemas").glob("*")) | set((HERE / "examples").glob("*"))
    assert present == {path for path in files if path.parent.parent == HERE}


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_the_example_of_a_type_is_valid_in_every_way(name: str) -> None:
    """Each committed example decodes, validates, obeys its schema, and survives Kafka and JSON unchanged."""
    event = from_json((HERE / "examples" / f"{name}.json").read_bytes())
    assert event == EXAMPLES[name]
    assert validate(event) == []
    assert decode(event) is not None
    jsonschema.validate(event.data, schema(EVENT_TYPES[name]))
    _, value, headers = to_kafka(event)
    assert from_kafka(value, headers) == event
    assert from_json(to_json(event)) == event


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_schema_and_struct_refuse_the_same_unknown_field(name: str) -> None:
    """A field that the struct doesn't know is refused by name, by the schema too."""
    event: Event = EXAMPLES[name]
    wrong = msgspec.structs.replace(event, data=(event.data or {}) | {"nmae": "x"})
    assert [(e.field, e.code) for e in validate(wrong)] == [("data.nmae", "unknown_field")]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong.data, schema(EVENT_TYPES[name]))


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_every_field_is_named_by_its_unit(name: str) -> None:
    """``_fen`` is an integer, ``on`` and ``_on`` a civil date, ``_at`` an instant: a reader knows the unit from the name."""
    for field, kind in field_kinds(name).items():
        if field.endswith("_fen"):
            assert kind == "integer", field
        if field == "on" or field.endswith("_on"):
            assert kind == "day", field
        if kind == "day":
            assert field == "on" or field.endswith("_on"), field
        if kind == "instant":
            assert field.endswith("_at") or field in {"at", "from"}, field


def test_every_type_says_what_it_means_in_both_languages() -> None:
    """The first line of each payload's docstring is its meaning, zh / en."""
    for kind in EVENT_TYPES.values():
        zh, en = kind.meaning
        assert zh, kind.name
        assert en, kind.name
    assert len({json.dumps(k.meaning) for k in EVENT_TYPES.values()}) == len(EVENT_TYPES)
