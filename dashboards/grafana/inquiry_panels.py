"""Panels about online inquiry and control: what was asked, what institutions answered and how soon, what was controlled."""

from typing import Final

from dashboards.grafana import below, rows_links
from dashboards.grafana import indicator_sql as sql
from dashboards.grafana import kind_panels as kinds
from dashboards.grafana.daily_panels import daily
from dashboards.grafana.model import Ceiling, Column, Panel, Question
from dashboards.grafana.standing import STOCK_TABLES, came
from dashboards.grafana.sums import KNOWN

_ANSWERS: Final = (
    ("反馈", "sumIf(value, measure = 'feedback')"),
    ("出错、超时", "sumIf(value, measure = 'feedback_failed')"),
    ("命中", "sumIf(value, measure = 'feedback_hits')"),
    ("当日反馈", "sumIf(value, days = 0)"),
    ("次日", "sumIf(value, days = 1)"),
    ("2–3 日", "sumIf(value, days BETWEEN 2 AND 3)"),
    ("3 日以上", "sumIf(value, days > 3)"),
)
_TOOK: Final = {"当日反馈": (0, 0), "次日": (1, 1), "2–3 日": (2, 3), "3 日以上": (4, None)}
_MEASURES: Final = ("feedback", "feedback_good", "feedback_failed", "feedback_hits", "feedback_by_days")
_KEPT: Final = Column(name="机构类别", width=160)


def panels() -> tuple[Panel, ...]:
    """All of them."""
    return (
        _by_kind(),
        _by_region(),
        _asked(),
        _controlled(),
        kinds.left_over(
            "assist_left",
            "机构类别",
            "协助执行：未回执事项",
            "Requests to assist that the institution hasn't answered, by the day by which it should.",
            width=24,
        ),
    )


def _answers(court: str) -> str:
    """Rows (court, measure, 机构类别, days, value) of answers in the range; days of all but those by days are none."""
    return (
        f"(SELECT court, measure, value, {rows_links.asked_kind('institution')}, splitByChar(' ', toString(kind)) AS parts,\n"
        "        measure = 'feedback_by_days' AS timed, "
        " if(timed, arrayStringConcat(arrayPopBack(parts), ' '), toString(kind)) AS institution,\n"
        "        if(institution = '', '（未说明）', institution) AS `机构类别`,"
        " if(timed, toInt64OrZero(parts[-1]), -1) AS days\n"
        f"    FROM {came(_MEASURES, court)})"
    )


def _of(measure: str, court: str, took: tuple[int | None, int | None] = (None, None)) -> str:
    return rows_links.of_measure(measure, of_row=True, took=took, first="from", court=court)


def _opening(court: str) -> tuple[Column, ...]:
    """The columns of `_ANSWERS`."""
    return (
        rows_links.counted("反馈", _of("feedback", court)),
        rows_links.counted("出错、超时", _of("feedback_failed", court)),
        rows_links.counted("命中", _of("feedback_hits", court)),
        *(rows_links.counted(name, _of("feedback_by_days", court, took)) for name, took in _TOOK.items()),
    )


def _by_kind() -> Panel:
    columns = ", ".join(f"{total} AS `{name}`" for name, total in _ANSWERS)
    text = (
        f"WITH {sql.DAYS}\nSELECT `机构类别`, {columns},"
        " sumIf(value, measure = 'feedback_good') / nullIf(`反馈`, 0) AS `有效率`, asked\n"
        f"FROM {_answers(sql.IN_COURT)}\nGROUP BY `机构类别`, asked HAVING `反馈` != 0 ORDER BY `机构类别`"
    )
    return Panel(
        title="查控反馈：按机构类别",
        about="Answers to online inquiries in the range, by kind of institution: errors and time-outs (and those that don't "
        "say), hits, and after how many days they came. A feedback whose inquiry isn't known is in no class of days.",
        look="table",
        asks=(Question(text=text),),
        ceiling=Ceiling(STOCK_TABLES),
        columns=(
            _KEPT,
            *_opening(rows_links.COURT),
            rows_links.counted(
                "有效率", *(_of(one, rows_links.COURT) for one in ("feedback_good", "feedback")), unit="percentunit"
            ),
            rows_links.HIDDEN_KIND,
        ),
        width=24,
        height=10,
    )


def _by_region() -> Panel:
    return Panel(
        title="查控反馈：机构类别 × 地区（按法院代字排列，不排名）",
        about="The same for the courts right below with all below them: where a kind of institution is slow or fails in one "
        "region and not in others, it is the region's link.",
        look="table",
        asks=(Question(text=below.by_court(_ANSWERS, _answers(below.COURTS), "`机构类别`, asked")),),
        ceiling=Ceiling((*STOCK_TABLES, "courts", "courts", "courts")),
        columns=(*below.COLUMNS, _KEPT, *_opening(below.ROW), rows_links.HIDDEN_KIND),
        width=24,
        height=12,
    )


def _asked() -> Panel:
    return daily(
        {"inquiries": "发起查控", "feedback": "反馈"},
        "每日发起与反馈",
        "Inquiries requested and answers that came in on each civil day.",
        width=12,
    )


def _controlled() -> Panel:
    text = (
        f"WITH {sql.DAYS}\nSELECT if(kind = '', '（未说明）', kind) AS `措施`, sum(value) / 1e6 AS `控制金额`,"
        f" {rows_links.asked_kind('toString(kind)')}\n"
        f"FROM subtree_days FINAL WHERE measure = 'controlled_fen' AND {sql.IN_COURT} AND {sql.IN_RANGE} AND {KNOWN}\n"
        "GROUP BY kind HAVING `控制金额` != 0 ORDER BY kind"
    )
    return Panel(
        title="控制金额：按措施",
        about="Amounts that orders of control in the range name. 轮候 stands behind another court's seal: nothing yet.",
        look="table",
        asks=(Question(text=text),),
        ceiling=Ceiling(("subtree_days",)),
        columns=(
            rows_links.counted(
                "控制金额", rows_links.of_measure("controlled_fen", of_row=True, first="from"), unit="suffix:万元"
            ),
            rows_links.HIDDEN_KIND,
        ),
        width=12,
    )
