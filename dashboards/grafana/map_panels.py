"""The nation as equal tiles, one a province: whether an indicator lies in its interval there."""

from contract.courts import PROVINCES
from contract.indicators.model import Indicator
from dashboards.grafana import indicator_sql as sql
from dashboards.grafana import rows_links
from dashboards.grafana.figure_panels import DOWN_LINK, about, unit
from dashboards.grafana.model import Ceiling, Column, Panel, Question
from dashboards.grafana.sums import TABLES
from dashboards.grafana.values import FOUND, Values


def said(char: str) -> str:
    """The column with what a province's tile says: shape and value."""
    return f"{char}·说"


def provinces(one: Indicator) -> Panel:
    """One row: of each province its value, which colours the tile, and what the tile says. Always of the whole nation."""
    courts = [province.char for province in PROVINCES if province.has_courts]
    listed = ", ".join(f"'{court}'" for court in courts)
    columns = ",\n    ".join(
        f"maxIf(value, court = '{court}') AS `{court}`,"
        f" if(countIf(court = '{court}') = 0, '—', anyIf(words, court = '{court}')) AS `{said(court)}`"
        for court in courts
    )
    values = Values([one])
    shape = f"substringUTF8({sql.verdict('value', *sql.bounds(one))}, 1, 1)"
    words = sql.shown("value", f"'{one.unit}'")
    text = (
        f"WITH {sql.DAYS},\n    {values.withs([sql.AS_OF])}\nSELECT {columns}\n"
        f"FROM (SELECT code AS court, {FOUND}['{one.id}'][1] AS value, concat({shape}, ' ', {words}) AS words\n"
        f"    FROM {values.rows_of(f'courts FINAL WHERE code IN ({listed})')}) AS found"
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
        height=16,
    )
