"""Every measure and every indicator by its id. Grafana, wall, API and docs read this and nothing else."""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, get_args

import msgspec

from contract.indicators.model import Indicator, Measure, Term, When

_ID = re.compile(r"I-\d\d(\.[b-z])?")
_TERM = re.compile(r"([a-z0-9_]+)(?:@([a-z]+))?(?::(.+))?")

_UNREAD = """
alerts_open alerts_unended alerts_due unended open_at idle_at terminated_left left_fen unclaimed_fen assets_at controlled_fen
petitions_received petitions_repeated petitions_left inquiries feedback_failed feedback_by_days assist_left entrusted
entrusted_left entrusted_returned directives_left directives_at missions emergencies
"""
UNREAD = frozenset(_UNREAD.split())
"""Measures that only panels read."""


def _read(name: str) -> list[dict[str, Any]]:
    table: dict[str, list[dict[str, Any]]] = tomllib.loads(
        files("contract.indicators").joinpath(f"{name}s.toml").read_text("utf-8")
    )
    return table[name]


def term(text: str) -> Term:
    """Read a term as it is written in indicators.toml, such as ``open@end:执 执恢``; raises ValueError."""
    parts = _TERM.fullmatch(text)
    when = "window" if parts is None else parts[2] or "window"
    if parts is None or when not in get_args(When):
        raise ValueError(f"{text!r} is no term: write measure, measure@end or measure@begin, then maybe :kinds")
    return Term(parts[1], msgspec.convert(when, When), tuple((parts[3] or "").split()))


def _indicators() -> Iterator[Indicator]:
    known = {field.name for field in msgspec.structs.fields(Indicator)}
    for raw in _read("indicator"):
        if unknown := raw.keys() - known:
            raise ValueError(f"indicator {raw.get('id')}: unknown fields {', '.join(sorted(unknown))}")
        terms = {part: tuple(term(text) for text in raw.pop(part, ())) for part in ("num", "den")}
        yield msgspec.structs.replace(msgspec.convert(raw, Indicator), **terms)


MEASURES: dict[str, Measure] = {one.id: one for one in msgspec.convert(_read("measure"), list[Measure])}
"""The closed list of measures, in the order in which they are shown."""

INDICATORS: dict[str, Indicator] = {one.id: one for one in _indicators()}
"""All of them, in order; those with `missing` have no value."""

CLOSED_MEASURES = frozenset(part.measure for one in INDICATORS.values() if one.whole_court for part in one.terms())
"""Measures whose rows are told to nobody: they are never told of less than a court and a quarter."""


def faults() -> list[str]:
    """What is wrong with the catalogue, one line each; a test wants none."""
    found = [
        f"{kind} {name}: written twice"
        for kind in ("measure", "indicator")
        for name in {raw["id"] for raw in _read(kind) if [one["id"] for one in _read(kind)].count(raw["id"]) > 1}
    ]
    found += [f"{one.id}: {fault}" for one in INDICATORS.values() for fault in _faults(one)]
    used = {part.measure for one in INDICATORS.values() for part in one.terms()} | {one.median for one in INDICATORS.values()}
    return found + [f"measure {name}: no indicator reads it" for name in sorted(MEASURES.keys() - used - UNREAD)]


def _faults(one: Indicator) -> Iterator[str]:
    if not _ID.fullmatch(one.id):
        yield "an id is I-nn or I-nn.b"
    for part in one.terms():
        yield from _term_faults(part)
    yield from (f"made of {part}, which is none" for part in one.of if part not in INDICATORS)
    if sum((bool(one.num), bool(one.of), bool(one.missing))) != 1:
        yield "has terms, or is made of others, or is missing: one of the three"
    if bool(one.of) != (one.compose is not None) or (
        len(one.weights) != len(one.of) if one.compose == "weighted" else one.weights
    ):
        yield "a composite says how, and gives a weight to each where they are weighted"
    if (one.unit in ("fen", "count")) == bool(one.den or one.courts or one.of or one.missing):
        yield "a sum has no denominator, all else has one"
    if not one.missing and one.num_words is None:
        yield "its numerator has no words"
    if bool(one.den or one.courts) != (one.den_words is not None):
        yield "its denominator has no words"
    if one.median and (one.median not in MEASURES or MEASURES[one.median].split != "case_type_days"):
        yield "the median is of a measure that counts by days"
    if one.median and one.window not in ("year", "quarter", "month"):
        yield "what has a median has a window of whole months"


def _term_faults(part: Term) -> Iterator[str]:
    measure = MEASURES.get(part.measure)
    if measure is None:
        yield f"no measure {part.measure}"
    elif (measure.counts == "flow") != (part.when == "window"):
        yield f"{part.measure} is a {measure.counts} and can't be taken at the {part.when}"
