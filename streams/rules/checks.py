"""What makes a rule sound beyond the type of its fields: references, limits, levels, reactions, CEL."""

import re
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from contract.courts import COURTS
from contract.limits import (
    DUE,
    At,
    FromDue,
    FromStart,
    Limit,
    Percent,
    PeriodError,
    Term,
    Unit,
    check_at,
    parse_at,
    parse_hours,
    parse_limit,
)
from contract.registry import CONTROL_TYPES, EVENT_TYPES, HEARTBEAT
from streams.rules.derived import DERIVED, PERIODS
from streams.rules.errors import PackError
from streams.rules.kind_checks import check_kind
from streams.rules.kinds import FIELDS, effects_of, starting_fields
from streams.rules.model import SEVERITIES, Pack, Rule
from streams.rules.references import Reference, field_of_begin, parse_reference
from streams.rules.restricted import check_restricted
from streams.rules.shapes import payload_shape

GROUPS = ("debtor", "officer", "court")
"""Scopes of many cases; the value of a field is one too."""

_DESKS = "own|up1|high|spc|ops|trial|president|discipline"
_REACT = re.compile(rf"(?:{_DESKS})(?::[a-z.]+(?:\.[a-z_]+)+)?(?:\+(?:{_DESKS})(?::[a-z.]+(?:\.[a-z_]+)+)?)*")
_HOLD = re.compile(r"\d{1,6} (?:minutes|hours|working_hours|calendar_days|working_days)")
_FORMS = "write 100%, 15 calendar_days (from the start), -5 calendar_days or +10 working_days (from the due instant)"
_GREATEST = 2**53 - 1
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?")
_SEED = re.compile(r"S-\d+")

Refuse = Callable[[str, str], PackError]
"""(field, message) -> the error to raise."""


def check_pack(file: str, pack: Pack) -> None:
    """Check the [pack] table."""
    try:
        ZoneInfo(pack.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        name = pack.timezone
        raise PackError(file, "", "pack.timezone", f"unknown timezone {name!r}; write one such as Asia/Shanghai") from None
    try:
        parse_hours(pack.hours)
    except PeriodError as error:
        raise PackError(file, "", "pack.hours", str(error)) from None
    if not pack.hours:
        raise PackError(file, "", "pack.hours", "empty: name a working day's hours, such as 09:00-17:00, or leave it out")
    for index, code in enumerate(pack.courts):
        if COURTS.get(code) is None:
            raise PackError(
                file, "", f"pack.courts[{index}]", f"unknown court {code!r}; a court is named by its code (法院代字)"
            )
    for index, name in enumerate(pack.events):
        if not re.fullmatch(r"x\.[^\s:*]+", name):
            message = f"{name!r} is no foreign type: each is named whole and begins with 'x.', such as x.create_fine"
            raise PackError(file, "", f"pack.events[{index}]", message)
    for index, text in enumerate(pack.ends):
        check_reference(text, pack, lambda field, message: PackError(file, "", field, message), f"pack.ends[{index}]")


def check_rule(file: str, pack: Pack, rule: Rule) -> None:
    """Check everything of a rule but its CEL."""

    def refuse(field: str, message: str) -> PackError:
        return PackError(file, rule.id, field, message)

    starts: list[Reference] = []
    for name in starting_fields(rule.kind):
        texts = getattr(rule, name)
        starts += [check_reference(text, pack, refuse, _at(name, index, texts)) for index, text in enumerate(texts)]
    for name, texts in effects_of(rule):
        for index, text in enumerate(texts):
            reference = check_reference(text, pack, refuse, f"{name}[{index}]")
            if name == "extend" and not reference.field:
                raise refuse(f"extend[{index}]", "an extension names the field of the new due date: type:field")
    for index, entry in enumerate(rule.pause):
        _check_pause(index, entry.begin, entry.ends, pack, refuse)
    types = [name for reference in starts for name in types_of(reference, pack)]
    _check_scope(rule, types, pack, refuse)
    _check_key(rule, types, refuse)
    _check_match(rule, refuse)
    if rule.within:
        _check_levels(rule, refuse)
    check_kind(rule, refuse)
    check_restricted(rule, refuse)
    _check_words(rule, refuse)
    _check_react(rule, types, refuse)
    _check_params(rule, refuse)


def check_reference(text: str, pack: Pack, refuse: Refuse, field: str, *, called: bool = False) -> Reference:
    """Read a reference and check its type and field; ``called``: it stands in a call, such as ``seen('…')``."""
    try:
        reference = parse_reference(text)
    except ValueError as error:
        raise refuse(field, str(error)) from None
    name = reference.type
    begins = not called and not reference.field and field.split("[", maxsplit=1)[0] in ("start", "after", "at")
    if name in PERIODS and not begins:
        raise refuse(field, f"{name} has no field and stands only where a rule begins: in start, after or at")
    if name in CONTROL_TYPES:
        raise refuse(field, f"{name} is a control event; rules read facts")
    types = types_of(reference, pack)
    if not types:
        hint = "list it in pack.events" if name.startswith("x.") else "it is no type of this version's contract"
        raise refuse(field, f"unknown event type {name!r}; {hint}")
    if reference.field and not any(t.startswith("x.") or _is_day(t, reference.field) for t in types):
        raise refuse(field, f"{name} has no date or instant called {reference.field!r}")
    return reference


def types_of(reference: Reference, pack: Pack) -> list[str]:
    """The event types that a reference means in a pack."""
    if not reference.is_wildcard:
        known = reference.type in EVENT_TYPES or reference.type in DERIVED or reference.type in pack.events
        return [reference.type] if known and reference.type not in CONTROL_TYPES else []
    names = [name for name in EVENT_TYPES if name not in CONTROL_TYPES and reference.covers(name)]
    if reference.type == "*":  # every fact; a sign of life is none, and what the engine adds is named
        names.remove(HEARTBEAT)
    else:
        names += [name for name in DERIVED if reference.covers(name)]
    return names + [name for name in pack.events if reference.type in ("*", "x.*")]


def _at(name: str, index: int, items: tuple[str, ...]) -> str:
    return name if len(items) == 1 else f"{name}[{index}]"


def _is_day(name: str, field: str) -> bool:
    return field in payload_shape(name).fields and (field == "on" or field.endswith(("_on", "_at")) or field == "at")


def _check_pause(index: int, begin: str, ends: tuple[str, ...], pack: Pack, refuse: Refuse) -> None:
    reference = check_reference(begin, pack, refuse, f"pause[{index}].from")
    if not ends:
        raise refuse(f"pause[{index}].to", "empty: what ends the pause must be named")
    for text in ends:
        field = field_of_begin(text)
        if field is None:
            check_reference(text, pack, refuse, f"pause[{index}].to")
        elif not any(t.startswith("x.") or _is_day(t, field) for t in types_of(reference, pack)):
            raise refuse(f"pause[{index}].to", f"{reference.type} has no date or instant called {field!r}")


def _check_scope(rule: Rule, types: list[str], pack: Pack, refuse: Refuse) -> None:
    if rule.scope in ("case", "chain"):
        return
    known = {name for kind in EVENT_TYPES for name in payload_shape(kind).fields if kind not in CONTROL_TYPES}
    counted = pack.events if rule.kind == "rate" else types  # the types that a rate counts stand in its expressions
    foreign = any(name.startswith("x.") for name in counted) and re.fullmatch(r"[a-z_]+", rule.scope)
    if rule.scope not in known and rule.scope not in GROUPS and not foreign:
        raise refuse("scope", f"unknown scope {rule.scope!r}; there are case, chain, {', '.join(GROUPS)} and fields of events")


def _check_key(rule: Rule, types: list[str], refuse: Refuse) -> None:
    known = {name for kind in EVENT_TYPES for name in payload_shape(kind).fields}.union(*DERIVED.values())
    foreign = any(name.startswith("x.") for name in types)
    for index, name in enumerate(rule.key):
        if name not in known and not (foreign and name):
            raise refuse(f"key[{index}]", f"unknown field {name!r}; a key is the name of a field, such as asset_id")


def _check_match(rule: Rule, refuse: Refuse) -> None:
    if rule.match and not (rule.pause or any(texts for _, texts in effects_of(rule))):
        names = " or ".join(name for name in ("before", "cancel", "extend", "pause", "clears") if name in FIELDS[rule.kind])
        raise refuse("match", f"nothing to compare with the start: the rule has no {names}")


def _check_react(rule: Rule, types: list[str], refuse: Refuse) -> None:
    """Check the fields that name a court: ``up1:start.data.to_court``."""
    known = {name for kind in types if not kind.startswith("x.") for name in payload_shape(kind).fields}
    lists = [("react", rule.react)] + [(f"levels[{i}].react", level.react) for i, level in enumerate(rule.levels)]
    for field, texts in lists:
        for path in (part.partition(":")[2] for text in texts for part in text.split("+")):
            if not path or (any(name.startswith("x.") for name in types) and path.startswith("start.data.")):
                continue
            if not path.startswith("start.data.") or path.removeprefix("start.data.") not in known:
                raise refuse(field, f"{path!r} names no court: write start.data. and a field of the start, such as to_court")


def _check_params(rule: Rule, refuse: Refuse) -> None:
    for name in ("tolerance", "least"):
        if getattr(rule, name) > _GREATEST:
            raise refuse(name, "too great to be written exactly: at most 2^53 - 1")
    for name, value in rule.params.items():
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            raise refuse(f"params.{name}", "no name that CEL can read as p.name: letters, digits and '_'")
        if not abs(value) <= _GREATEST:
            raise refuse(f"params.{name}", f"{value} is no number that can be written exactly: at most 2^53 - 1 either way")


def literal_term(rule: Rule) -> Term | None:
    """The limit if it is written in numbers; None if CEL gives it. Raises PeriodError for a bad number or unit."""
    if any(is_expression(text) for text in rule.within):
        return None
    return tuple(parse_limit(text) for text in rule.within)


def is_expression(text: str) -> bool:
    """Whether a part of ``within`` is CEL rather than ``N unit``."""
    return re.fullmatch(r"[+-]?[\d.]+\s*[A-Za-z_]\S*", text) is None


def _check_levels(rule: Rule, refuse: Refuse) -> None:
    for text in rule.within:
        if _DATE.fullmatch(text):
            raise refuse("within", f"{text} is a subtraction in CEL: write the date in quotes of its own, \"'{text}'\"")
    try:
        term = literal_term(rule)
    except PeriodError as error:
        raise refuse("within", str(error)) from None
    places: list[At] = []
    for index, level in enumerate(rule.levels):
        if not level.at:
            raise refuse(f"levels[{index}].at", f"required: when the level is reached; {_FORMS}")
        try:
            at = parse_at(level.at)
            if term is not None or len(rule.within) > 1:
                check_at(at, term or (Limit(0, Unit.HOURS),) * 2)
        except PeriodError as error:
            raise refuse(f"levels[{index}].at", str(error)) from None
        if index and SEVERITIES.index(level.severity) < SEVERITIES.index(rule.levels[index - 1].severity):
            raise refuse(f"levels[{index}].severity", "out of order: a severity only rises from one level to the next")
        if any(_is_before(at, earlier, term) for earlier in places):
            raise refuse(f"levels[{index}].at", f"out of order: {at} comes before a level that stands ahead of it")
        places.append(at)


def _is_before(at: At, earlier: At, term: Term | None) -> bool:
    """Whether a level certainly lies before another: compared where both count in one way."""
    limit = term[0] if term is not None and len(term) == 1 else None
    for left, right in zip(_counts(at, limit), _counts(earlier, limit), strict=True):
        if left is not None and right is not None and left[0] is right[0]:
            return left[1] < right[1]
    return False


def _counts(at: At, limit: object) -> Iterator[tuple[Unit, int] | None]:
    """Yield the level as units from the start, and as units from the due instant, where it can be told."""
    amount = limit if isinstance(limit, Limit) else None
    if isinstance(at, Percent):
        yield (amount.unit, amount.n * at.percent // 100) if amount else None
        yield (Unit.CALENDAR_DAYS, 0) if at == DUE else None
    elif isinstance(at, FromStart):
        yield (at.limit.unit, at.limit.n)
        yield None
    else:
        assert isinstance(at, FromDue)
        yield None
        yield (Unit.CALENDAR_DAYS, at.n * 30 if at.unit is Unit.MONTHS else at.n)


def _check_words(rule: Rule, refuse: Refuse) -> None:
    lists = [("react", rule.react)] + [(f"levels[{i}].react", level.react) for i, level in enumerate(rule.levels)]
    for field, texts in lists:
        for text in texts:
            if not _REACT.fullmatch(text):
                raise refuse(field, f"unknown desk in {text!r}; there are {_DESKS.replace('|', ', ')}, joined by '+'")
    if rule.hold and not _HOLD.fullmatch(rule.hold):
        raise refuse("hold", f"{rule.hold!r} is no span such as 10 minutes or 1 working_days")
    for text in rule.seed:
        if not _SEED.fullmatch(text):
            raise refuse("seed", f"{text!r} is no row of the coverage table such as S-08")
    period = rule.effective
    if period.begin is not None and period.end is not None and period.end < period.begin:
        raise refuse("effective.to", "before effective.from")
