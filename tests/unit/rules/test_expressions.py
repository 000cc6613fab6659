"""What an expression does with values that don't fit."""

import pytest

from streams.rules.expressions import Expression


@pytest.mark.parametrize(
    "text",
    [
        "event.data.n / event.data.zero == 1",
        "event.data.n % event.data.zero == 0",
        "event.data.n + 9223372036854775807 > 0",
        "event.data.missing == 1",
        "event.data.text > 1",
        "event.data.list[5] == 1",
        "timestamp(event.data.text) > timestamp(event.data.text)",
        "event.data.n",
    ],
)
def test_what_cannot_be_told_is_false(text: str) -> None:
    """A division by zero, an overflow, a missing field, other types: none of them stops whoever judges."""
    data = {"n": 1, "zero": 0, "text": "x", "list": [1]}
    assert Expression(text).holds({"event": {"data": data}}) is False
