"""Sums of the courts right below the chosen one, each with all below it, and of that one itself what is of no court below it.

In the order of codes, never of numbers: courts are not ranked.
"""

from collections.abc import Sequence
from typing import Final

from dashboards.grafana import indicator_sql as sql
from dashboards.grafana.model import Column
from dashboards.grafana.rows_links import ALONE, CHILD

COURTS: Final = "(court = ${court:singlequote} OR court IN (SELECT code FROM courts FINAL WHERE parent = ${court:singlequote}))"
"""The condition on the rows that `by_court` is to be given."""
COLUMNS: Final = (
    Column(name="code", hidden=True),
    Column(name="alone", hidden=True),
    Column(
        name="法院",
        link="/d/${__dashboard.uid}?var-court=${__data.fields.code}&${__url_time_range}",
        link_title="下钻到该院",
        width=260,
    ),
)


ROW: Final = f"{CHILD}${{__data.fields.alone:raw}}"
"""The court of a row, alone where it is the chosen one, as a link says it."""


def by_court(named: Sequence[tuple[str, str]], rows: str, by: str = "") -> str:
    """A query: of each court the columns (name, SQL of a sum over the rows) that aren't all 0. Rows need the column court.

    ``by``: a column of the rows by which each court's are told apart, or none.
    """
    also = f"{by}, " if by else ""
    names = [name for name, _ in named]
    own = ", ".join(f"{total} AS `{name}`" for name, total in named)
    counts = ", ".join(f"sum(`{name}` * sign) AS `{name}`" for name in names)
    some = " OR ".join(f"`{name}` != 0" for name in names)
    return (
        f"WITH {sql.DAYS}\nSELECT child AS code, any(name) AS `法院`, {also}{counts}, {ALONE}\n"
        f"FROM (SELECT toString(court) AS court, {also}{own}\n    FROM {rows} GROUP BY {also}court) AS found\n"
        "ARRAY JOIN [court, ${court:singlequote}] AS child, [1, if(court = ${court:singlequote}, 0, -1)] AS sign\n"
        "INNER JOIN (SELECT code, name FROM courts FINAL) AS names ON child = names.code\n"
        f"GROUP BY {also}child HAVING {some} ORDER BY {also}child"
    )
