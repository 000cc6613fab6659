"""Tries one expression of a rule: every name in it, what its calls name, and its value on the contract's examples."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from contract.calendar import calendar_named
from contract.envelope import Event
from contract.examples import example
from contract.limits import PeriodError, parse_at, parse_limit
from contract.registry import EVENT_TYPES, field_kinds
from streams.rules.checks import Refuse, check_reference, is_expression, types_of
from streams.rules.derived import DERIVED
from streams.rules.expressions import Expression
from streams.rules.functions import date_functions, day_of
from streams.rules.model import Pack
from streams.rules.paths import check_names
from streams.rules.references import parse_reference
from streams.rules.shapes import ANY, SCALAR, Fields, Shape, event_shape, payload_shape
from streams.rules.syntax import SyntaxProblem, read
from streams.rules.vocabulary import GROUP_NAMES, REFERENCE_CALLS, case_example, case_shape, group_example, group_shape

Verdict = Callable[[Any], str | None]
"""What is wrong with a value, or None."""

_MOST_EXAMPLES = 12


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """What an expression may read.

    Attributes:
        events: Variables that are events, with the types that they may be of.
        scope: The scope of the rule, for ``chain``, ``debtor`` and ``officer``.
        params: The rule's ``p``.
        element: What ``it`` looks like; None where there is none.
        elements: Examples of ``it``.
        numbers: Further names, each with an example number.
        has_case: Whether there is a ``case``: wherever there is an event.
    """

    events: dict[str, list[str]] = {}
    scope: str = "case"
    params: dict[str, Any] = {}
    element: Any = None
    elements: Sequence[Any] = ()
    numbers: dict[str, int] = {}
    has_case: bool = True

    def roots(self) -> dict[str, Shape]:
        """The variables with their shapes."""
        roots: dict[str, Shape] = {name: event_shape(types) for name, types in self.events.items()}
        roots |= dict.fromkeys(self.numbers, SCALAR) | {"p": Fields(dict.fromkeys(self.params, SCALAR))}
        if self.has_case:
            roots["case"] = case_shape()
        if self.scope in GROUP_NAMES and self.has_case:
            roots[self.scope] = group_shape()
        if self.element is not None:
            roots["it"] = self.element
        return roots


class Trial:
    """Tries the expressions of one rule of a pack."""

    def __init__(self, pack: Pack, refuse: Refuse) -> None:
        """Take the pack, for its foreign types, zone and calendar, and how to refuse."""
        self._pack = pack
        self._refuse = refuse
        self._zone = ZoneInfo(pack.timezone)

    def check(self, field: str, text: str, sight: Sight, verdict: Verdict) -> Shape:
        """Check one expression, if there is one; returns the shape of its value."""
        if not text:
            return ANY
        try:
            shape = check_names(text, sight.roots())
            expression = Expression(text)
        except (ValueError, SyntaxProblem) as error:
            raise self._refuse(field, str(error)) from None
        self._check_calls(field, text, sight)
        self._run(field, expression, sight, verdict)
        return shape

    def is_limit(self, value: Any) -> str | None:
        """What is wrong with a value of ``within``."""
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str) and not is_expression(item):
                try:
                    parse_limit(item)
                except PeriodError as error:
                    return str(error)
                continue
            if isinstance(item, int) and not isinstance(item, bool):
                continue
            try:
                day_of(item, self._zone)
            except (TypeError, ValueError):
                return (
                    f"must give a limit such as '10 calendar_days', a number of calendar days, a date or a list, not {item!r}"
                )
        return None

    def _check_calls(self, field: str, text: str, sight: Sight) -> None:
        """Check what calls over the history name: references, the field of a sum, spans."""
        for name, literals in read(text).calls:
            if name not in REFERENCE_CALLS or not literals[0]:
                continue
            self._check_call_reference(field, literals[0], sight)
            if name == "sum" and literals[1]:
                self._check_summed(field, literals[0], literals[1])
            span = literals[-1] if len(literals) > (2 if name == "sum" else 1) else None
            try:
                parse_at(f"-{parse_limit(span)}" if span else "-1 hours")
            except PeriodError as error:
                raise self._refuse(field, str(error)) from None

    def _check_summed(self, field: str, reference: str, name: str) -> None:
        """Check that what is summed is a number of some type that the reference means."""
        types = [kind for kind in types_of(parse_reference(reference), self._pack) if not kind.startswith("x.")]
        having = [kind for kind in types if name in payload_shape(kind).fields]
        if types and not having:
            raise self._refuse(field, f"unknown field {name!r} in sum('{reference}', …)")
        if having and not any(kind in EVENT_TYPES and field_kinds(kind)[name] == "integer" for kind in having):
            raise self._refuse(field, f"{name!r} is no number of {reference}: sum() adds whole numbers, such as fields in _fen")

    def _check_call_reference(self, field: str, text: str, sight: Sight) -> None:
        reference = check_reference(text, self._pack, self._refuse, field, called=True)
        if not reference.condition:
            return
        events = {"event": types_of(reference, self._pack), "start": sight.events.get("start", [])}
        seen = Sight(events=events, scope=sight.scope, params=sight.params)
        try:
            check_names(reference.condition, seen.roots())
            Expression(reference.condition)
        except (ValueError, SyntaxProblem) as error:
            raise self._refuse(field, str(error)) from None
        self._check_calls(field, reference.condition, seen)

    def _run(self, field: str, expression: Expression, sight: Sight, verdict: Verdict) -> None:
        """Run it on the contract's examples; missing fields are no fault of the rule, wrong operands and values are."""
        if "it" in expression.roots and not sight.elements:
            return  # no example says what an element is
        events = sight.events
        choices = [types[:_MOST_EXAMPLES] if name in expression.roots else types[:1] for name, types in events.items()]
        for chosen in product(*choices):
            values = self._values(sight, dict(zip(events, chosen, strict=True)))
            for element in sight.elements or [None]:
                try:
                    value = expression.run(values | {"it": element})
                except KeyError:
                    continue
                except TypeError as error:
                    if any(name.startswith("x.") for name in chosen) or "it" in expression.roots:
                        continue
                    raise self._refuse(field, f"can't be evaluated on the contract's examples: {_plain(error)}") from None
                except (RuntimeError, ValueError, ArithmeticError) as error:
                    raise self._refuse(field, f"can't be evaluated on the contract's examples: {_plain(error)}") from None
                wrong = verdict(value)
                if wrong is not None:
                    raise self._refuse(field, wrong)

    def _values(self, sight: Sight, types: Mapping[str, str]) -> dict[str, Any]:
        functions = date_functions(calendar_named(self._pack.calendar), self._zone)
        sample = {"data": {}, "time": datetime.fromisoformat("2024-03-01T01:30:00+00:00")}
        values: dict[str, Any] = {name: _example_values(kind) for name, kind in types.items()}
        values |= {"case": case_example(), "p": sight.params, **sight.numbers, **functions}
        values |= {name: group_example() for name in GROUP_NAMES}
        values |= {"seen": lambda _: True, "last": lambda _: sample, "count": lambda *_: 1, "sum": lambda *_: 1}
        return values | {"prev": lambda *_: 1}


_UNDEFINED = re.compile(r"Undefined variable or function: '(\w+)'.*", re.DOTALL)
_FAILED = re.compile(
    r"Function '(\w+)' error: (?:Python function call failed: \w+: )?(.*?)\.? Check function arguments.*", re.DOTALL
)
_ADVICE = re.compile(r"(?: CEL does not coerce|, so common causes| Check ).*", re.DOTALL)


def _plain(error: Exception) -> str:
    """What the evaluator says, without its words on itself."""
    text = str(error)
    undefined, failed = _UNDEFINED.fullmatch(text), _FAILED.fullmatch(text)
    if undefined:  # every name was checked: it is the function for these types that isn't there
        return f"{undefined[1]}() can't take what it is given"
    if failed:
        return f"{failed[1]}(): {' '.join(failed[2].split())}"
    if text.startswith("No such overload"):
        return "the operands are of different types, such as text and a number"
    return _ADVICE.sub("", text).rstrip(".")


def is_bool(value: Any) -> str | None:
    """What is wrong with the value of a condition."""
    return None if isinstance(value, bool) else f"must be true or false, not {value!r}"


def is_int(value: Any) -> str | None:
    """What is wrong with a count or an amount of money."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return None if whole else f"must give a whole number, not {value!r}"


def _example_values(name: str) -> dict[str, Any]:
    """An example event as CEL sees it; a foreign one has no data that we know."""
    if name.startswith("x.") or name in DERIVED:
        other = example("case.filed")
        return event_values(other) | {"type": name, "data": dict(DERIVED.get(name, {})), "ref": {}}
    event = example(name)
    found = example("asset.discovered") if (event.data or {}).get("asset_id") else event
    return event_values(event) | {"ref": event_values(found)}


def event_values(event: Event) -> dict[str, Any]:
    """The attributes of an event as CEL sees them, ``ref`` left out."""
    return {
        "id": event.id,
        "source": event.source,
        "type": event.short,
        "subject": event.subject,
        "rootid": event.rootid,
        "time": event.time,
        "recordedtime": event.recordedtime,
        "receivedtime": event.receivedtime or event.recordedtime,
        "sequence": event.sequence,
        "courtcode": event.court,
        "data": {k: v for k, v in msgspec.to_builtins(event.data or {}).items() if k != "pii"},
    }
