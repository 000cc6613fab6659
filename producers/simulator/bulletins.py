"""The quarterly bulletins of the supreme court on cases against public authorities: one is owed to the end of each quarter."""

import random
from datetime import date, timedelta

from producers.simulator.case import Case, Label, on
from producers.simulator.days import civil, midnight, number
from producers.simulator.nation import World

COURT = "最高法"
TOPIC = "涉党政机关"
RULE = "R-GOV-01.d"

_SIDES = ("last_day", "last_second", "first_second", "day_after", "in good time", "never")
_SHARES = (2, 2, 1, 1, 1, 2)


def quarter_from(day: int) -> tuple[int, int]:
    """The first day of the first quarter that begins on a day or after it, and that of the next."""
    start = civil(day)
    while start.day > 1 or start.month % 3 != 1:
        start += timedelta(days=1)
    end = date(start.year + start.month // 10, (start.month + 2) % 12 + 1, 1)
    return number(start), number(end)


def bulletins(world: World, name: str, first: int) -> Case:
    """What the supreme court tells from a day on, as a case of its own: bulletins in time, late by a second, or none."""
    rng = random.Random(f"bulletins/{world.seed}")
    case = Case(world=world, rng=rng, number=0, subject=name, root=name, court=COURT)
    start, end = quarter_from(first)
    while midnight(end) < world.horizon:
        side = rng.choices(_SIDES, _SHARES)[0]
        at = {
            "last_day": case.office(end - 1),
            "last_second": midnight(end) - 1,
            "first_second": midnight(end),
            "day_after": case.office(end),
            "in good time": case.office(start + rng.randrange(5, 80)),
        }.get(side)
        quarter = f"{civil(start).year}Q{civil(start).month // 3 + 1}"
        if at is not None:
            data = {
                "bulletin_id": f"{name}-{quarter}",
                "topic": TOPIC,
                "period": quarter,
                "to_kinds": ["下级法院"],
                "on": on(at),
            }
            case.say("sup.bulletin_issued", at, data)
        case.labels.append(Label(name, RULE, (quarter,), "O", side))
        start, end = quarter_from(end)
    return case
