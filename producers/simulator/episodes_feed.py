"""Short cases in which numbers of a court's other systems are lost: found, filled in time, late or never."""

from typing import Any

from producers.simulator.case import Fact, Label, on
from producers.simulator.days import DAY, day_of, instant_text, midnight, next_open, working_hours_later
from producers.simulator.episodes_clock import Play
from producers.simulator.stage import Stage

_RULE = "R-DATA-01.c"
_HOUR = 3_600
_NODE: dict[str, Any] = {"node_code": "立案", "to_role": "申请", "channel": "微信"}


def numbers_lost(stage: Stage) -> None:
    """Some systems that tell the parties of the nodes lose numbers."""
    for index in range(stage.rng.randrange(1, 4)):
        stage.later(1, 30)
        _lose(stage, f"nodes-{stage.case.subject}-{index}")


def _lose(stage: Stage, system: str) -> None:
    """One to three numbers are lost; a later number or a heartbeat shows it."""
    rng = stage.rng
    found = midnight(day_of(stage.now)) + rng.randrange(DAY)
    first, count = rng.randrange(1, 60), rng.randrange(1, 4)
    earliest = _sent(stage, system, first, found - rng.randrange(600, 5 * _HOUR))
    last = first + count
    if rng.random() < 0.4:
        beat = {"court_code": stage.case.court, "last_seq": last, "backlog": 0, "at": instant_text(found - 5)}
        _sent(stage, system, None, found, beat)
        stage.note(_RULE, "told by a heartbeat")
    else:
        _sent(stage, system, last + 1, found)
    filled = _filled(stage, found)
    missing = list(range(first + 1, last + 1))
    rng.shuffle(missing)
    for number in missing[1:]:
        _sent(stage, system, number, rng.randrange(found + 1, found + 3_000))
    if filled is not None:
        _fill(stage, system, missing[0], filled, earliest)
    if rng.random() < 0.2 and not stage.case.world.mended:
        before = found + rng.randrange(_HOUR, 9 * DAY)
        _sent(stage, system, first + 100, before)  # the numbers between are lost for good
        stage.note(_RULE, "many")


def _filled(stage: Stage, found: int) -> int | None:
    """When the last of the numbers comes, around one of the levels; None: never."""
    rng = stage.rng
    level = rng.choice(("yellow", "yellow", "orange", "red"))
    red = midnight(next_open(next_open(day_of(found))) + 1)
    instant = {"yellow": found + _HOUR, "orange": working_hours_later(found, 8), "red": red}[level]
    side = rng.choices(("last_second", "instant", "first_second", "later", "never"), (2, 2, 2, 1, 1))[0]
    if stage.case.world.mended and side == "never":
        side = "later"
    stage.case.labels.append(Label(stage.case.subject, _RULE, (), level, side))
    late = {"last_second": -1, "instant": 0, "first_second": 1, "later": rng.randrange(_HOUR, 20 * DAY)}
    return None if side == "never" else instant + late[side]


def _fill(stage: Stage, system: str, number: int, at: int, earlier: str | None) -> None:
    """The last number comes: as a fact of its own, or as a correction or withdrawal of an earlier one, which uses it up too."""
    way = stage.rng.choice(("told", "told", "corrected", "withdrawn"))
    if way == "told" or earlier is None:
        _sent(stage, system, number, at)
        return
    (wrong,) = [fact for fact in stage.case.facts if fact.id == earlier]
    if _put_right(stage, number, at, wrong, None if way == "withdrawn" else wrong.data) is not None:
        stage.note(_RULE, way)


def _sent(stage: Stage, system: str, number: int | None, recorded: int, beat: dict[str, Any] | None = None) -> str | None:
    """A system sends a fact under a number, or a heartbeat without one; its id."""
    at = recorded - stage.rng.randrange(60, 500)
    kind, data = ("case.node_published", _NODE | {"on": on(at)}) if beat is None else ("sys.feed_heartbeat", beat)
    name = stage.case.say(kind, at, data, tail=True, recorded=recorded)
    return None if name is None else _numbered(stage, system, number, recorded)


def _put_right(stage: Stage, number: int, recorded: int, wrong: Fact, data: dict[str, Any] | None) -> str | None:
    """A correction of a fact, or its withdrawal, comes from the same system under a number; its id."""
    if recorded >= stage.case.world.horizon:
        return None
    stage.case.correct(wrong.id, wrong.kind, wrong.at, data, not_before=0)
    return _numbered(stage, wrong.system, number, recorded)


def _numbered(stage: Stage, system: str, number: int | None, recorded: int) -> str:
    """What was told last comes from a system of its own, under a number and at an instant; its id."""
    fact = stage.case.facts[-1]._replace(system=system, number=number, recorded=recorded)
    stage.case.facts[-1] = fact
    return fact.id


FEED_EPISODES: tuple[Play, ...] = (numbers_lost,)
