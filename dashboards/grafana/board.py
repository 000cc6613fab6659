"""A board of the catalogue → a dashboard of the SDK: grid, variables, annotations, links, and the strip at its head."""

from collections.abc import Iterator, Sequence
from typing import Final

from grafana_foundation_sdk.builders import dashboard as d
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard as m

from contract.courts import SPC
from dashboards.grafana.freshness import STRIP
from dashboards.grafana.indicator_sql import PERIODS
from dashboards.grafana.model import WIDTH, Board, Panel, Section
from dashboards.grafana.query import ClickHouseQuery
from dashboards.grafana.ready import Ready
from dashboards.grafana.render import BLUE, ORANGE, panel
from dashboards.grafana.sources import CLICKHOUSE

CONSOLE: Final = "http://127.0.0.1:8000"
"""Where wall and console are, as the browser of a reader reaches them; `--console` says otherwise."""
_CASE_TYPES: Final = ("执", "执恢", "执保", "执异", "执复", "执监", "执协", "执他")
_TREE: Final = (
    "SELECT code, concat(repeat('　', length(above)), name) FROM courts FINAL WHERE tier != 'BASIC'"
    " OR parent = ${court:singlequote} OR code = ${court:singlequote} ORDER BY length(above), code"
)
RULE_CHANGES: Final = (
    "SELECT time, concat('规则变更：', type, ' ', JSONExtractString(data, 'pack'), ' ', JSONExtractString(data, 'version'))"
    " AS text, type AS tags\nFROM events FINAL WHERE source = '/sys/clock' AND (startsWith(id, 'sys.pack_')"
    " OR startsWith(id, 'sys.rule_') OR startsWith(id, 'sys.calendar_')) AND $__timeFilter(time) ORDER BY time LIMIT 200"
)
"""Control events alone: the table is sorted by source and id, and their ids begin with their type."""
CAMPAIGNS: Final = (
    "SELECT time, concat(if(type = 'sup.campaign_started', '专项行动开始：', '专项行动结束：'),"
    " JSONExtractString(data, 'name')) AS text, type AS tags\nFROM chain_events FINAL"
    " WHERE rootid >= 'court/' AND rootid < 'court0'"
    " AND type IN ('sup.campaign_started', 'sup.campaign_closed') AND $__timeFilter(time) ORDER BY time LIMIT 200"
)
"""Events about no case have their court as chain, by which the table is sorted."""

SCREEN_ROWS: Final = 28
"""Rows of Grafana's grid, 30 pixels and a gap of 8, on a screen of 1920×1080 without its menus (kiosk)."""


class ClickHouseAnnotation(m.AnnotationQuery):
    """An annotation whose target is a ClickHouse query; the SDK knows only that of Grafana's own annotations."""

    def __init__(self, name: str, sql: str, colour: str) -> None:
        super().__init__(name=name, datasource=CLICKHOUSE, enable=True, hide=False, icon_color=colour)
        self.query = ClickHouseQuery(sql, ref_id="annotation", source=CLICKHOUSE)

    def to_json(self) -> dict[str, object]:
        """As Grafana saves it."""
        return {**super().to_json(), "target": self.query}


def annotations() -> list[ClickHouseAnnotation]:
    """What happened to rules and when campaigns ran, on every panel with a time axis."""
    return [
        ClickHouseAnnotation("规则变更", RULE_CHANGES, BLUE),
        ClickHouseAnnotation("专项行动", CAMPAIGNS, ORANGE),
    ]


def dashboard_of(one: Board, others: Sequence[Board], console: str = CONSOLE) -> m.Dashboard:
    """The dashboard, with links to all others."""
    made = (
        d.Dashboard(one.title)
        .uid(one.uid)
        .description(one.about)
        .tags(["yipanqi", *one.tags])
        .timezone("Asia/Shanghai")
        .readonly()
        .tooltip(m.DashboardCursorSync.CROSSHAIR)
        .time(one.since, "now")
        .refresh(one.refresh)
        .week_start("monday")
    )
    made.variables(list(_variables(one, console)))
    made.links(_links(one, others))
    if one.courts:
        made.annotations([Ready(mark) for mark in annotations()])
    _lay_out(made, one)
    built = made.build()
    for variable in built.templating.list_val or ():
        variable.auto = variable.auto_min = variable.auto_count = None  # of intervals alone; Grafana's own types lack them
    return built


def _lay_out(made: d.Dashboard, one: Board) -> None:
    for number, (shown, place) in enumerate(placed(one), 1):
        if isinstance(shown, Section):
            made.with_row(d.Row(shown.title).id(number).grid_pos(place))
        else:
            made.with_panel(panel(shown, number, place))


def placed(one: Board) -> Iterator[tuple[Section | Panel, m.GridPos]]:
    """Everything on a board with its place: how old and how whole its figures are, then sections one under another."""
    y = 0
    for section in (None, *one.sections):
        if section is not None:
            yield section, m.GridPos(h=1, w=WIDTH, x=0, y=y)
            y += 1
        for shown, place in _places(STRIP if section is None else section.panels, y):
            yield shown, place
            y = max(y, place.y + place.h)


def panels_on(one: Board) -> list[Panel]:
    """Its panels, headings left out."""
    return [shown for shown, _ in placed(one) if isinstance(shown, Panel)]


def on_a_wall(one: Board) -> list[Panel]:
    """The panels of which a screen shows something before it is scrolled, which nobody does on a wall."""
    return [shown for shown, place in placed(one) if isinstance(shown, Panel) and place.y < SCREEN_ROWS]


def _places(panels: Sequence[Panel], top: int) -> Iterator[tuple[Panel, m.GridPos]]:
    x, y, tallest = 0, top, 0
    for one in panels:
        if x + one.width > WIDTH:
            x, y, tallest = 0, y + tallest, 0
        yield one, m.GridPos(h=one.height, w=one.width, x=x, y=y)
        x, tallest = x + one.width, max(tallest, one.height)


def _variables(one: Board, console: str) -> Iterator[Builder[m.VariableModel]]:
    if one.courts:
        chosen = m.VariableOption(selected=True, text="最高人民法院", value=SPC)
        yield (
            d.QueryVariable("court")
            .label("法院")
            .description("The court, with all below it; the list shows what the reader's data source may see.")
            .datasource(CLICKHOUSE)
            .query(_TREE)
            .current(chosen)
            .refresh(m.VariableRefresh.ON_DASHBOARD_LOAD)
            .multi(multi=False)
            .include_all(include_all=False)
        )
        yield _custom("period", "截至", PERIODS)
        yield (
            d.CustomVariable("case_type")
            .label("案件类型")
            .values(",".join(_CASE_TYPES))
            .multi(multi=True)
            .include_all(include_all=True)
            .current(m.VariableOption(selected=True, text="All", value="$__all"))
        )
        yield _custom("known", "口径时点", {"now": "今日所知", "then": "当时所知"})
    address = d.ConstantVariable("console").value(console).build()
    address.hide = m.VariableHide.HIDE_VARIABLE
    yield Ready(address)


def _custom(name: str, label: str, values: dict[str, str]) -> Builder[m.VariableModel]:
    first, *_ = values
    return (
        d.CustomVariable(name)
        .label(label)
        .values(",".join(f"{text} : {value}" for value, text in values.items()))
        .current(m.VariableOption(selected=True, text=values[first], value=first))
    )


def _links(one: Board, others: Sequence[Board]) -> list[Builder[m.DashboardLink]]:
    """Menus of the other boards by folder, and the console."""
    folders = dict.fromkeys(other.folder for other in others)
    found: list[Builder[m.DashboardLink]] = [
        d.DashboardLink(title)
        .type(m.DashboardLinkType.DASHBOARDS)
        .tags([folder])
        .as_dropdown(as_dropdown=True)
        .include_vars(include_vars=one.courts)
        .keep_time(keep_time=True)
        for folder, title in ((folder, FOLDERS[folder]) for folder in folders)
    ]
    found.append(
        d.DashboardLink("值班台").type(m.DashboardLinkType.LINK).url("${console}/duty").target_blank(target_blank=True)
    )
    return found


FOLDERS: Final = {
    "yipanqi-overview": "一盘棋 · 总览",
    "yipanqi-modules": "一盘棋 · 业务模块",
    "yipanqi-governance": "一盘棋 · 治理视图",
    "yipanqi-platform": "一盘棋 · 平台运行",
}
"""Folder uid, which is also the tag of its boards, and its title."""
