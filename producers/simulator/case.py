"""One case being told: its facts in CloudEvents' terms, the duties that they give rise to, and what was seeded."""

import random
from typing import Any, NamedTuple

import msgspec

from producers.simulator.days import DAY, civil, day_of, day_text, is_open, midnight, roll
from producers.simulator.dues import Duty, last_days
from producers.simulator.nation import World

_HOUR = 3_600
_OPENS = 8 * _HOUR + 1_800
_SHUTS = 17 * _HOUR + 1_800
_OVERTIME = 0.15
"""Share of what would fall on a day of rest that is done on it all the same."""

_OF_PROPERTY = ("asset.", "auction.")

Side = str
SIDES: tuple[Side, ...] = ("last_day", "last_second", "first_second", "day_after", "later", "never")
"""Where a seeded fulfilment falls, seen from a level: in its last day, in the last second of that day, at the very
instant of the level, on the day after, some days later, or nowhere."""


_SIDE_SHARES = (2, 2, 1, 1, 1, 1)


SYSTEM = "sim"
"""The system of a court that most facts come from; its numbers have no gap."""


class Fact(NamedTuple):
    """One event of a life, before it has a place in its source.

    Sorting puts facts into the order in which the nation's courts enter them. What comes from another system of the court
    has the number that it says, or none.
    """

    recorded: int
    id: str
    court: str
    kind: str
    subject: str
    root: str
    at: int
    data: dict[str, Any] | None
    corrects: str | None
    system: str = SYSTEM
    number: int | None = None

    @property
    def source(self) -> str:
        """Who sends it."""
        return f"/court/{self.court}/{self.system}"


class Proceeds(NamedTuple):
    """Money, or what stands for it, that a debtor or an asset brought in."""

    at: int
    amount_fen: int
    channel: str


class Label(NamedTuple):
    """What was seeded in a case, for people who look at one alert and ask why it is there."""

    subject: str
    rule: str
    key: tuple[str, ...]
    level: str
    side: Side


class Case(msgspec.Struct, kw_only=True):
    """A case as far as it has been told.

    Attributes:
        world: What is the same for all lives.
        rng: The life's own dice.
        number: The running number of the life, from which its case numbers are made.
        subject: The stable id of the case.
        root: The subject of the first case of its chain.
        court: Code of the owning court.
        case_no: Its 案号, once filed.
        filed_at: When it was filed.
        claim_fen: The sum enforced.
        applicants: Refs of 申请执行人.
        debtors: Refs of 被执行人.
        applied_at: When the application was received, or 0.
        assets_known: Whether the applicant named property.
        livelihood: Whether it is of a kind that goes first (涉民生).
        fee_fen: The enforcement fee.
        spare_fen: How much more property may be seized without seizing more than is owed.
        performs: Whether it is planned to end as performed: money is not placed in escrow, which performs nothing.
        accounts: Whether its planned end asks that all money be out: performed, or terminated.
        settles_at: From here on nothing new is begun with property: the case is being brought to its end; None = open.
        pays_by: Until here all money that came in must have gone out; None = open.
        ended_at: When it was closed, refused or transferred, if that was told.
        facts: What was told.
        duties: What it gave rise to.
        labels: What was seeded.
    """

    world: World
    rng: random.Random
    number: int
    subject: str
    root: str
    court: str
    case_no: str = ""
    filed_at: int = 0
    claim_fen: int = 0
    applicants: list[str] = []
    debtors: list[str] = []
    applied_at: int = 0
    assets_known: bool = False
    livelihood: bool = False
    fee_fen: int = 0
    spare_fen: int = 0
    performs: bool = False
    accounts: bool = False
    settles_at: int | None = None
    pays_by: int | None = None
    ended_at: int | None = None
    facts: list[Fact] = []
    duties: list[Duty] = []
    labels: list[Label] = []
    count: int = 0
    serials: int = 0

    def say(
        self,
        kind: str,
        at: int,
        data: dict[str, Any],
        *,
        not_before: int = 0,
        tail: bool = False,
        recorded: int | None = None,
    ) -> str | None:
        """Tell a fact that happened at ``at``; its id, or None where it is not told.

        A fact is not told if the court would enter it only after the last tick, or if the case had ended: only money and
        objections go on then (and what ``tail`` says). Steps with property come before the case is brought to its end.
        """
        if self.ended_at is not None and at >= self.ended_at and not tail and not kind.startswith(("fund.", "objection.")):
            return None
        if not tail and kind.startswith(_OF_PROPERTY) and not self.room(at):
            return None
        if recorded is None:
            recorded = max(at, not_before) + self.delay()
        if recorded >= self.world.horizon:
            return None
        return self._tell(kind, at, recorded, data, None)

    def promptly(self, kind: str, at: int, data: dict[str, Any], *, tail: bool = False) -> str | None:
        """Tell a fact that the court's own system enters within hours, because the next step asks for it."""
        return self.say(kind, at, data, tail=tail, recorded=at + self.rng.randrange(60, 2 * _HOUR))

    def room(self, at: int) -> bool:
        """Whether property may still be dealt with at an instant, before the case is brought to its end."""
        return self.settles_at is None or at < self.settles_at

    def correct(self, wrong: str, kind: str, at: int, data: dict[str, Any] | None, *, not_before: int) -> str | None:
        """Tell what a fact should have said (None: it never was); its id, or None where that is entered after the last tick."""
        recorded = not_before + self.delay()
        return None if recorded >= self.world.horizon else self._tell(kind, at, recorded, data, wrong)

    def _tell(self, kind: str, at: int, recorded: int, data: dict[str, Any] | None, corrects: str | None) -> str:
        self.count += 1
        name = f"{self.subject}.{self.count}"
        self.facts.append(Fact(recorded, name, self.court, kind, self.subject, self.root, at, data, corrects))
        return name

    def delay(self) -> int:
        """Seconds from a fact to its entry: mostly minutes to hours, some days, now and then weeks."""
        draw = self.rng.random()
        if draw < 0.80:
            return 60 + int(self.rng.expovariate(1 / (2 * _HOUR)))
        if draw < 0.96:
            return self.rng.randrange(_HOUR, 3 * DAY)
        return self.rng.randrange(3 * DAY, 25 * DAY)

    def office(self, day: int) -> int:
        """An instant in the office hours of a day."""
        return midnight(day) + self.rng.randrange(_OPENS, _SHUTS)

    def workday(self, day: int) -> int:
        """An instant in the office hours of a day or of the first working day after it; now and then courts work overtime."""
        return self.office(day if self.rng.random() < _OVERTIME else roll(day))

    def serial(self, kind: str, at: int) -> str:
        """The next number of this life for a type of case, unique in the nation: ``（2024）京0105执123号``."""
        self.serials += 1
        return f"（{civil(day_of(at)).year}）{self.court}{kind}{self.number * 10 + self.serials}号"

    def anomalous(self) -> bool:
        """Whether the next duty is seeded with an anomaly or a near miss."""
        return self.rng.random() < self.world.anomalies

    def lapse(self) -> bool:
        """Whether something is left undone that nobody can make good afterwards: a fifth of the anomalies."""
        return self.rng.random() < self.world.anomalies / 5

    def when_done(self, duty: Duty, earliest: int = 0, by: int | None = None, *, seldom: bool = False) -> int | None:
        """Choose when a duty is fulfilled: in good time (and before ``by``), or seeded around a level; None = never."""
        after = max(earliest, duty.start)
        if self.lapse() if seldom else self.anomalous():
            return self.seed_around(duty, after)
        last = last_days(duty)[0]
        if by is None:
            return self._in_time(last, after)
        at = self._in_time(min(last, day_of(by)), after)
        return at if at < by else self.between(after, by)

    def between(self, after: int, by: int) -> int:
        """An instant after one and before another, if there is any."""
        return after + max(int((by - after) * self.rng.random()), 1)

    def seed_around(self, duty: Duty, after: int) -> int | None:
        """Choose an instant around one of a duty's levels, and label it; None = never."""
        days = last_days(duty)
        index = min(self.rng.randrange(len(days) + 1), len(days) - 1)  # the gravest level twice as often: life thins it out
        side = self.rng.choices(SIDES, _SIDE_SHARES)[0]
        if self.world.mended and side == "never":
            side = "later"
        at = self._at_side(days, index, side)
        if at is not None and at <= after:
            return self._in_time(days[0], after)
        self.labels.append(Label(self.subject, duty.part.rule, duty.key, duty.part.levels[index].name, side))
        return at

    def _in_time(self, last: int, earliest: int) -> int:
        first = day_of(earliest)
        day = first + int((last - first) * self.rng.random()) if last > first else first
        if not is_open(day) and roll(day) <= last:
            day = roll(day)
        at = self.office(day)
        return at if at > earliest else earliest + self.rng.randrange(60, 2 * _HOUR)

    def _at_side(self, days: list[int], index: int, side: Side) -> int | None:
        instant = midnight(days[index] + 1)
        if side == "last_day":
            return self.office(days[index])
        if side == "last_second":
            return instant - 1
        if side == "first_second":
            return instant
        if side == "day_after":
            return self.office(days[index] + 1)
        if side == "later":
            room = days[index + 1] - days[index] if index + 1 < len(days) else 40
            return self.office(days[index] + 1 + self.rng.randrange(max(room, 1)))
        return None


def on(at: int) -> str:
    """The civil date of an instant, as ``on`` fields show it."""
    return day_text(day_of(at))
