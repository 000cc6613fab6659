"""The rows of `counted` that a number is the sum of: how many, their sum, and some of them."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from contract.courts import COURTS, SPC
from contract.indicators.catalogue import MEASURES
from dashboards import alone
from dashboards.question import DAYS, Question, Sum
from infra.clickhouse.client import ClickHouse

_ROW: Final = "measure, court, kind, subject, ref, rootid"


class Order(NamedTuple):
    """An order of rows: by ``first``, then by ``then``; whatever is equal in ``first`` is looked up together."""

    first: str
    then: str


IN_ORDER: Final = Order("court", "subject, ref, kind, rootid")
BY_DAYS: Final = Order(DAYS, "court, subject, ref, kind, rootid")
"""The order that a median is taken in."""


class Opened(NamedTuple):
    """How many rows there are, their sum, and some of them as {measure, court, kind, subject, ref, rootid, since, total}.

    ``since``: the first day on which it counts, of what a correction has moved that to which it was moved.
    """

    number: int
    total: int
    items: list[dict[str, Any]]


def rows(
    client: ClickHouse, sums: Iterable[Sum], question: Question, *, limit: int, offset: int, order: Order = IN_ORDER
) -> Opened:
    """The rows of some sums, one sum after another. What was taken back as far as it is known then is no row."""
    count = total = 0
    found: list[dict[str, Any]] = []
    for part in sums:
        params: dict[str, Any] = {}
        where = f"FINAL WHERE {part.condition(params)}{_of(question, params)}"
        # All are counted; what a page shows is then read among those alone that are equal to it in what they are ordered by.
        counts = client.query_rows(_counts(part, question, where, order), params)
        skipped = max(0, offset - count)
        firsts, skipped = _around([(first, number) for first, number, _ in counts], skipped, limit - len(found))
        if firsts:
            page = _page(where, order, limit - len(found), skipped)
            columns = client.query_columns(page, params | {"firsts": firsts})
            found += [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
        count += sum(number for _, number, _ in counts)
        total += sum(added for _, _, added in counts)
    return Opened(count, total, found)


def _counts(part: Sum, question: Question, where: str, order: Order) -> str:
    """SQL of (what rows are ordered by first, how many, their sum).

    A nation's may be millions: where each row is one, their sums are added up, and only a page's rows are read.
    """
    if question.below and question.court == SPC and MEASURES[part.term.measure].amount == "count":
        added = f"sum(value) AS n, n FROM court_days {where}"
        return f"SELECT {order.first} AS first, {added} GROUP BY first HAVING n != 0 ORDER BY first"
    each = f"SELECT court, kind, sum(amount) AS total FROM counted {where} GROUP BY {_ROW} HAVING total != 0"
    return f"SELECT {order.first} AS first, count(), sum(total) FROM ({each}) GROUP BY first ORDER BY first"


def _around(counts: Iterable[tuple[Any, int]], skipped: int, limit: int) -> tuple[list[Any], int]:
    """Of what rows are ordered by, with how many there are of each: where a page lies, and how many to skip there."""
    found: list[Any] = []
    here = 0
    for first, number in counts:
        if not found and skipped >= number:
            skipped -= number
        elif here < skipped + limit:
            found.append(first)
            here += number
    return found, skipped


def _page(where: str, order: Order, limit: int, offset: int) -> str:
    by_day = (
        f"SELECT {_ROW}, day, sum(amount) AS here FROM counted {where} AND {order.first} IN %(firsts)s"
        f" GROUP BY {_ROW}, day HAVING here != 0"
    )
    return (
        f"SELECT {_ROW}, min(day) AS since, sum(here) AS total FROM ({by_day}) GROUP BY {_ROW} HAVING total != 0"
        f" ORDER BY {order.first}, {order.then} LIMIT {limit} OFFSET {offset}"
    )


def _of(question: Question, params: dict[str, Any]) -> str:
    """The conditions on courts and on what was known."""
    where = ""
    if not question.below:
        where += f" AND {alone.condition(question.court, params)}"
    elif question.court != SPC:
        params["courts"] = COURTS.subtree(question.court)
        where += " AND court IN %(courts)s"
    return where + question.known(params)
