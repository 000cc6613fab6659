"""Deadlines worked out from what stands told: who owes what from when, and what it came to."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from producers.simulator.days import day_of
from producers.simulator.dues import Duty, Extension, Verdict, judge
from producers.simulator.parts import Part
from producers.simulator.view import Ref, Told, View

ENDS = (Ref("case.closed"), Ref("case.refused"), Ref("case.transferred"))
Match = Callable[[Told, Told, Any], bool]
"""(other fact, start, element): whether the other fact speaks of the duty."""


class Pause(msgspec.Struct, frozen=True):
    """A kind of stay: what opens it, what closes it, and the date of the opening fact with which it lapses."""

    begin: Ref
    end: tuple[Ref, ...]
    until: str | None = None


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """A rule with a time limit, in the simulator's own terms; the words are those of the rules' files.

    Attributes:
        part: Its limit and levels.
        within: Another part, or the day on which it is due, for each start.
        unless: Facts before a level with ``unless_requested`` that keep it away.
    """

    part: Part
    start: tuple[Ref, ...]
    stop: tuple[Ref, ...]
    cancel: tuple[Ref, ...] = ()
    key: str = ""
    arms: str = "first"
    when: Callable[[Told, View], bool] | None = None
    match: Match | None = None
    within: Callable[[Told], Part | int] | None = None
    each: Callable[[Told], list[Any]] | None = None
    each_part: Callable[[Any], Part] | None = None
    pauses: tuple[Pause, ...] = ()
    extend: tuple[Ref, ...] = ()
    unless: tuple[Ref, ...] = ()
    chain: bool = False


class Owed(msgspec.Struct):
    """A duty that a clock found, what it came to, and the fact that fulfilled it."""

    clock: Clock
    duty: Duty
    element: Any
    verdict: Verdict
    done: Told | None
    arming: Told


def owed(clock: Clock, view: View, horizon: int) -> Iterator[Owed]:
    """All duties under a clock in a view, in the order of their starts."""
    starts = [
        (at, told, None if not clock.key else view.key(told, clock.key))
        for at, told in view.of(clock.start)
        if clock.when is None or clock.when(told, view)
    ]
    taken: set[tuple[str | None, Any]] = set()  # an element is armed by the first start that lists it
    for place, (at, told, key) in enumerate(starts):
        if clock.key and key is None:
            continue
        following = None
        if clock.arms == "last":
            following = next(((a, t) for a, t, k in starts[place + 1 :] if k == key), None)
        for element in [None] if clock.each is None else clock.each(told):
            if clock.arms == "first" and (key, element) in taken:
                continue
            taken.add((key, element))
            yield _one(clock, view, horizon, at, told, key, element, following)


def _one(clock: Clock, view: View, horizon: int, at: int, told: Told, key: str | None, element: Any, following: Any) -> Owed:
    done = [(a, t) for a, t in view.of(clock.stop) if a >= at and _speaks(clock, view, t, told, key, element, stop=True)]
    if following is not None:
        done = sorted([*done, following], key=lambda one: (one[0], one[1].order))
    dropped = [a for a, t in view.of(clock.cancel) if _speaks(clock, view, t, told, key, element, stop=False)]
    if not clock.part.outlives:
        dropped += [a for a, t in view.of(ENDS) if (a, t.order) > (at, told.order) and t not in {one for _, one in done}]
    part, due_on = clock.part, None
    if clock.each_part is not None:
        part = clock.each_part(element)
    if clock.within is not None:
        limit = clock.within(told)
        part, due_on = (limit, None) if isinstance(limit, Part) else (part, limit)
    duty = Duty(
        part=part,
        subject=view.name,
        key=() if key is None else (key,),
        start=at,
        pauses=_pauses(clock, view, key, at),
        extensions=[Extension(a, day_of(t.instant("until_on") or 0)) for a, t in _approved(clock, view) if a >= at],
        requested=[a for a, t in view.of(clock.unless) if _speaks(clock, view, t, told, key, element, stop=False)],
        done=[a for a, _ in done],
        dropped=dropped,
        due_on=due_on,
    )
    verdict = judge(duty, horizon)
    cured = verdict.ending is not None and verdict.ending.reason == "cured"
    return Owed(clock, duty, element, verdict, done[0][1] if cured else None, told)


def _approved(clock: Clock, view: View) -> list[tuple[int, Told]]:
    return [(told.at, told) for _, told in view.of(clock.extend)]


def _speaks(clock: Clock, view: View, told: Told, start: Told, key: str | None, element: Any, *, stop: bool) -> bool:
    if clock.match is not None and not clock.match(told, start, element):
        return False
    if not clock.key:
        return True
    own = view.key(told, clock.key)
    return own == key if own is not None else (not stop or clock.match is not None)


def _pauses(clock: Clock, view: View, key: str | None, start: int) -> list[tuple[int, int | None]]:
    """Spans [from, to) of days; a closing fact closes all that stand open of its own entry."""
    spans: list[tuple[int, int | None]] = []
    for entry in clock.pauses:
        closings = [at for at, told in view.of(entry.end) if not clock.key or view.key(told, clock.key) in (key, None)]
        for at, told in view.of((entry.begin,)):
            if clock.key and view.key(told, clock.key) not in (key, None):
                continue
            ends = [one for one in closings if one > at]
            if entry.until is not None and (until := told.instant(entry.until)) is not None:
                ends.append(until + 86_400)
            spans.append((day_of(at), day_of(min(ends)) if ends else None))
    return [span for span in spans if span[1] is None or span[1] > day_of(start)]
