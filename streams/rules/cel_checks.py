"""The CEL of a rule, checked: every name and reference, and each expression run on the contract's examples."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from contract.calendar import calendar_named
from contract.envelope import Event
from contract.examples import example
from contract.limits import PeriodError, parse_at, parse_limit
from streams.rules.checks import Refuse, check_reference, is_expression, types_of
from streams.rules.errors import PackError
from streams.rules.expressions import Expression
from streams.rules.functions import date_functions, day_of
from streams.rules.model import Pack, Rule
from streams.rules.paths import check_names
from streams.rules.references import field_of_begin, parse_reference
from streams.rules.shapes import ANY, SCALAR, Elements, Fields, Shape, event_shape, payload_shape
from streams.rules.syntax import SyntaxProblem, read
from streams.rules.vocabulary import REFERENCE_CALLS, case_example, case_shape

Verdict = Callable[[Any], str | None]
"""What is wrong with a value, or None."""

_MOST_EXAMPLES = 12


def check_cel(file: str, pack: Pack, rule: Rule) -> None:
    """Check every expression of a rule; raises PackError."""
    _RuleCel(file, pack, rule).check()


def check_ends(file: str, pack: Pack, rules: Iterable[Rule]) -> None:
    """Check the conditions of a pack's ends in all rules that end with the case; raises PackError."""
    for rule in rules:
        if not rule.outlives:
            _RuleCel(file, pack, rule).check_ends()


class _RuleCel:
    """One rule's expressions with what each may read."""

    def __init__(self, file: str, pack: Pack, rule: Rule) -> None:
        self._file, self._pack, self._rule = file, pack, rule
        self._zone = ZoneInfo(pack.timezone)
        self._starts = self._types(rule.start)
        self._elements: list[Any] = []
        self._element: Shape = ANY

    def check(self) -> None:
        """Check them in an order in which ``each`` comes before those that read ``it``."""
        rule = self._rule
        for index, text in enumerate(rule.start):
            self._condition(f"start[{index}]", text, alone=True)
        self._one("when", rule.when, {"event": self._starts, "start": self._starts}, _is_bool)
        if rule.each:
            self._element = ANY
            shape = self._one("each", rule.each, {"start": self._starts, "event": self._starts}, self._is_list)
            self._element = shape.element if isinstance(shape, Elements) and not shape.keyed else ANY
        for index, text in enumerate(rule.within):
            if is_expression(text):
                names = {"start": self._starts, "event": self._starts}
                self._one("within" if len(rule.within) == 1 else f"within[{index}]", text, names, self._is_limit, it=True)
        self._check_effects()
        if rule.match:
            others = self._types([*rule.stop, *rule.cancel, *rule.extend, *(entry.begin for entry in rule.pause)])
            self._one("match", rule.match, {"stop": others, "event": others, "start": self._starts}, _is_bool, it=True)
        for index, level in enumerate(rule.levels):
            self._one(f"levels[{index}].when", level.when, {"start": self._starts}, _is_bool, it=True)

    def check_ends(self) -> None:
        """Check the conditions of the pack's ends, as the rule would judge them."""
        for index, text in enumerate(self._pack.ends):
            self._condition(f"pack.ends[{index}]", text)

    def _check_effects(self) -> None:
        rule = self._rule
        for name, texts in (("stop", rule.stop), ("cancel", rule.cancel), ("extend", rule.extend)):
            for index, text in enumerate(texts):
                self._condition(f"{name}[{index}]", text)
        for index, entry in enumerate(rule.pause):
            self._condition(f"pause[{index}].from", entry.begin)
            for text in entry.ends:
                if field_of_begin(text) is None:
                    self._condition(f"pause[{index}].to", text)

    def _refuse(self, field: str, message: str) -> PackError:
        return PackError(self._file, self._rule.id, field, message)

    def _types(self, texts: Iterable[str]) -> list[str]:
        return [name for text in texts for name in types_of(parse_reference(text), self._pack)]

    def _condition(self, field: str, text: str, *, alone: bool = False) -> None:
        reference = parse_reference(text)
        types = types_of(reference, self._pack)
        names = {"event": types, "start": types if alone else self._starts}
        self._one(field, reference.condition, names, _is_bool, it=not alone)

    def _one(self, field: str, text: str, events: dict[str, list[str]], verdict: Verdict, *, it: bool = False) -> Shape:
        """Check one expression, if there is one."""
        if not text:
            return ANY
        roots: dict[str, Shape] = {name: event_shape(types) for name, types in events.items()}
        roots |= {"case": case_shape(), "p": _params_shape(self._rule.params)}
        if it and self._rule.each:
            roots["it"] = self._element
        try:
            shape = check_names(text, roots)
            expression = Expression(text)
        except (ValueError, SyntaxProblem) as error:
            raise self._refuse(field, str(error)) from None
        self._check_calls(field, text)
        self._run(field, expression, events, verdict)
        return shape

    def _check_calls(self, field: str, text: str) -> None:
        """Check what calls over the history name: references, the field of a sum, spans."""
        for name, literals in read(text).calls:
            if name not in REFERENCE_CALLS or not literals[0]:
                continue
            self._check_call_reference(field, literals[0])
            if name == "sum" and literals[1]:
                types = types_of(parse_reference(literals[0]), self._pack)
                if not any(kind.startswith("x.") or literals[1] in payload_shape(kind).fields for kind in types):
                    raise self._refuse(field, f"unknown field {literals[1]!r} in sum('{literals[0]}', …)")
            span = literals[-1] if len(literals) > (2 if name == "sum" else 1) else None
            try:
                parse_at(f"-{span or '1 hours'}")
            except PeriodError as error:
                raise self._refuse(field, str(error)) from None

    def _check_call_reference(self, field: str, text: str) -> None:
        refuse: Refuse = self._refuse
        reference = check_reference(text, self._pack, refuse, field)
        if reference.condition:
            names: dict[str, Shape] = {"event": event_shape(types_of(reference, self._pack))}
            names |= {"start": event_shape(self._starts), "case": case_shape(), "p": _params_shape(self._rule.params)}
            try:
                check_names(reference.condition, names)
                Expression(reference.condition)
            except (ValueError, SyntaxProblem) as error:
                raise self._refuse(field, str(error)) from None
            self._check_calls(field, reference.condition)

    def _run(self, field: str, expression: Expression, events: dict[str, list[str]], verdict: Verdict) -> None:
        """Run it on the contract's examples; missing fields are no fault of the rule, wrong operands and values are."""
        if "it" in expression.roots and not self._elements:
            return  # no example says what an element is
        choices = [types[:_MOST_EXAMPLES] if name in expression.roots else types[:1] for name, types in events.items()]
        for chosen in product(*choices):
            values = self._values(dict(zip(events, chosen, strict=True)))
            for element in self._elements or [None]:
                try:
                    value = expression.run(values | {"it": element})
                except KeyError:
                    continue
                except TypeError as error:
                    if any(name.startswith("x.") for name in chosen) or "it" in expression.roots:
                        continue
                    raise self._refuse(field, f"can't be evaluated on the contract's examples: {error}") from None
                except (RuntimeError, ValueError, OverflowError) as error:
                    raise self._refuse(field, f"can't be evaluated on the contract's examples: {error}") from None
                wrong = verdict(value)
                if wrong is not None:
                    raise self._refuse(field, wrong)

    def _values(self, types: Mapping[str, str]) -> dict[str, Any]:
        functions = date_functions(calendar_named(self._pack.calendar), self._zone)
        sample = {"data": {}, "time": datetime.fromisoformat("2024-03-01T01:30:00+00:00")}
        values: dict[str, Any] = {name: _example_values(kind) for name, kind in types.items()}
        values |= {"case": case_example(), "p": self._rule.params, **functions}
        values |= {"seen": lambda _: True, "last": lambda _: sample, "count": lambda *_: 1, "sum": lambda *_: 1}
        return values

    def _is_list(self, value: Any) -> str | None:
        if not isinstance(value, list):
            return f"must give a list, not {value!r}"
        self._elements = value
        return None

    def _is_limit(self, value: Any) -> str | None:
        items = value if isinstance(value, list) else [value]
        for item in items:
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


def _is_bool(value: Any) -> str | None:
    return None if isinstance(value, bool) else f"must be true or false, not {value!r}"


def _params_shape(params: Mapping[str, Any]) -> Shape:
    return Fields(dict.fromkeys(params, SCALAR))


def _example_values(name: str) -> dict[str, Any]:
    """An example event as CEL sees it; a foreign one has no data that we know."""
    if name.startswith("x."):
        foreign = example("case.filed")
        return event_values(foreign) | {"type": name, "data": {}, "ref": {}}
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
