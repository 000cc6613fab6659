"""Values of the panels' SQL are those of the API, to the unit: the two are written apart from one definition."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from grafana_queries import ASKED, EVERYTHING, asked, run
from simulated_tables import Nation

from contract.courts import COURTS, PROVINCES
from contract.indicators.catalogue import INDICATORS
from contract.indicators.model import Indicator
from contract.times import civil_date
from dashboards.figures import Question, read, spread, with_comparisons
from dashboards.grafana import indicator_sql as sql
from dashboards.grafana.figure_panels import below
from dashboards.grafana.macros import Window, expand
from dashboards.grafana.sums import Sums
from dashboards.grafana.values import FOUND, Values

pytestmark = pytest.mark.timeout(900)  # the first waits for the lives
TOLD = [one for one in INDICATORS.values() if not one.missing]


POINTS = {"now": lambda _: sql.AS_OF, "year_before": lambda _: sql.year_before(), "one_before": sql.before}
WHEN = [(322, "最高法", "now"), (245, "最高法", "then"), (322, "粤", "now"), (187, "粤", "now")]


def one_by_one() -> str:
    """SQL of every indicator's values, each told by itself over the days."""
    sums = Sums()
    columns = {name: [sql.value(one, day(one), sums) for one in TOLD] for name, day in POINTS.items()}
    values = ", ".join(f"[{', '.join(found)}] AS {name}" for name, found in columns.items())
    return f"WITH {sql.DAYS}\nSELECT {values} FROM {sums.rows(sql.IN_COURT)}"


def at_once() -> str:
    """The same as data, over months and days."""
    points = list(dict.fromkeys(day(one) for day in POINTS.values() for one in TOLD))
    values = Values(TOLD)
    columns = {name: [f"{FOUND}['{one.id}'][{points.index(day(one)) + 1}]" for one in TOLD] for name, day in POINTS.items()}
    told = ", ".join(f"[{', '.join(found)}] AS {name}" for name, found in columns.items())
    return f"WITH {sql.DAYS}, {values.withs(points)}\nSELECT {told} FROM {values.rows()}"


@pytest.mark.parametrize("made", [one_by_one, at_once])
@pytest.mark.parametrize(("days", "court", "known"), WHEN)
def test_every_indicator_now_a_year_ago_and_a_period_ago(
    lives: Nation, days: int, court: str, known: str, made: Callable[[], str]
) -> None:
    """All of them, for the nation and a province, as known now and as known then, on days within a month and at its end."""
    end = lives.until - timedelta(days)
    as_of: date = civil_date(end)
    (row,) = lives.clickhouse.query_rows(
        expand(made(), Window(end - timedelta(365), end), EVERYTHING | {"court": court, "known": known})
    )
    question = Question(court, as_of, as_of if known == "then" else None)
    api = with_comparisons(lives.clickhouse, TOLD, question)
    for name, found in zip(POINTS, row, strict=True):
        mine = dict(zip((one.id for one in TOLD), found, strict=True))
        theirs = {one.id: api[one.id][name].value for one in TOLD}
        assert {key for key, value in mine.items() if value is None} == {key for key, value in theirs.items() if value is None}
        for key, value in theirs.items():
            assert mine[key] == (None if value is None else pytest.approx(value)), (name, key)


def shown(lives: Nation, board: str, title: str, end: datetime, **chosen: str) -> list[dict[str, Any]]:
    """The rows of a panel of a board, over the year before an instant."""
    (sql,) = (one.sql for one in asked() if one.board.uid == board and one.panel.title.startswith(title))
    columns, rows = run(lives.clickhouse, expand(sql, Window(end - timedelta(365), end), EVERYTHING | chosen))
    return [dict(zip(columns, row, strict=True)) for row in rows]


@pytest.mark.parametrize(("days", "court", "known"), [(322, "最高法", "now"), (245, "最高法", "then"), (322, "粤", "now")])
def test_medians_and_their_course_are_those_of_the_api(lives: Nation, days: int, court: str, known: str) -> None:
    """Of each indicator that has them; the course ends with the same, and the classes add up to as many things."""
    end = lives.until - timedelta(days)
    question = Question(court, civil_date(end), civil_date(end) if known == "then" else None)
    told = 0
    for row in shown(lives, "yipanqi-court", "用时分布", end, court=court, known=known):
        one = INDICATORS[row["id"]]
        reading, middle = read(lives.clickhouse, [one], question)[one.id], spread(lives.clickhouse, one, question)
        assert (row["件数"], row["中位天数"], row["P90 天数"]) == (reading.den, *(middle or (None, None)))
        assert row["平均天数"] == (None if reading.value is None else pytest.approx(reading.value, abs=0.06))
        told += middle is not None
        if one.id == "I-10":
            last = shown(lives, "yipanqi-court", "走势：结案平均用时的中位数", end, court=court, known=known)[-1]
            assert (last["中位天数"], last["P90 天数"]) == middle
            classes = shown(lives, "yipanqi-court", "用时分段", end, court=court, known=known)
            assert sum(each["件数"] for each in classes) == reading.den
    assert told >= 2


def on_a_panel(one: Indicator, value: float | None) -> Any:
    """A value of the API as panels tell it, money in 万元."""
    return None if value is None else pytest.approx(value / (1e6 if one.unit == "fen" else 1))


@pytest.mark.parametrize(("days", "known"), [(322, "now"), (245, "then"), (365, "now")])
def test_every_indicator_of_the_courts_right_below(lives: Nation, days: int, known: str) -> None:
    """Of each province, as of days within a month and at its end; but for what is divided by the courts in scope."""
    end = lives.until - timedelta(days)
    as_of = civil_date(end)
    told = [one for one in TOLD if not one.courts]
    (ask,) = below(told).asks
    columns, rows = run(lives.clickhouse, expand(ask.text, Window(end - timedelta(90), end), EVERYTHING | {"known": known}))
    assert [row[0] for row in rows] == sorted(court.code for court in COURTS.children("最高法"))
    other = 0
    for code, _, *values in rows:
        api = read(lives.clickhouse, told, Question(code, as_of, as_of if known == "then" else None))
        for one, value in zip(told, values, strict=True):
            assert value == on_a_panel(one, api[one.id].value), (code, one.id)
            other += value not in (None, 0)
    assert other > 100
    assert len(columns) == 2 + len(told)


def test_courses_up_to_a_day_before_the_range(lives: Nation) -> None:
    """截至上年末 in the midst of a year, over the ninety days that a board opens with: one point, at the end of that year."""
    end = datetime(2025, 6, 1, 3, tzinfo=UTC)  # lives begin in 2024
    last = date(end.year - 1, 12, 31)
    chosen = EVERYTHING | {"period": "year"}
    api = read(lives.clickhouse, TOLD, Question("最高法", last))
    by_name = {one.name.zh: one for one in TOLD}
    values = dict[str, float]()
    for one in ASKED:
        if one.panel.look != "lines":
            continue
        columns, rows = run(lives.clickhouse, expand(one.sql, Window(end - timedelta(90), end), chosen))
        ((time, *told),) = rows
        assert civil_date(time) == last, one.panel.title
        for name, value in zip(columns[1:], told, strict=True):
            if name in by_name:
                told_of = by_name[name]
                assert value == on_a_panel(told_of, api[told_of.id].value), name
                values[name] = value or 0
    assert sum(value != 0 for value in values.values()) > 30


def test_each_tile_of_the_map_is_its_province(lives: Nation) -> None:
    """The value that colours it and the words on it, of every province with courts; in several there is something."""
    end = lives.until - timedelta(322)
    (row,) = shown(lives, "yipanqi-national", "各省", end)
    told = 0
    for one in PROVINCES:
        if one.has_courts:
            value = read(lives.clickhouse, [INDICATORS["I-04"]], Question(one.char, civil_date(end)))["I-04"].value
            assert row[one.char] == (None if value is None else pytest.approx(value))
            mark = "—" if value is None else "▼" if value < 0.8 else "●"
            assert row[f"{one.char}·说"].startswith(mark), one
            told += value is not None
    assert told > 5
    assert len(row) == 2 * sum(one.has_courts for one in PROVINCES)
