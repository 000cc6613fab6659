"""The nation as equal tiles, one a province: whether an indicator lies in its interval there."""

from contract.courts import PROVINCES
from contract.indicators.model import Indicator
from dashboards.grafana import indicator_sql as sql
from dashboards.grafana import rows_links
from dashboards.grafana.figure_panels import DOWN_LINK, about, unit
from dashboards.grafana.model import Ceiling, Column, Panel, Question
from dashboards.grafana.sums import TABLES, Sums


def said(char: str) -> str:
    """The column with what a province's tile says: shape and value."""
    return f"{char}·说"


def provinces(one: Indicator) -> Panel:
    """One row: of each province its value, which colours the tile, and what the tile says. Always of the whole nation."""
    courts = [province.char for province in PROVINCES if province.has_courts]
    listed = ", ".join(f"'{court}'" for court in courts)
    columns = ", ".join(f"values[{at}] AS `{court}`, says[{at}] AS `{said(court)}`" for at, court in enumerate(courts, 1))
    sums = Sums()
    value = sql.value(one, sql.AS_OF, sums)
    shape = f"substringUTF8({sql.verdict('value', *sql.bounds(one))}, 1, 1)"
    words = sql.shown("value", f"'{one.unit}'")
    text = (
        f"WITH {sql.DAYS}\nSELECT {columns}\n"
        "FROM (SELECT groupArray((toString(court), value, words)) AS found,\n"
        f"        arrayMap(c -> indexOf(found.1, c), [{listed}]) AS at,\n"
        "        arrayMap(i -> found.2[i], at) AS values, arrayMap(i -> if(i = 0, '—', found.3[i]), at) AS says\n"
        f"    FROM (SELECT court, {value} AS value, concat({shape}, ' ', {words}) AS words\n"
        f"        FROM {sums.rows_of(f'courts FINAL WHERE code IN ({listed})')}))"
    )
    return Panel(
        title=f"各省：{one.name.zh}（● 区间内 ▼ 低于区间 ▲ 高于区间 — 无数据）",
        about=f"Equal tiles, one a province, coloured where the value lies outside its interval; no ranking. {about(one)} "
        "A tile leads to the same dashboard of that High Court. It shows what the reader's data source may see.",
        look="tiles",
        asks=(Question(text=text),),
        ceiling=Ceiling((*TABLES, "courts", "courts")),
        columns=tuple(
            Column(
                name=said(court),
                link=DOWN_LINK.replace("${__data.fields.code}", court),
                link_title="下钻到该省",
                also=((rows_links.TITLE, rows_links.of_indicator(rows_links.path_of(one), rows_links.text(court))),),
            )
            for court in courts
        ),
        unit=unit(one),
        indicator=one,
        width=24,
        height=15,
    )
