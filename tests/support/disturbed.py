"""Simulated facts disturbed: entered late, repeated, told twice in other words, corrected, corrected again and withdrawn."""

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from contract.codec import from_json
from contract.errors import InvalidEvent
from contract.named_courts import court_errors
from contract.registry import validate
from contract.times import civil_date, format_instant, parse_instant

Fact = dict[str, Any]
Values = dict[tuple[str, str], list[Any]]


def values_of(facts: Sequence[Fact]) -> Values:
    """What each field of each type says anywhere, and within each case: candidates for another valid value."""
    found: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for fact in facts:
        for name, value in fact.get("data", {}).items():
            found[fact["type"], name].append(value)
            found[fact["subject"], name].append(value)
    return found


def reworded(rng: random.Random, fact: Fact, values: Values) -> Fact:
    """The fact with another time, or with one field that is changed or left out; as it was if that is never valid."""
    for _ in range(8):
        changed = _changed(rng, fact, values)
        if _valid(changed):
            return changed
    return fact


def _changed(rng: random.Random, fact: Fact, values: Values) -> Fact:
    data = dict(fact["data"])
    fields = [name for name in data if name != "on"]
    if rng.random() < 0.45 or not fields:
        time = parse_instant(fact["time"]) + timedelta(minutes=rng.randrange(-60 * 24 * 30, 60 * 24 * 30))
        if "on" in data:
            data["on"] = civil_date(time).isoformat()
        return fact | {"time": format_instant(time), "data": data}
    name = rng.choice(fields)
    if rng.random() < 0.15:
        del data[name]
    else:
        scope = fact["subject"] if name.endswith(("_id", "_ref", "_ids", "_refs")) else fact["type"]
        data[name] = rng.choice(values[scope, name])
        if name.endswith("_fen") and isinstance(data[name], int):
            data[name] = max(1, data[name] * rng.choice((1, 1, 2, 3)) // rng.choice((1, 2)))
    return fact | {"data": data}


def _valid(fact: Fact) -> bool:
    try:
        event = from_json(fact)
        return not [*validate(event), *court_errors(event)]
    except InvalidEvent:
        return False


def disturbed(rng: random.Random, facts: Sequence[Fact], share: float) -> list[Fact]:
    """The facts, such a share of them disturbed, in any order.

    A disturbed fact is repeated, has a second body under its name, comes some days late, or has one to three corrections,
    each of the fact or of the correction before, the last of them perhaps a withdrawal.
    """
    values, made = values_of(facts), []
    for fact in facts:
        made.append(fact)
        if "correctionof" in fact or "data" not in fact or rng.random() > share:
            continue
        kind = rng.random()
        if kind < 0.05:
            made.append(fact)
        elif kind < 0.12:
            made.append(reworded(rng, fact, values) | {"recordedtime": _later(rng, fact, -9, 9)})
        elif kind < 0.2:
            made[-1] = fact | {"recordedtime": _later(rng, fact, 1, 24 * 40)}
        else:
            made += _corrections(rng, fact, values)
    rng.shuffle(made)
    return made


def _corrections(rng: random.Random, fact: Fact, values: Values) -> list[Fact]:
    made, target, said = [], fact, fact
    for turn in range(rng.choice((1, 1, 1, 2, 3))):
        said = reworded(rng, said, values)
        correction = said | {
            "id": f"{fact['id']}-c{turn}",
            "recordedtime": _later(rng, fact, 1 + 9 * turn, 9 * turn + 9),
            "correctionof": f"{fact['source']} {target['id']}",
        }
        correction.pop("sequence", None)
        made.append(correction)
        target = rng.choice((fact, correction))
    if rng.random() < 0.2:
        made[-1].pop("data")
        made[-1].pop("datacontenttype", None)
    return made


def _later(rng: random.Random, fact: Fact, least: int, most: int) -> str:
    """When it was recorded, moved by so many hours at least, and at most."""
    return format_instant(parse_instant(fact["recordedtime"]) + timedelta(hours=rng.randrange(least, most)))
