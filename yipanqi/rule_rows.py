"""One rule as the rows of a table: a label, what it says in Chinese and English, and the text as written in the pack."""

from collections.abc import Iterator
from typing import NamedTuple

from streams.rules.model import Level, Rule
from yipanqi import rule_words as words
from yipanqi.rule_words import Words


class Row(NamedTuple):
    """A row; ``label`` is empty where it goes on with the row above."""

    label: Words
    said: Words
    written: str = ""


_NOTHING: Words = ("", "")
_REFERENCES: dict[str, Words] = {
    "start": ("起算", "Begins"),
    "expect": ("应有", "Expected"),
    "after": ("核对时点", "Judged at"),
    "at": ("核对时点", "Judged at"),
    "before": ("应当在先", "Must come first"),
    "stop": ("完成", "Fulfilled by"),
    "clears": ("解除", "Cleared by"),
    "cancel": ("不再需要", "No longer owed"),
}
_CONDITIONS: dict[str, tuple[Words, Words]] = {
    "match": (("须对应", "Must match"), ("对应起算的事件", "the event that it began with")),
    "exempt": (("除外", "Exempt"), ("符合右列条件的", "under the condition on the right")),
    "num": (("分子", "Numerator"), words.AS_WRITTEN),
    "den": (("分母", "Denominator"), words.AS_WRITTEN),
}
_ARMS: dict[str, Words] = {
    "first": ("只算第一次", "the first one counts"),
    "every": ("每一次都算", "each one counts"),
    "last": ("以最近一次为准，前一次视为完成", "the last one counts and fulfils the one before"),
}
_CLOCKED = ("deadline", "silence")
_OF: dict[str, Words] = {
    "self": ("自身以往的窗口", "windows of its own past"),
    "peers": ("同级同类的法院", "the courts of the same tier and kind"),
    "nation": ("全国的法院", "all courts"),
}


def rows_of(rule: Rule) -> Iterator[Row]:
    """The rows that tell a rule; what says nothing is left out."""
    yield Row(("种类", "Kind"), _both(words.KINDS[rule.kind], words.FAMILIES[rule.family]), f"{rule.kind}, {rule.family}")
    yield Row(("范围", "Scope"), words.scope(rule), ", ".join((rule.scope, *rule.key)))
    yield from _begins(rule)
    yield from _window(rule)
    yield from _judged(rule)
    names = ("before", "stop") if rule.kind != "silence" else ()
    for name in (*names, "clears", "cancel"):
        yield from _references(name, getattr(rule, name))
    for name in ("match", "exempt"):
        yield from _condition(name, getattr(rule, name))
    yield from _moved(rule)
    if rule.within:
        yield Row(("期限", "Limit"), words.limit(rule), " + ".join(rule.within))
    yield from (_level(level, rule) for level in rule.levels)
    yield from _tail(rule)


def _both(one: Words, other: Words) -> Words:
    return f"{one[0]}（{other[0]}）", f"{one[1]} ({other[1]})"


def _references(name: str, texts: tuple[str, ...]) -> Iterator[Row]:
    for index, text in enumerate(texts):
        yield Row(_NOTHING if index else _REFERENCES[name], words.reference(text), text)


def _condition(name: str, text: str) -> Iterator[Row]:
    if text:
        label, said = _CONDITIONS[name]
        yield Row(label, said, text)


def _begins(rule: Rule) -> Iterator[Row]:
    """What it begins with, how often, under which condition, and for which elements."""
    for name in ("start", "after", "at") if rule.kind != "silence" else ("expect",):
        yield from _references(name, getattr(rule, name))
    if rule.kind in (*_CLOCKED, "sequence", "forbidden", "ledger"):
        yield Row(("次数", "How often"), _ARMS[rule.arms], rule.arms)
    if rule.when and rule.kind in _CLOCKED:
        yield Row(
            ("条件", "Condition"), ("起算时符合右列条件的", "if the condition on the right is true at the start"), rule.when
        )
    if rule.each:
        yield Row(
            ("逐项", "Item by item"), ("右列的每一项各是一项义务", "one obligation for each item on the right"), rule.each
        )
    if rule.axis == "received":
        said = ("以平台收到的时间为准", "the time of receipt by the platform counts")
        yield Row(("时间", "Time"), said, rule.axis)


def _window(rule: Rule) -> Iterator[Row]:
    if rule.kind != "rate":
        return
    length, step = words.span(rule.window), words.span(rule.every)
    said = (f"{length[0]}，每{step[0]}一次", f"{length[1]}, every {step[1]}")
    yield Row(("窗口", "Window"), said, f"{rule.window}, {rule.every}")
    for name, text in rule.measures.items():
        yield Row(("计数", "Counted"), (f"{name}：窗口内", f"{name}: in the window"), text)
    yield from _condition("num", rule.num)
    yield from _condition("den", rule.den)
    if rule.least > 1:
        least = (f"分母不足{rule.least}的，不判", f"below {rule.least} in the denominator nothing is judged")
        yield Row(("下限", "Least"), least, str(rule.least))
    if rule.baseline is not None:
        zh, en = _OF[rule.baseline.of]
        if rule.baseline.of == "self":
            zh, en = f"{zh}，{rule.baseline.windows}个", f"{en}, {rule.baseline.windows} of them"
        if rule.baseline.like:
            zh, en = f"{zh}，只看同月", f"{en}, those of the same month"
        yield Row(("比较", "Compared with"), (zh, en), rule.baseline.of)


def _judged(rule: Rule) -> Iterator[Row]:
    """What must not be, and whether it is judged again."""
    if rule.kind == "forbidden" and rule.when:
        yield Row(("不应有", "Must not be"), ("右列条件成立", "the condition on the right is true"), rule.when)
    for check in rule.checks:
        severity = words.SEVERITIES[check.severity]
        said = (f"{check.name.zh}（{severity[0]}）", f"{check.name.en} ({severity[1]})")
        yield Row(("不应有", "Must not be"), said, check.fail)
    if rule.balance:
        least = ("不得为负", "must not be negative") if rule.sign else ("应当为零", "must be 0")
        spare = (f"，允许偏差{rule.tolerance}分", f", up to {rule.tolerance} fen are let pass") if rule.tolerance else _NOTHING
        said = (f"右列金额（分）{least[0]}{spare[0]}", f"the amount on the right (fen) {least[1]}{spare[1]}")
        yield Row(("账实", "Balance"), said, rule.balance)
    if rule.holds:
        said = ("每次重新核对，不再违反即解除", "judged again each time; ends when nothing is wrong any more")
        yield Row(("持续", "Judged again"), said)


def _moved(rule: Rule) -> Iterator[Row]:
    for index, entry in enumerate(rule.pause):
        begin, ends = words.reference(entry.begin), [words.reference(text) for text in entry.ends]
        said = (
            f"自{begin[0]}起，至{'或者'.join(zh for zh, _ in ends)}止",
            f"from: {begin[1]}; to: {', or '.join(en for _, en in ends)}",
        )
        yield Row(_NOTHING if index else ("不计入", "Not counted"), said, f"{entry.begin} → {' | '.join(entry.ends)}")
    for text in rule.extend:
        yield Row(("延长", "Extended by"), words.reference(text), text)


def _level(level: Level, rule: Rule) -> Row:
    zh, en = words.level_at(level.at) if rule.kind in _CLOCKED else ("违反时", "when it fails")
    if rule.kind == "rate":
        zh, en = "窗口结束时", "at the end of the window"
    if level.when:
        zh, en = f"{zh}，符合右列条件的", f"{en}, under the condition on the right"
    if level.react:
        who = words.desks(level.react)
        zh, en = f"{zh}；{who[0]}处理", f"{en}; {who[1]} acts"
    if level.basis and level.basis != rule.basis:
        zh, en = f"{zh}（{words.BASES[level.basis][0]}）", f"{en} ({words.BASES[level.basis][1]})"
    at = level.at if rule.kind in _CLOCKED else ""
    return Row(words.SEVERITIES[level.severity], (zh, en), " ".join(filter(None, (at, level.when and f"when {level.when}"))))


def _tail(rule: Rule) -> Iterator[Row]:
    if rule.outlives:
        yield Row(("结案", "End of the case"), ("结案后仍然计算", "doesn't end it"), "outlives = true")
    if rule.react:
        yield Row(("谁处理", "Who acts"), words.desks(rule.react), ", ".join(rule.react))
    if rule.hold:
        said = ("仍未解除的，才通知", "only then, if it still stands, is anybody paged")
        yield Row(
            ("通知", "Page"),
            (f"{words.span(rule.hold)[0]}后{said[0]}", f"after {words.span(rule.hold)[1]}: {said[1]}"),
            rule.hold,
        )
    if rule.propose:
        yield Row(("拟出文书", "Drafted"), (rule.propose, "the document named on the left, for signature"))
    if rule.restricted:
        said = ("只在限制范围内流转", "seen within the restricted room only")
        yield Row(("限制", "Restricted"), said, "restricted = true")
    for name, value in rule.params.items():
        yield Row(("参数", "Parameter"), (f"{name} = {value}", f"{name} = {value}"), f"p.{name}")
    if rule.effective.begin is not None or rule.effective.end is not None:
        begin, end = rule.effective.begin or "…", rule.effective.end or "…"
        yield Row(("施行", "In force"), (f"{begin} 至 {end}", f"{begin} to {end}"))
    yield Row(("依据", "Basis"), words.BASES[rule.basis], rule.basis)
