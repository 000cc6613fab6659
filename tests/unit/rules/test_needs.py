"""What an expression can't be true without: as its text says it, and as the evaluator has it."""

from typing import Any

import pytest

from streams.rules.expressions import Expression
from streams.rules.needs import needed

FOUND = [
    pytest.param("last('a').data.n == 1 && last('b').time > last('c').time", {"a", "b", "c"}, id="joined"),
    pytest.param("(seen('a') && seen('b')) || (seen('b') && seen('c'))", {"b"}, id="in either"),
    pytest.param("count('a', last('b').time) >= 0", {"b"}, id="what a call is given"),
    pytest.param("!(last('a').data.n == 2)", {"a"}, id="turned round"),
    pytest.param("-last('a').data['n'] < 5 + 1", {"a"}, id="below operators"),
    pytest.param("seen('a')", {"a"}, id="seen"),
    pytest.param("!seen('a')", set(), id="not seen"),
    pytest.param("seen('a') == false", set(), id="compared"),
    pytest.param("last('a') == null", set(), id="nothing at all"),
    pytest.param("!has(last('a').data)", set(), id="has"),
    pytest.param("last('a').data.n == 1 || true", set(), id="or anything"),
    pytest.param("true ? true : last('a').data.n == 1", set(), id="either branch"),
    pytest.param("[1].all(n, n == 1 || last('a').data.n == n)", set(), id="within a macro"),
]


@pytest.mark.parametrize(("text", "wanted"), FOUND)
def test_what_is_needed_is_found(text: str, wanted: set[str]) -> None:
    """No more than what the text shows."""
    assert needed(text) == wanted


@pytest.mark.parametrize(("text", "wanted"), FOUND)
def test_without_what_is_needed_it_is_never_true(text: str, wanted: set[str]) -> None:
    """Whatever else came: with one of these missing the evaluator doesn't say true."""
    there: dict[str, Any] = {"data": {"n": 1}, "time": 3}
    for missing in wanted:
        for others in (there, {"data": {"n": 7}, "time": 1}, None):
            values = {
                "last": lambda name, missing=missing, others=others: None if name == missing else others,
                "seen": lambda name, missing=missing, others=others: name != missing and others is not None,
                "count": lambda _name, _since=None: 1,
            }
            assert not Expression(text).holds(values)
