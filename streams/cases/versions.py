"""Which version of a rule judges what arms at an instant: activations, parameters, calendars, in the order of the log.

The spans of a pack's versions follow their ``from``; within a span the parameters change at their dates. A re-judging
activation takes the place of the versions activated before it, in their spans, for the rules that they had.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from contract.times import format_instant


class Activation(msgspec.Struct, frozen=True):
    """A version of a pack judges what arms at or after ``begin`` (None: always); an empty ``sha256`` = nothing arms."""

    pack: str
    version: str
    sha256: str
    begin: datetime | None
    control: int
    rejudge: bool = False


class ParamChange(msgspec.Struct, frozen=True):
    """A parameter of a rule, in the versions of a pack that were active then, for what arms at or after ``begin``."""

    pack: str
    versions: tuple[str, ...]
    rule_id: str
    param: str
    new: Any
    begin: datetime
    control: int


class Span(msgspec.Struct, frozen=True):
    """From ``begin`` on a version of a pack judges, with some parameters changed."""

    begin: datetime | None
    pack: str
    sha256: str
    changes: tuple[ParamChange, ...]


Had = Mapping[tuple[str, str], frozenset[str]]
"""(pack, SHA-256) → the ids of its rules."""


def spans(rule_id: str, activations: Iterable[Activation], changes: Sequence[ParamChange], had: Had) -> Iterator[Span]:
    """Yield the spans of one rule through all activations of its pack; those that are empty are left out."""
    ordered = sorted(activations, key=_place)
    for number, activation in enumerate(ordered):
        following = ordered[number + 1] if number + 1 < len(ordered) else None
        if following is not None and following.begin == activation.begin:
            continue
        judge = _judge(rule_id, activation, ordered[number + 1 :], had)
        mine = sorted(
            (c for c in changes if c.rule_id == rule_id and c.pack == judge.pack and judge.sha256 in c.versions),
            key=lambda change: (change.begin, change.control),
        )
        begins = [activation.begin]
        begins += [change.begin for change in mine if _within(change.begin, activation.begin, following)]
        for begin in dict.fromkeys(begins):
            yield Span(begin, judge.pack, judge.sha256, holding(mine, begin))


def holding(changes: Iterable[ParamChange], at: datetime | None) -> tuple[ParamChange, ...]:
    """Those of some changes, in the order of effect, that hold at an instant: the last of each parameter."""
    last: dict[str, ParamChange] = {}
    for change in changes:
        if at is not None and change.begin <= at:
            last.pop(change.param, None)
            last[change.param] = change
    return tuple(last.values())


def label(version: str, changes: Iterable[ParamChange]) -> str:
    """The version with the control numbers of the changes that hold: ``1+p7+p12``."""
    return version + "".join(f"+p{change.control}" for change in changes)


def _judge(rule_id: str, activation: Activation, later: Iterable[Activation], had: Had) -> Activation:
    if rule_id not in had.get((activation.pack, activation.sha256), ()):
        return activation
    again = [one for one in later if one.rejudge and one.control > activation.control]
    return max(again, key=lambda one: one.control, default=activation)


def _within(instant: datetime, begin: datetime | None, following: Activation | None) -> bool:
    ends = following.begin if following is not None else None
    return (begin is None or instant > begin) and (ends is None or instant < ends)


def _place(activation: Activation) -> tuple[bool, str, int]:
    begin = "" if activation.begin is None else format_instant(activation.begin)
    return activation.begin is not None, begin, activation.control
