"""Which rows come first: the way from sums of what hasn't ended to the few rows that a list shows.

A stock says how much stands and not since when. The measures `unended` and `alerts_unended` do: each of their rows lies on
the first day of a thing and is taken back when that ends, so their sum over days of knowledge is what is left of a day.
"""

from typing import Final

from dashboards.grafana.indicator_sql import IN_COURT
from dashboards.grafana.standing import TO_THIS_DAY

IN_SCOPE: Final = (
    "(${court:singlequote} = '最高法' OR court IN"
    " (SELECT code FROM courts FINAL WHERE code = ${court:singlequote} OR has(above, ${court:singlequote})))"
)
TABLES: Final = ("subtree_days", "subtree_days", "subtree_months", "court_days", "counted", "courts", "watermarks")
"""What the query reads."""


def first_rows(measure: str, kinds: str, most: int, columns: str, rank: str = "toUInt8(0)") -> str:
    """SQL of some columns of the first rows of a measure that are left as known at the end of the day ``as_of``: so many.

    From the months and kinds of the chosen court that hold the
    first of them, to their days, to the courts that have some of these, to the rows: so little is read of what has ended,
    however long the past is.

    There are more where several are alike: all of the last day and kind.

    Args:
        measure: One whose rows are taken back.
        kinds: A condition on kinds, with AND before it; empty = none.
        most: How many rows are needed.
        columns: Of `counted`, which tell its rows apart.
        rank: What comes before the day in their order, of the kind.
    """
    own = f"measure = '{measure}' AND {IN_COURT}{kinds}"
    left = f"measure = '{measure}' AND day <= as_of AND ({TO_THIS_DAY} OR known_on <= as_of){kinds}"
    by_month = (
        "SELECT month, kind, sum(value) AS here FROM (\n"
        f"            SELECT toStartOfMonth(day) AS month, kind, value FROM subtree_days FINAL WHERE {own} AND day <= as_of\n"
        f"                AND if({TO_THIS_DAY}, day >= toStartOfMonth(as_of), known_on <= as_of)\n"
        "            UNION ALL SELECT toStartOfMonth(month) AS month, kind, value FROM subtree_months FINAL\n"
        f"            WHERE {own} AND {TO_THIS_DAY} AND month < toStartOfMonth(as_of)\n"
        "        ) GROUP BY month, kind HAVING here != 0"
    )
    months = (
        f"SELECT month, kind FROM (SELECT month, kind, sum(here) OVER (ORDER BY {rank}, month) AS so_far,\n"
        f"            sum(here) OVER (PARTITION BY {rank}, month) AS together FROM ({by_month}))\n"
        f"        WHERE so_far - together < {most}"
    )
    days = (
        f"SELECT day, kind FROM (SELECT day, kind, here, sum(here) OVER (ORDER BY {rank}, day, kind ROWS BETWEEN UNBOUNDED"
        " PRECEDING AND CURRENT ROW) AS so_far\n"
        f"        FROM (SELECT day, kind, sum(value) AS here FROM subtree_days FINAL WHERE {IN_COURT} AND {left}\n"
        f"        AND (toStartOfMonth(day), kind) IN ({months})\n"
        f"        GROUP BY day, kind HAVING here != 0)) WHERE so_far - here < {most}"
    )
    courts = (
        f"SELECT court, day, kind FROM court_days FINAL WHERE {left} AND (day, kind) IN ({days})\n"
        f"        AND {IN_SCOPE} GROUP BY court, day, kind HAVING sum(value) != 0"
    )
    return (
        f"SELECT {columns} FROM counted FINAL WHERE {left} AND (court, day, kind) IN ({courts})\n"
        f"    GROUP BY {columns} HAVING sum(amount) != 0"
    )
