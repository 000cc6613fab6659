"""What stands at the end of the day ``as_of``, as rows that a panel adds up: stocks, and what is left of each day.

Whole months come from `subtree_months`, one row where `subtree_days` has some sixty; only the days at their edge come from the
days. What was known on a day is told by the days alone.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from dashboards.grafana import indicator_sql as sql
from dashboards.grafana.sums import THEN, of_measures

TO_THIS_DAY: Final = f"((SELECT count() FROM watermarks WHERE tick >= toDateTime(addDays(as_of, 1), '{sql.TZ}')) = 0)"
"""Whether the day is the line's own or later: all that is known is known by then, and months are as good as their days."""
STOCK_TABLES: Final = ("subtree_days", "subtree_months")
LEFT_TABLES: Final = (*STOCK_TABLES, "watermarks")


def stock(measures: Sequence[str], kinds: str = "", court: str = sql.IN_COURT) -> str:
    """A subquery of rows (measure, court, kind, value) whose sums are stocks at the end of the day; after WITH DAYS.

    ``kinds``: a condition on kinds, with AND before it; empty = all.
    """
    where = f"{of_measures(measures)} AND {court}{kinds}"
    return (
        f"(SELECT measure, court, kind, value FROM subtree_days FINAL WHERE {where} AND day <= as_of\n"
        f"        AND if({THEN}, known_on <= as_of, day >= toStartOfMonth(as_of))\n"
        f"    UNION ALL SELECT measure, court, kind, value FROM subtree_months FINAL WHERE {where}\n"
        f"        AND NOT {THEN} AND month < toStartOfMonth(as_of))"
    )


def came(measures: Sequence[str], court: str = sql.IN_COURT) -> str:
    """A subquery of rows (measure, court, kind, day, value) that came on the days of the range; after WITH DAYS.

    A row may stand for a whole month of the range, and has that month's first day.
    """
    where = f"{of_measures(measures)} AND {court}"
    edges = (
        f"arrayConcat(if({sql.FIRST} = toStartOfMonth({sql.FIRST}), [], [toStartOfMonth({sql.FIRST})]),"
        " if(as_of = toLastDayOfMonth(as_of), [], [toStartOfMonth(as_of)]))"
    )
    return (
        f"(SELECT measure, court, kind, day, value FROM subtree_days FINAL WHERE {where} AND {sql.IN_RANGE}\n"
        f"        AND if({THEN}, known_on <= as_of, has({edges}, toStartOfMonth(day)))\n"
        f"    UNION ALL SELECT measure, court, kind, month, value FROM subtree_months FINAL WHERE {where}\n"
        f"        AND NOT {THEN} AND month >= {sql.FIRST} AND month <= as_of AND NOT has({edges}, toStartOfMonth(month)))"
    )


def left(measures: Sequence[str], edge: str, last: str = sql.AS_OF, kinds: str = "", court: str = sql.IN_COURT) -> str:
    """A subquery of rows (measure, court, kind, day, value): what is left of each day of measures whose rows are taken back.

    Always as known at the end of the day, for what is left today says nothing of what was left then.

    Args:
        measures: Those whose rows lie on the first or the due day of a thing and are taken back when that ends.
        edge: SQL of a day; before its month a row may stand for a whole month, and has that month's first day.
        last: SQL of the last day.
        kinds: A condition on kinds, with AND before it; empty = all.
        court: Which courts.
    """
    where = f"{of_measures(measures)} AND {court}{kinds}"
    return (
        f"(SELECT measure, court, kind, day, value FROM subtree_days FINAL WHERE {where} AND day <= {last}\n"
        f"        AND if({TO_THIS_DAY}, day >= toStartOfMonth({edge}), known_on <= as_of)\n"
        f"    UNION ALL SELECT measure, court, kind, month, value FROM subtree_months FINAL WHERE {where}\n"
        f"        AND {TO_THIS_DAY} AND month < toStartOfMonth({edge}))"
    )


def sums_of_measures(named: Mapping[str, str], scale: str = "") -> str:
    """A column for each measure (id → what it is called); ``scale``: SQL after each sum."""
    return ", ".join(f"sumIf(value, measure = '{measure}'){scale} AS `{name}`" for measure, name in named.items())
