"""The CEL of a rule, checked: which expressions there are, what each may read, and what each must give."""

from collections.abc import Iterable
from typing import Any

from streams.rules.checks import is_expression, types_of
from streams.rules.errors import PackError
from streams.rules.kind_checks import RATE_NAMES
from streams.rules.kinds import effects_of, starting_fields
from streams.rules.model import Pack, Rule
from streams.rules.references import field_of_begin, parse_reference
from streams.rules.shapes import ANY, Elements
from streams.rules.syntax import SyntaxProblem, read
from streams.rules.trials import Sight, Trial, Verdict, is_bool, is_int


def check_cel(file: str, pack: Pack, rule: Rule) -> None:
    """Check every expression of a rule; raises PackError."""
    found = _RuleCel(file, pack, rule)
    if rule.kind == "rate":
        found.check_rate()
    else:
        found.check()


def check_ends(file: str, pack: Pack, rules: Iterable[Rule]) -> None:
    """Check the conditions of a pack's ends in all rules that end with the case; raises PackError."""
    for rule in rules:
        if not rule.outlives and rule.kind != "rate":
            _RuleCel(file, pack, rule).check_ends()


class _RuleCel:
    """One rule's expressions with what each may read."""

    def __init__(self, file: str, pack: Pack, rule: Rule) -> None:
        self._file, self._pack, self._rule = file, pack, rule
        self._trial = Trial(pack, self._refuse)
        self._starts = self._types([text for name in starting_fields(rule.kind) for text in getattr(rule, name)])
        self._elements: list[Any] = []
        self._element: Any = ANY if rule.each else None

    def check(self) -> None:
        """Check them in an order in which ``each`` comes before those that read ``it``."""
        rule = self._rule
        for name in starting_fields(rule.kind):
            for index, text in enumerate(getattr(rule, name)):
                self._condition(f"{name}[{index}]", text, alone=True)
        own = {"event": self._starts, "start": self._starts}
        if rule.kind in ("deadline", "silence"):
            self._one("when", rule.when, own, is_bool)
        self._check_each(own)
        for index, text in enumerate(rule.within):
            if is_expression(text):
                field = "within" if len(rule.within) == 1 else f"within[{index}]"
                self._one(field, text, own, self._trial.is_limit, it=True)
        self._check_point(own)
        self._check_effects()
        if rule.match:
            others = self._types([text for _, texts in effects_of(rule) for text in texts])
            others += self._types([*rule.stop, *(entry.begin for entry in rule.pause)])
            self._one("match", rule.match, {"stop": others, "event": others, "start": self._starts}, is_bool, it=True)
        point = rule.kind not in ("deadline", "silence")
        sight = own if point else {"start": self._starts}
        numbers = {"balance": 1} if rule.kind == "ledger" else {}
        for index, level in enumerate(rule.levels):
            self._one(f"levels[{index}].when", level.when, sight, is_bool, it=True, numbers=numbers)

    def check_rate(self) -> None:
        """Check measures, what is made of them, and the levels."""
        rule = self._rule
        for index, text in enumerate(rule.clears):
            self._condition(f"clears[{index}]", text, alone=True)
        for name, text in rule.measures.items():
            self._one(f"measures.{name}", text, {}, is_int, has_case=False)
        counted = dict.fromkeys(rule.measures, 1)
        for field, text in (("num", rule.num), ("den", rule.den)):
            self._without_history(field, text)
            self._one(field, text, {}, is_int, numbers=counted, has_case=False)
        compared = ("median", "z") if rule.baseline is not None else ()
        plain = [name for name in RATE_NAMES if name not in ("median", "z", "prev")]
        numbers = counted | dict.fromkeys((*plain, *compared), 1)
        for index, level in enumerate(rule.levels):
            field = f"levels[{index}].when"
            if not compared and _roots(level.when) & {"median", "z"}:
                raise self._refuse(field, "median and z compare with a baseline, and this rule has none")
            self._without_history(field, level.when)
            self._one(field, level.when, {}, is_bool, numbers=numbers, has_case=False)

    def check_ends(self) -> None:
        """Check the conditions of the pack's ends, as the rule would judge them."""
        for index, text in enumerate(self._pack.ends):
            self._condition(f"pack.ends[{index}]", text)

    def _check_each(self, own: dict[str, list[str]]) -> None:
        if not self._rule.each:
            return
        shape = self._one("each", self._rule.each, own, self._is_list)
        self._element = shape.element if isinstance(shape, Elements) and not shape.keyed else ANY

    def _check_point(self, own: dict[str, list[str]]) -> None:
        """Check what is judged at the events of a sequence, a prohibition or a ledger."""
        rule = self._rule
        self._one("exempt", rule.exempt, own, is_bool, it=True)
        self._one("balance", rule.balance, own, is_int, it=True)
        if rule.kind == "forbidden":
            self._one("when", rule.when, own, is_bool, it=True)
        for index, check in enumerate(rule.checks):
            self._one(f"checks[{index}].fail", check.fail, own, is_bool, it=True)

    def _check_effects(self) -> None:
        rule = self._rule
        for name, texts in effects_of(rule):
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
        self._one(field, reference.condition, names, is_bool, it=not alone)

    def _one(
        self,
        field: str,
        text: str,
        events: dict[str, list[str]],
        verdict: Verdict,
        *,
        it: bool = False,
        numbers: dict[str, int] | None = None,
        has_case: bool = True,
    ) -> Any:
        """Check one expression, if there is one; returns the shape of its value."""
        element = self._element if it else None
        sight = Sight(
            events=events,
            scope=self._rule.scope,
            params=self._rule.params,
            element=element,
            elements=self._elements if it else (),
            numbers=numbers or {},
            has_case=has_case,
        )
        return self._trial.check(field, text, sight, verdict)

    def _without_history(self, field: str, text: str) -> None:
        """Refuse what looks at history where only measures count."""
        called = {call.name for call in _calls(text)} & {"seen", "last", "count", "sum"}
        if called:
            raise self._refuse(field, f"{min(called)}() belongs into measures; name what it counts there")

    def _is_list(self, value: Any) -> str | None:
        if not isinstance(value, list):
            return f"must give a list, not {value!r}"
        self._elements = value
        return None


def _roots(text: str) -> frozenset[str]:
    try:
        return read(text).roots if text else frozenset()
    except SyntaxProblem:
        return frozenset()  # told with its place when the expression is tried


def _calls(text: str) -> Iterable[Any]:
    try:
        return read(text).calls if text else ()
    except SyntaxProblem:
        return ()
