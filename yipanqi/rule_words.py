"""What stands in a rule, in words: Chinese and English for units, limits, levels, desks, scopes, events.

Each function gives (zh, en). What is CEL has no words of its own: readers get a pointer to the text as written.
"""

import re
from collections.abc import Iterable

from contract.describe import meanings
from contract.limits import FromStart as Counted
from contract.limits import Percent, PeriodError, Unit, parse_at, parse_limit
from contract.registry import EVENT_TYPES
from streams.rules.checks import is_expression
from streams.rules.model import Rule
from streams.rules.references import field_of_begin, parse_reference

Words = tuple[str, str]

FAMILIES: dict[str, Words] = {
    "inaction": ("消极", "inaction"),
    "disorder": ("乱执行", "disorder"),
    "evasion": ("规避", "evasion"),
    "assistance": ("协助", "assistance"),
    "data": ("数据", "data"),
}
BASES: dict[str, Words] = {"statutory": ("法定期限", "statutory"), "management": ("管理参数", "a parameter of ours")}
SEVERITIES: dict[str, Words] = {"yellow": ("黄色", "yellow"), "orange": ("橙色", "orange"), "red": ("红色", "red")}
KINDS: dict[str, Words] = {
    "deadline": ("期限：到时没有完成的，预警", "deadline: an alert if it isn't done in time"),
    "silence": ("静默：应有的事件到时没有来的，预警", "silence: an alert if nothing comes in time"),
    "sequence": ("先后：应当在先的没有在先的，预警", "sequence: an alert if what must come first didn't"),
    "forbidden": ("核对：不应有的情形出现的，预警", "forbidden: an alert if what must not be is so"),
    "ledger": ("账实：金额不符的，预警", "ledger: an alert if the money doesn't add up"),
    "rate": ("比率：一段时间内的比例异常的，预警", "rate: an alert if a share is out of the ordinary"),
}
_SCOPES: dict[str, Words] = {
    "case": ("每一件案件", "each case"),
    "chain": (
        "每一条案件链（保全、执行、终本、恢复执行，含移送）",
        "each chain of cases (preservation, enforcement, termination, resumption)",
    ),
    "debtor": ("每一名被执行人，及于其全部案件", "each debtor, over all of their cases"),
    "officer": ("每一名承办人，及于其全部案件", "each officer, over all of their cases"),
    "court": ("每一个法院", "each court"),
}
_DESKS: dict[str, Words] = {
    "own": ("本院", "the court itself"),
    "up1": ("上一级法院", "the court above"),
    "high": ("高级法院", "the high court"),
    "spc": ("最高人民法院", "the Supreme People's Court"),
    "ops": ("平台运维", "operators of the platform"),
    "trial": ("审判部门", "the trial division"),
    "president": ("院长", "the president"),
    "discipline": ("纪检监察", "discipline inspection"),
}
_UNITS: dict[Unit, Words] = {
    Unit.HOURS: ("小时", "hours"),
    Unit.WORKING_HOURS: ("个工作小时", "working hours"),
    Unit.CALENDAR_DAYS: ("日", "days"),
    Unit.WORKING_DAYS: ("个工作日", "working days"),
    Unit.MONTHS: ("个月", "months"),
}
_DERIVED: dict[str, Words] = {
    "alert.raised": ("发出预警", "an alert was raised"),
    "alert.ended": ("预警终结", "an alert ended"),
    "obligation.fulfilled": ("一项期限办结", "an obligation was fulfilled"),
    "sys.gap_opened": ("数据断号", "numbers of a feed are missing"),
    "sys.gap_filled": ("断号补齐", "the missing numbers came"),
    "sys.event_rejected": ("事件被拒收", "an event was rejected"),
    "@month": ("每月第一日零时", "the first instant of each month"),
    "@quarter": ("每季度第一日零时", "the first instant of each quarter"),
    "*": ("任何一种事件", "an event of any type"),
}
AS_WRITTEN: Words = ("按右列算式", "as the text on the right gives it")
_FIELD_OF_START = re.compile(r"start\.data\.([a-z_]+)")


def span(text: str) -> Words:
    """``3 working_days`` in words; the text itself if it is no limit."""
    try:
        limit = parse_limit(text)
    except PeriodError:
        return text, text
    zh, en = _UNITS[limit.unit]
    return f"{limit.n}{zh}", _counted(limit.n, en)


def _counted(n: int, plural: str) -> str:
    return f"{n} {plural.removesuffix('s') if n == 1 else plural}"


def limit(rule: Rule) -> Words:
    """The limit of a rule in words."""
    parts = [_part(text) for text in rule.within]
    if len(parts) == 1:
        return parts[0]
    return "，其后".join(zh for zh, _ in parts), ", then ".join(en for _, en in parts)


def _part(text: str) -> Words:
    day = _FIELD_OF_START.fullmatch(text)
    if day:
        zh, en = field(day[1])
        return f"起算的事件写明的{zh}", f"the {en} that the start names"
    return AS_WRITTEN if is_expression(text) else span(text)


def level_at(at: str) -> Words:
    """When a level is reached, in words."""
    found = parse_at(at)
    if isinstance(found, Percent):
        if found.percent == 100:
            return "期满", "the limit has passed"
        return f"期限的{found.percent}%", f"{found.percent} % of the limit"
    if isinstance(found, Counted):
        zh, en = span(str(found.limit))
        return f"起算后{zh}", f"{en} after the start"
    zh, en = _UNITS[found.unit]
    side = ("前", "before") if found.n < 0 else ("后", "after")
    return f"期满{side[0]}{abs(found.n)}{zh}", f"{_counted(abs(found.n), en)} {side[1]} the limit"


def field(name: str) -> Words:
    """What a field means; its name where the contract has none of that name."""
    known = meanings().get(name)
    return (known.zh, _short(known.en)) if known else (name, name)


def _short(text: str) -> str:
    """The first thing that a meaning says, without what explains it further."""
    return re.split(r";|: | \(", text, maxsplit=1)[0].rstrip(".")


def event(name: str) -> Words:
    """What an event type (or wildcard) means; its name if it is foreign."""
    if name in EVENT_TYPES:
        zh, en = EVENT_TYPES[name].meaning
        return zh, _short(en)
    return _DERIVED.get(name, (name, name))


def reference(text: str) -> Words:
    """A reference in words; its condition stays with the text as written."""
    opening = field_of_begin(text)
    if opening is not None:
        zh, en = field(opening)
        return f"开始时写明的{zh}", f"the {en} named at the beginning"
    found = parse_reference(text)
    zh, en = event(found.type)
    details: list[Words] = []
    if found.field:
        day_zh, day_en = field(found.field)
        details.append((f"以{day_zh}为准", f"its {day_en} counts"))
    if found.condition:
        details.append(("须符合右列条件", "under the condition on the right"))
    if not details:
        return zh, en
    return f"{zh}（{'，'.join(one for one, _ in details)}）", f"{en} ({', '.join(one for _, one in details)})"


def desks(react: Iterable[str]) -> Words:
    """Who acts, then who: ``+`` is at once."""
    words = [[_desk(part) for part in text.split("+")] for text in react]
    return (
        "，其后".join("和".join(zh for zh, _ in each) + ("同时" if len(each) > 1 else "") for each in words),
        ", then ".join(" and ".join(en for _, en in each) + (" at once" if len(each) > 1 else "") for each in words),
    )


def _desk(text: str) -> Words:
    name, _, which = text.partition(":")
    zh, en = _DESKS[name]
    if not which:
        return zh, en
    meant_zh, meant_en = field(which.rpartition(".")[2])
    return f"{zh}（{meant_zh}）", f"{en} ({meant_en})"


def scope(rule: Rule) -> Words:
    """Over which history a rule looks, and what has a clock of its own in it."""
    zh, en = _SCOPES.get(rule.scope) or _each(rule.scope)
    if rule.key:
        names = [field(name) for name in rule.key]
        zh += "，按" + "、".join(name for name, _ in names) + "分别看"
        en += ", apart for each " + " and ".join(name for _, name in names)
    return zh, en


def _each(name: str) -> Words:
    zh, en = field(name)
    return f"每一个{zh}", f"each {en}"
