"""The catalogue of boards about courts: the nation, modules W-01 … W-13, governance views G-1 … G-6, one court."""

from typing import Final

import msgspec

from contract.indicators.catalogue import INDICATORS
from contract.indicators.model import Indicator
from dashboards.grafana import age_panels as ages
from dashboards.grafana import alert_panels as alerts
from dashboards.grafana import case_panels as cases
from dashboards.grafana import clock_panels as clocks
from dashboards.grafana import directive_panels as directed
from dashboards.grafana import disposal_panels as disposal
from dashboards.grafana import entrust_panels as entrusted
from dashboards.grafana import figure_panels as figures
from dashboards.grafana import inquiry_panels as inquiries
from dashboards.grafana import kind_panels as kinds
from dashboards.grafana import map_panels as maps
from dashboards.grafana import money_panels as money
from dashboards.grafana import petition_panels as petitions
from dashboards.grafana import spread_panels as spreads
from dashboards.grafana.model import Board, Panel, Section

_FOUND: Final = "Property was found after termination and nothing was resumed within 15 days (管理参数)."
_FIELD: Final = (
    "Missions begun and emergencies raised in the range; where they were, and who was there, is told to nobody here."
)
_FIELDS: Final = ("机票", "高铁", "贷款", "招投标", "政府采购", "旅游度假", "文明创建", "任职")
_MISSIONS: Final = ("搜查", "拘留", "扣车", "腾退")
_NODES: Final = ("R-INIT", "R-TIME", "R-SEQ", "R-PRES", "R-CTRL", "R-DISP", "R-AUC")


class Module(msgspec.Struct, frozen=True, kw_only=True):
    """One board in terms of what it is about.

    Attributes:
        uid, title, about, folder: As of a board.
        indicators: Ids, in the order shown; the first six are tiles too.
        rules: Beginnings of the rules whose alerts it shows; none = all.
        below: Indicators shown for the courts right below, at most five.
        map: The indicator that colours a map of the provinces; none = no map.
        more: Panels of its own.
    """

    uid: str
    title: str
    about: str
    folder: str = "yipanqi-modules"
    indicators: tuple[str, ...]
    rules: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    map: str = ""
    more: tuple[Panel, ...] = ()


MODULES: Final = (
    Module(
        uid="yipanqi-national",
        title="全国总览",
        about="The nation at one glance: the core indicators, open alerts, and the way down to a court and a case.",
        folder="yipanqi-overview",
        indicators=("I-01", "I-02", "I-03", "I-04", "I-05", "I-06", "I-06.b", "I-07", "I-08", "I-10", "I-32", "I-34", "I-31"),
        below=("I-01", "I-02", "I-04", "I-05", "I-06"),
        map="I-04",
    ),
    Module(
        uid="yipanqi-court",
        title="法院页",
        about="One court with all below it: every indicator, its open alerts, and its open cases, which lead to the console.",
        folder="yipanqi-overview",
        indicators=tuple(one.id for one in INDICATORS.values() if not one.missing),
        below=("I-05", "I-09", "I-24", "I-31", "I-12.b"),
        more=(cases.open_cases(),),
    ),
    Module(
        uid="yipanqi-w01",
        title="W-01 全国态势",
        about="Which provinces lie outside their intervals today, and what came in, went out and was reached. No ranking.",
        indicators=("I-04", "I-05", "I-06", "I-06.b", "I-08", "I-32", "I-35", "I-35.b"),
        below=("I-04", "I-05", "I-06", "I-08", "I-23"),
        map="I-04",
        more=(cases.flow(),),
    ),
    Module(
        uid="yipanqi-w02",
        title="W-02 红橙黄预警",
        about="All open alerts by severity, rule and court; the oldest and gravest are always in sight.",
        indicators=("I-33.d", "I-31", "I-02"),
        below=("I-33.d", "I-31"),
        more=(clocks.ages((), width=24),),
    ),
    Module(
        uid="yipanqi-w03",
        title="W-03 节点监管",
        about="Where cases stand between filing and closing, and what is overdue at each node.",
        indicators=("I-09", "I-10", "I-10.b", "I-24", "I-24.b", "I-24.c", "I-24.d", "I-23"),
        rules=_NODES,
        below=("I-09", "I-10", "I-24", "I-23"),
        more=(cases.nodes(), cases.flow(), clocks.due_soon(_NODES), clocks.ages(_NODES)),
    ),
    Module(
        uid="yipanqi-w04",
        title="W-04 网络查控",
        about="Online inquiry and control of property: coverage, feedback, hits, and institutions that are late.",
        indicators=("I-14", "I-14.b", "I-14.c", "I-22"),
        rules=("R-ASST", "R-COOP", "R-CTRL"),
        below=("I-14", "I-14.b", "I-14.c", "I-22"),
        more=inquiries.panels(),
    ),
    Module(
        uid="yipanqi-w05",
        title="W-05 财产处置与网拍",
        about="From price to auction to sale.",
        indicators=("I-15", "I-15.b", "I-15.c"),
        rules=("R-DISP", "R-AUC", "R-CTRL"),
        below=("I-15", "I-15.b", "I-15.c"),
        more=disposal.panels(),
    ),
    Module(
        uid="yipanqi-w06",
        title="W-06 案款",
        about="Case money: what was paid out in time, what lies too long. Breaks of the ledger must be none.",
        indicators=("I-11", "I-11.b", "I-12", "I-12.b"),
        rules=("R-FUND", "R-LEDG"),
        below=("I-11", "I-11.b", "I-12.b"),
        more=money.panels(),
    ),
    Module(
        uid="yipanqi-w07",
        title="W-07 终本管理",
        about="Terminated cases: whether they were rightly terminated, how many stand, how many came back.",
        indicators=("I-02", "I-07", "I-13", "I-13.b", "I-36", "I-36.b", "I-36.c"),
        rules=("R-TERM",),
        below=("I-02", "I-07", "I-13", "I-36"),
        more=(
            clocks.standing(("R-TERM-08",), "发现财产逾期未恢复执行", _FOUND),
            ages.terminations(),
            clocks.calendar(
                ("R-TERM-07",), "终本后半年查询：到期日历", "Half-yearly queries that are due; told from 15 days before."
            ),
        ),
    ),
    Module(
        uid="yipanqi-w08",
        title="W-08 失信限高",
        about="The list of dishonest debtors and limits of consumption: entered, removed, repaired, intercepted. Counts only.",
        indicators=("I-19", "I-19.b", "I-19.c", "I-19.d"),
        rules=("R-LIST", "R-CONS"),
        below=("I-19", "I-19.b", "I-19.d"),
        more=(
            clocks.standing(("R-LIST-02",), "错误纳入待纠正（应为 0）", "Who is on the list and must not be."),
            kinds.in_range(
                {"intercepted": "拦截次数"},
                "拦截领域",
                "失信拦截：按领域",
                "Interceptions reported in the range, by field.",
                always=_FIELDS,
            ),
            clocks.ages(("R-LIST", "R-CONS")),
        ),
    ),
    Module(
        uid="yipanqi-w09",
        title="W-09 指挥调度",
        about="Command: directives on their way, and people for the work.",
        indicators=("I-21", "I-21.b", "I-35", "I-35.b"),
        rules=("R-DIR", "R-LIVE", "R-GOV"),
        below=("I-21", "I-35"),
        more=(
            kinds.in_range({"missions": "出动", "emergencies": "告急"}, "类别", "现场执行：按类别", _FIELD, always=_MISSIONS),
            clocks.ages(("R-DIR", "R-LIVE", "R-GOV")),
        ),
    ),
    Module(
        uid="yipanqi-w10",
        title="W-10 事项委托与协同",
        about="Matters entrusted between courts: done in time, overdue, refused.",
        indicators=("I-20", "I-33.c"),
        rules=("R-ENTR", "R-COOP", "R-DIR"),
        below=("I-20",),
        more=(*entrusted.panels(), clocks.ages(("R-ENTR", "R-COOP", "R-DIR"), width=24)),
    ),
    Module(
        uid="yipanqi-w11",
        title="W-11 督办与交叉执行",
        about="Directives from issue to close, and enforcement taken to another court.",
        indicators=("I-21", "I-21.b"),
        rules=("R-DIR", "R-TIME-03"),
        below=("I-21", "I-21.b"),
        more=(*directed.panels(), clocks.ages(("R-DIR", "R-TIME-03"), width=24)),
    ),
    Module(
        uid="yipanqi-w12",
        title="W-12 信访舆情",
        about="Petitions and their clocks.",
        indicators=("I-03",),
        rules=("R-PET",),
        below=("I-03",),
        more=(petitions.by_theme(), clocks.due_soon(("R-PET",)), clocks.ages(("R-PET",))),
    ),
    Module(
        uid="yipanqi-w13",
        title="W-13 系统健康",
        about="Feeds of courts and quality of what they send. How the platform itself runs is on its own board.",
        indicators=("I-31", "I-31.b", "I-31.c", "I-31.d"),
        rules=("R-DATA", "R-LIVE"),
        below=("I-31", "I-31.b", "I-31.c", "I-31.d"),
        more=(alerts.by_court(("R-DATA-01.a",), "法院数据静默", width=24),),
    ),
    Module(
        uid="yipanqi-g1",
        title="G-1 依法",
        about="Legality: alerts of irregular conduct, soundness of terminations, objections upheld.",
        folder="yipanqi-governance",
        indicators=("I-02", "I-25", "I-09", "I-33.b", "I-33.d"),
        rules=("R-SEQ", "R-CTRL", "R-AUC", "R-OBJ", "R-TERM", "R-FUND"),
        below=("I-02", "I-25", "I-09"),
    ),
    Module(
        uid="yipanqi-g2",
        title="G-2 综合",
        about="What lies outside the courts: institutions, credit discipline, reports of interference (counts only).",
        folder="yipanqi-governance",
        indicators=("I-22", "I-19", "I-19.d", "I-30", "I-30.b", "I-38"),
        rules=("R-COOP", "R-ASST", "R-GOV", "R-LIST"),
        below=("I-22", "I-19", "I-38"),
    ),
    Module(
        uid="yipanqi-g3",
        title="G-3 系统",
        about="Structure: the backlog by age, five dimensions, the shortest board.",
        folder="yipanqi-governance",
        indicators=("I-23", "I-24", "I-24.b", "I-24.c", "I-24.d", "I-33", "I-33.b", "I-33.c", "I-34", "I-36"),
        rules=("R-TIME",),
        below=("I-23", "I-24", "I-33", "I-34"),
        more=(cases.backlog(),),
    ),
    Module(
        uid="yipanqi-g4",
        title="G-4 源头",
        about="Upstream: preservation, automatic performance, applications after mediation, bankruptcy, insurers.",
        folder="yipanqi-governance",
        indicators=("I-16", "I-17", "I-18", "I-18.b", "I-26", "I-26.b", "I-38", "I-13"),
        rules=("R-PRES", "R-TERM"),
        below=("I-16", "I-17", "I-18", "I-26"),
    ),
    Module(
        uid="yipanqi-g5",
        title="G-5 协同",
        about="Four synergies: with institutions, between tiers, between trial and enforcement, ruling and implementing.",
        folder="yipanqi-governance",
        indicators=("I-22", "I-21", "I-21.b", "I-20", "I-25", "I-33.c"),
        rules=("R-ENTR", "R-DIR", "R-COOP", "R-OBJ", "R-ASST"),
        below=("I-22", "I-21", "I-20", "I-25"),
    ),
    Module(
        uid="yipanqi-g6",
        title="G-6 专项",
        about="Campaigns: resistance, evasion, inaction, livelihood, special debtors, interference. Each as cohort and course.",
        folder="yipanqi-governance",
        indicators=("I-27", "I-27.b", "I-28", "I-28.b", "I-29", "I-29.b", "I-30.b", "I-37"),
        rules=("R-CONS", "R-LIST", "R-GOV", "R-COOP", "R-TIME"),
        below=("I-27", "I-28", "I-29"),
    ),
)


def boards() -> tuple[Board, ...]:
    """Every board about courts."""
    return tuple(_board(one) for one in MODULES)


def _board(one: Module) -> Board:
    """First what is read from afar and fits on a wall, then what hands open further down."""
    named = [INDICATORS[name] for name in one.indicators]
    told = [indicator for indicator in named if not indicator.missing]
    courses = _courses(told)
    sections = [
        Section("关键数字", (*alerts.counters(one.rules), *(figures.tile(each) for each in told[:6]))),
        *(Section("各省", (maps.provinces(INDICATORS[one.map]),)) for _ in (one.map,) if one.map),
        Section("走势", (*courses[:4], alerts.raised(one.rules, width=12 if len(courses) == 3 else 24))),
        *(Section("本模块", one.more) for _ in one.more[:1]),
        Section("指标", (figures.overview(told),)),
        *(Section("更多走势", tuple(courses[4:])) for _ in courses[4:5]),
        *(Section("用时", panels) for panels in (_spreads(told),) if panels),
        Section("下级法院", (figures.below([INDICATORS[name] for name in one.below]), alerts.by_court(one.rules, width=24))),
        Section("预警", (alerts.by_rule(one.rules), alerts.longest(one.rules))),
    ]
    missing = "".join(f" {each.id} {each.name.zh}：{each.missing}" for each in named if each.missing)
    return Board(
        uid=one.uid,
        title=one.title,
        about=one.about + (f" 无法计算：{missing}" if missing else ""),
        folder=one.folder,
        tags=(one.folder,),
        sections=tuple(sections),
    )


def _spreads(told: list[Indicator]) -> tuple[Panel, ...]:
    """Median and P90 of those that have them: of all, and the course and classes of the first."""
    timed = [one for one in told if one.median]
    return (spreads.middles(timed), spreads.classes(timed[0]), spreads.course(timed[0])) if timed else ()


def _courses(told: list[Indicator]) -> list[Panel]:
    """The course of all: those of one unit together, at most four in a panel."""
    by_unit: dict[str, list[Indicator]] = {}
    for one in told:
        by_unit.setdefault(one.unit, []).append(one)
    groups = [group for ones in by_unit.values() for group in (ones[at : at + 4] for at in range(0, len(ones), 4))]
    return [
        figures.course(group, "走势：" + "、".join(one.name.zh for one in group), width=24 if len(groups) == 1 else 12)
        for group in groups
    ]
