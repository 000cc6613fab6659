"""The rows of `counted` that a number is the sum of: how many, their sum, and some of them."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from contract.courts import COURTS, SPC
from dashboards.question import DAYS, Question, Sum
from infra.clickhouse.client import ClickHouse

IN_ORDER: Final = "court, subject, ref, kind, rootid"
BY_DAYS: Final = f"{DAYS}, court, subject, ref, kind, rootid"
"""The order that a median is taken in."""
_ROW: Final = "measure, court, kind, subject, ref, rootid"


class Opened(NamedTuple):
    """How many rows there are, their sum, and some of them as {measure, court, kind, subject, ref, rootid, since, total}.

    ``since``: the first day on which it counts, of what a correction has moved that to which it was moved.
    """

    number: int
    total: int
    items: list[dict[str, Any]]


def rows(
    client: ClickHouse, sums: Iterable[Sum], question: Question, *, limit: int, offset: int, order: str = IN_ORDER
) -> Opened:
    """The rows of some sums, one sum after another. What was taken back as far as it is known then is no row."""
    count = total = 0
    found: list[dict[str, Any]] = []
    for part in sums:
        params: dict[str, Any] = {}
        where = f"FROM counted FINAL WHERE {part.condition(params)}{_of(question, params)}"
        ((here, added),) = client.query_rows(
            f"SELECT count(), sum(total) FROM (SELECT sum(amount) AS total {where} GROUP BY {_ROW} HAVING total != 0)", params
        )
        skipped = max(0, offset - count)
        count, total = count + here, total + added
        if len(found) < limit and skipped < here:
            columns = client.query_columns(
                f"SELECT {_ROW}, min(day) AS since, sum(here) AS total"
                f" FROM (SELECT {_ROW}, day, sum(amount) AS here {where} GROUP BY {_ROW}, day HAVING here != 0)"
                f" GROUP BY {_ROW} HAVING total != 0 ORDER BY {order} LIMIT {limit - len(found)} OFFSET {skipped}",
                params,
            )
            found += [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    return Opened(count, total, found)


def _of(question: Question, params: dict[str, Any]) -> str:
    """The conditions on courts and on what was known."""
    where = ""
    if not question.below:
        params["court"] = question.court
        where += " AND court = %(court)s"
    elif question.court != SPC:
        params["courts"] = COURTS.subtree(question.court)
        where += " AND court IN %(courts)s"
    if question.known_on is not None:
        params["known_on"] = question.known_on
        where += " AND known_on <= %(known_on)s"
    return where
