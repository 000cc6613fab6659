"""Rows page by page, on the real engine: each once and in one order, however long the pages are."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from own_sums import add_up

from contract.indicators.model import Term
from dashboards import counted
from dashboards.question import EVER, Question, Sum
from infra.clickhouse.client import ClickHouse

_LAST = date(2024, 5, 31)
_QUESTIONS = [Question("最高法", _LAST), Question("京", _LAST), Question("京0105", _LAST, below=False)]


def _fill(clickhouse: ClickHouse, rng: random.Random, number: int) -> None:
    """Rows of three measures at some courts, one in five of which was moved to another day, and one in ten taken back."""
    rows: list[tuple[Any, ...]] = []
    for index in range(number):
        court, days = rng.choice(("京0105", "京0101", "京", "粤01", "-")), rng.choice((0, 2, 10, 95))
        day = date(2024, 5, 1) + timedelta(rng.randrange(20))
        subject = f"s{rng.randrange(number // 3)}"
        measure, kind = rng.choice((("filed", "执"), ("closed", "执"), ("closed_by_days", f"执 {days}")))
        one = (measure, court, day, kind, subject, str(index))
        rows.append((*one, 1))
        if index % 5 == 0:
            rows += [(*one, -1), (measure, court, day + timedelta(3), kind, subject, str(index), 1)]
        elif index % 10 == 1:
            rows.append((*one, -1))
    measure, court, days_of, kind, subject, ref, amount = map(list, zip(*rows, strict=True))
    known = [date(2024, 6, 1) + timedelta(place) for place in range(len(rows))]
    names = {"measure": measure, "court": court, "day": days_of, "kind": kind, "subject": subject, "ref": ref}
    more = {"rootid": subject, "known_on": known, "amount": amount, "version": [1] * len(rows)}
    clickhouse.insert_columns("counted", names | more)
    add_up(clickhouse)


@pytest.mark.parametrize("question", _QUESTIONS, ids=["nation", "province", "alone"])
def test_pages_put_together_are_all_the_rows(clickhouse: ClickHouse, question: Question) -> None:
    """Of one sum and of several, by court and by days; every page tells the same count and sum, and the day that holds."""
    rng = random.Random(3)
    _fill(clickhouse, rng, 300)
    by_days = [Sum(Term("closed_by_days"), EVER, _LAST)]
    both = [Sum(Term(name), EVER, _LAST) for name in ("filed", "closed")]
    held = dict(
        clickhouse.query_rows(
            "SELECT ref, min(day) FROM (SELECT ref, day FROM counted FINAL GROUP BY ref, day HAVING sum(amount) != 0)"
            " GROUP BY ref"
        )
    )
    for sums, order in ((both, counted.IN_ORDER), (both[:1], counted.IN_ORDER), (by_days, counted.BY_DAYS)):
        whole = counted.rows(clickhouse, sums, question, limit=1000, offset=0, order=order)
        assert whole.number == whole.total == len(whole.items) > 10
        assert [row["since"] for row in whole.items] == [held[row["ref"]] for row in whole.items]
        firsts = [
            int(row["kind"].split()[1]) if sums is by_days else (row["measure"] != "filed", row["court"]) for row in whole.items
        ]
        assert firsts == sorted(firsts)
        for limit in (1, 7, 40, whole.number, whole.number + 1):
            offsets = range(0, whole.number + limit, limit) if limit > 1 else sorted(rng.sample(range(whole.number), 10))
            for offset in offsets:
                found = counted.rows(clickhouse, sums, question, limit=limit, offset=offset, order=order)
                assert found == whole._replace(items=whole.items[offset : offset + limit]), (limit, offset)
