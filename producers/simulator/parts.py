"""The six rules in their parts, as the law and the rulebook state them: limits and levels in the simulator's own terms."""

from typing import Literal, NamedTuple

Severity = Literal["yellow", "orange", "red"]
RANK: dict[Severity, int] = {"yellow": 1, "orange": 2, "red": 3}


class Level(NamedTuple):
    """When an unfulfilled duty is shown, and how gravely.

    Attributes:
        name: Short name of the level, unique in its part, e.g. ``Y8``.
        severity: Its colour.
        days: Days after the start (a limit of its own), or with ``from_due`` civil days after the due day.
        from_due: Whether it is reckoned from the due day.
        unless_requested: It holds only while no extension has been asked for or approved.
        working: Whether its days are working days; None = as those of its part (civil ones, if reckoned from the due day).
        months: Months after the start instead of days.
    """

    name: str
    severity: Severity
    days: int
    from_due: bool = False
    unless_requested: bool = False
    working: bool | None = None
    months: int = 0


class Part(NamedTuple):
    """One part of a rule: a clock of its own.

    Attributes:
        rule: The rule's id with its letter.
        days: The limit in days; with ``months`` 0.
        months: The limit in months, or 0.
        working: Whether only working days count.
        outlives: Whether the end of the case leaves the duty standing.
        levels: Its levels in rising order of gravity.
    """

    rule: str
    days: int
    levels: tuple[Level, ...]
    months: int = 0
    working: bool = False
    outlives: bool = False


_THIRTY = (Level("Y20", "yellow", 20), Level("O30", "orange", 30), Level("R60", "red", 60))

FILING = Part("R-INIT-01", 7, (Level("O7", "orange", 7), Level("R15", "red", 15)))
NOTICE = Part("R-INIT-03.a", 10, (Level("Y8", "yellow", 8), Level("O10", "orange", 10), Level("R15", "red", 15)))
NOTICE_AFTER_MEASURE = Part(
    "R-INIT-03.b", 3, (Level("Y2", "yellow", 2), Level("O3", "orange", 3), Level("R+2", "red", 2, from_due=True))
)
TERM = Part(
    "R-TIME-01",
    0,
    (
        Level("Y-30", "yellow", -30, from_due=True),
        Level("Y-5", "yellow", -5, from_due=True, unless_requested=True),
        Level("O", "orange", 0, from_due=True),
        Level("R+90", "red", 90, from_due=True),
    ),
    months=6,
)
CONTROL_DEPOSIT = Part("R-CTRL-01.a", 2, (Level("O2", "orange", 2), Level("R6", "red", 6)), working=True)
CONTROL_OTHER = Part("R-CTRL-01.b", 7, (Level("O7", "orange", 7), Level("R21", "red", 21)))
PRICE = Part("R-DISP-01", 30, _THIRTY)
PAY_OUT = Part("R-FUND-01", 30, _THIRTY, outlives=True)
OBJECTION_FILED = Part("R-OBJ-01.a", 3, (Level("O3", "orange", 3),), outlives=True)
OBJECTION_TOLD = Part("R-OBJ-01.b", 3, (Level("O3", "orange", 3),), outlives=True)
OBJECTION_DECIDED = Part(
    "R-OBJ-01.c", 15, (Level("Y12", "yellow", 12), Level("O15", "orange", 15), Level("R30", "red", 30)), outlives=True
)
PARTS = (
    NOTICE,
    NOTICE_AFTER_MEASURE,
    TERM,
    CONTROL_DEPOSIT,
    CONTROL_OTHER,
    PRICE,
    PAY_OUT,
    OBJECTION_FILED,
    OBJECTION_TOLD,
    OBJECTION_DECIDED,
)
