"""Bars of what came on each civil day of the range."""

from collections.abc import Mapping

from dashboards.grafana import indicator_sql as sql
from dashboards.grafana import rows_links
from dashboards.grafana.model import Ceiling, Panel, Question
from dashboards.grafana.standing import sums_of_measures
from dashboards.grafana.sums import KNOWN, of_measures


def daily(
    named: Mapping[str, str], title: str, about: str, *, scale: str = "", typed: bool = False, unit: str = "", width: int = 24
) -> Panel:
    """Measures (id → what it is called) by the day. ``scale``: SQL after each sum; ``typed``: of the board's types of cases."""
    kinds = f" AND {sql.KIND}" if typed else ""
    text = (
        f"WITH {sql.DAYS}\nSELECT toDateTime(day, '{sql.TZ}') AS time, {sums_of_measures(named, scale)}\n"
        f"FROM subtree_days FINAL WHERE {of_measures(list(named))} AND {sql.IN_COURT} AND {sql.IN_RANGE} AND {KNOWN}{kinds}\n"
        "GROUP BY day ORDER BY day"
    )
    return Panel(
        title=title,
        about=about,
        look="bars",
        asks=(Question(text=text),),
        ceiling=Ceiling(("subtree_days",)),
        columns=tuple(
            rows_links.counted(name, rows_links.of_measure(measure, point=True, typed=typed)) for measure, name in named.items()
        ),
        unit=unit,
        width=width,
    )
