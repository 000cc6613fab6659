"""Panels of modules against sums that are counted otherwise: a class, a step, a court each add up to the whole."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from grafana_queries import EVERYTHING, asked, run
from simulated_tables import Nation

from contract.courts import SPC
from contract.times import civil_date
from dashboards.grafana.macros import Value, Window, expand

pytestmark = pytest.mark.timeout(900)  # the first waits for the lives
CASES = [(322, SPC, "then"), (245, "粤", "then"), (-1, SPC, "now"), (150, SPC, "now")]
_SUM = "SELECT sum(value) FROM subtree_days FINAL WHERE measure = %(measure)s AND court = %(court)s AND day <= %(day)s"


class Board:
    """The panels of a board as they are asked of a court on a day, over the year before it."""

    def __init__(self, lives: Nation, days: int, court: str, known: str) -> None:
        """Choose the day by how long it is before the end of the simulation."""
        self.clickhouse = lives.clickhouse
        self.end = lives.until - timedelta(days)
        self.chosen: Mapping[str, Value] = EVERYTHING | {"court": court, "known": known}

    @property
    def day(self) -> date:
        """The day as of which it is asked."""
        return civil_date(self.end)

    def rows(self, title: str, **chosen: Value) -> list[dict[str, Any]]:
        """The rows of the first panel whose title begins so."""
        sql = next(one.sql for one in asked() if one.panel.title.startswith(title))
        window = Window(self.end - timedelta(365), self.end, 86_400)
        columns, rows = run(self.clickhouse, expand(sql, window, {**self.chosen, **chosen}))
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def total(self, measure: str, *, ranged: bool = False, then: bool = False, kinds: tuple[str, ...] = ()) -> int:
        """A sum of days, by no way but adding them all up; ``then``: as known at the end of the day, whatever is chosen."""
        sql = _SUM + (" AND day >= %(first)s" if ranged else "")
        sql += " AND known_on <= %(day)s" if then or self.chosen["known"] == "then" else ""
        sql += " AND kind IN %(kinds)s" if kinds else ""
        params = {"measure": measure, "court": self.chosen["court"], "day": self.day, "kinds": list(kinds)}
        first = civil_date(self.end - timedelta(365))
        ((found,),) = self.clickhouse.query_rows(sql, params | {"first": first})
        return int(found)


@pytest.fixture(params=CASES, ids=str)
def board(lives: Nation, request: pytest.FixtureRequest) -> Board:
    """Of the nation and a province, as known now and then."""
    return Board(lives, *request.param)


def added(rows: list[dict[str, Any]], *names: str) -> float:
    """The sum of some columns of all rows."""
    return float(sum(row[name] for row in rows for name in names))


def test_every_open_case_stands_at_one_node(board: Board) -> None:
    """Stages add up to the open proceedings, those of the chosen types too; alerts beside them are those of the rules named."""
    rows = board.rows("节点监管")
    assert added(rows, "未结件数") == board.total("open") > 0
    chosen = board.rows("节点监管", case_type=["执", "执保"])
    assert added(chosen, "未结件数") == board.total("open", kinds=("执", "执保"))
    assert added(rows, "九十日无动作") <= added(rows, "未结件数")
    assert added(rows, "九十日无动作") == board.total("idle_at") > 0
    assert added(rows, "▲ 特急", "◆ 紧急", "● 一般") > 0


def test_classes_of_age_add_up_to_what_stands(board: Board) -> None:
    """Money by days since it came is the money held; terminations by age are those that stand; all as known then."""
    money = board.rows("未发放案款")
    names = [name for name in (money or [{}])[0] if name.endswith("天")]
    assert added(money, *names) == pytest.approx(board.total("held_fen", then=True) / 1e6)
    old = board.rows("终本库存：按库龄")
    ages = [name for name in old[0] if name.endswith("年")]
    assert len(ages) == 6
    assert added(old, *ages) == board.total("terminated", then=True) > 0


def test_what_is_left_is_what_was_due_and_not_done(board: Board) -> None:
    """By due day and by step, directives that haven't ended are the same ones."""
    steps = board.rows("督办流程")
    left = board.rows("督办逾期阶梯")
    assert added(left, "合计") == added(left, *(name for name in left[0] if name.endswith(("天", "到期")))) if left else True
    if board.chosen["known"] == "then":
        assert added(steps, "合计") == added(left, "合计")
    assert added(steps, "合计") == added(steps, "已发出", "已签收", "已反馈", "已退回") == board.total("directives_at")


def test_a_matrix_adds_up_to_its_margins(board: Board) -> None:
    """Answers of institutions by region are those by kind; matters by sender and receiver are those received."""
    by_kind, by_region = board.rows("查控反馈：按机构类别"), board.rows("查控反馈：机构类别 × 地区")
    for name in ("反馈", "出错、超时", "命中", "当日反馈", "次日", "2–3 日", "3 日以上"):
        assert added(by_kind, name) == added(by_region, name)
    assert added(by_kind, "反馈") == board.total("feedback", ranged=True) > 0
    assert added(by_kind, "当日反馈", "次日", "2–3 日", "3 日以上") == board.total("feedback_by_days", ranged=True)
    matrix, received = board.rows("委托矩阵"), board.rows("受托事项")
    cells = [name for name in (matrix or [{}])[0] if name not in ("code", "法院", "alone")]
    assert added(matrix, *cells) == added(received, "收到") == board.total("entrusted", ranged=True)
    assert added(received, "未办结") == added(board.rows("受托未办结"), "合计")


def test_assets_stand_at_steps_and_money_without_a_case_is_told(board: Board) -> None:
    """All steps are told, none twice; the sum is the measure's."""
    steps = board.rows("处置流程")
    assert [row["环节"] for row in steps] == ["已控制", "定价中", "已定价", "已公告", "流拍", "已成交", "已付清"]
    assert added(steps, "财产数") == board.total("assets_at")
    assert board.rows("不明款余额")[0]["不明款"] == pytest.approx(board.total("unclaimed_fen") / 1e6)
