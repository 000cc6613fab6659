"""What a handler of the fold is, and how it copies fields."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Data = dict[str, Any]
Handler = Callable[[Data, Data], None]
"""(values of the case, data of the event): changes the values in place."""


class Handled(NamedTuple):
    """What the fold does with a type: the handler, and every field of the event that it reads.

    ``dated``: a field of which the event's time holds the place where it is missing.
    """

    handler: Handler
    fields: frozenset[str]
    dated: str = ""


def handled(handler: Handler, *fields: str, dated: str = "") -> Handled:
    """A handler with the fields that it reads."""
    return Handled(handler, frozenset(fields), dated)


def fill(target: Data, data: Mapping[str, Any], **names: str) -> None:
    """Take the fields that are there: ``fill(asset, data, price_fen="price_fen")`` reads the field on the right."""
    for name, field in names.items():
        value = data.get(field)
        if value is not None:
            target[name] = value
